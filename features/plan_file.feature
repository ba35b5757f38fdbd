Feature: A plan file that was edited by hand

  Rule: It is refused in one line that names the fault, or read as it stands

    Scenario Outline: <what>
      Given a plan file of the leaves "a, b, c"
      When it is edited by hand: <what>
      And I run `autonomy check plan.json`
      Then it ends with status 2
      And it complains in one line
      And it complains of "plan.json: not a valid plan: "
      And it complains of "<text>"

      Examples:
        | what                                       | text                                              |
        | two nodes share an id                      | two nodes share an id                             |
        | two leaves change places                   | the nodes are no tree in preorder                 |
        | a node is its own child                    | a child does not name it as its parent            |
        | an inner node holds a file                 | an inner node holds files                         |
        | an inner node names one child twice        | needs two different children or more              |
        | an inner node has one child                | needs two different children or more              |
        | a child names no parent                    | a child does not name it as its parent            |
        | a file is counted twice                    | file_count is not the number of its files         |
        | a file has another name                    | its id is not the hash of its files               |
        | a path has two slashes                     | is no path inside the root                        |
        | a path stands in two leaves                | 'a/file' stands in two leaves                     |
        | a path is outside of the root              | '/etc/passwd' is no path inside the root          |
        | a path is half a sign                      | is no path inside the root                        |
        | a skipped path is outside of the root      | skipped: '../x' is no path inside the root        |
        | a node stands deeper than it is            | its depth is not one more than its parent's       |
        | the root has a parent                      | its parent is no node                             |
        | the root counts too many files             | file_count is not the sum of its children's       |
        | a key of its configuration is unknown      | config.command: Extra inputs are not permitted    |
        | a number of its configuration is too big   | config.max_parallel: Input should be less than    |
        | a number of its configuration is a text    | config.max_files: Input should be a valid integer |
        | a number of its configuration is a bool    | config.max_files: Input should be a valid integer |
        | a leaf waits for nobody's leaf             | waits_for names 0000000000000000                  |
        | a leaf waits for an inner node             | which is no leaf                                  |
        | a path in base64 is none                   | path_b64 '?' is not base64                        |
        | its schema is of tomorrow                  | schema: Input should be 'autonomy.plan/v1'        |

    Scenario Outline: <what>
      When the shell runs `<make> > plan.json; autonomy check plan.json`
      Then it ends with status 2
      And it complains in one line
      And it complains of "plan.json: not a valid plan: <text>"

      Examples:
        | what                       | make                               | text                |
        | A list in a list in a list | printf '[%.0s' $(seq 20000)        | nested too deeply   |
        | It is a list               | echo '[]'                          | Input should be     |
        | It begins with a mark      | printf '\357\273\277{}'            | Unexpected UTF-8    |
        | It is no text              | printf '\377'                      | 'utf-8' codec can't |

    Scenario: It waits in a circle
      Given a plan file of the leaves "a, b, c"
      When it is edited by hand: two leaves wait for each other
      And I run `autonomy check plan.json`
      Then it ends with status 2
      And it complains in one line

    Scenario: It is larger than any plan
      When the shell runs `truncate -s 257M plan.json; autonomy check plan.json`
      Then it ends with status 2
      And it complains in one line
      And it complains of "larger than 256 MiB"

    Scenario Outline: What can't be read as a file: <name>
      When I run `autonomy check <name>`
      Then it ends with status 3
      And it complains of "<text>"

      Examples:
        | name      | text           |
        | .         | Is a directory |
        | none.json | no such file   |

    Scenario: It does not say with which limits it was made
      Given a small project in a repository
      When the shell runs `autonomy plan -q && sed -i '/"max_files"/d' .autonomy/plan.json && autonomy check`
      Then it ends with status 7
      And it prints "the plan does not say with which limits it was made"

    Scenario: Its limits are lower than its leaves
      Given a small project in a repository
      When the shell runs `autonomy plan -q -j 1 && sed -i 's/"max_files": 64/"max_files": 1/; s/"min_files": 5/"min_files": 1/; s/"reason": "[a-z_]*"/"reason": "fits"/' .autonomy/plan.json && autonomy check`
      Then it ends with status 7
      And it prints "over its limits: "

    Scenario: One of its leaves was edited, the others are as they were
      Given a small project in a repository
      When the shell runs `autonomy plan -q --max-files 3 --min-files 1 >/dev/null && echo more >> docs/faq.md && autonomy check`
      Then it ends with status 7
      And it prints one line, of "stale: contents of "

  Rule: Names that are no UTF-8 survive it

    Scenario: Planned, left out, checked and shown
      Given a repository with a file and a link whose names are no UTF-8
      When the shell runs `autonomy plan -q && autonomy check && autonomy export --format dot`
      Then it ends with status 0
      And the plan file spells both names in base64 and for reading
