Feature: autonomy plan

  Rule: The result is on stdout, the rest on stderr, and no tracked file is touched

    Scenario: A first run
      Given a small project in a repository
      When I run `autonomy plan --max-parallel 4`
      Then it ends with status 0
      And it prints "subplan"
      And it complains of "Map"
      And it complains of "Next"
      And git sees no change
      And there is a brief for each leaf of the plan

    Scenario: One JSON document, the same as the plan file
      Given a small project in a repository
      When I run `autonomy plan --json`
      Then it prints exactly the plan file
      And the plan file keeps its schema

    Scenario: A reader that goes away after a line
      Given a small project in a repository
      When the shell runs `set +o pipefail; autonomy plan --json -q | head -1`
      Then it ends with status 0
      And it shows no traceback

    Scenario: Only a plan
      Given a small project in a repository
      When I run `autonomy plan --plan-only -q -o out/../plan.json`
      Then it ends with status 6
      When I run `autonomy plan --plan-only -q -o plan.json`
      Then it ends with status 0
      And it complains of nothing
      And the file "plan.json" is there
      And there are no briefs

    Scenario: A leaf that is gone takes its brief with it
      Given a small project in a repository
      When I run `autonomy plan -q -j 4`
      And I run `autonomy plan -q -j 1 --min-files 40`
      Then there is a brief for each leaf of the plan

    Scenario: From elsewhere
      Given a small project in a repository
      When the shell runs `cd / && autonomy -C "$OLDPWD" plan -q --json >~/one; cd "$OLDPWD"; autonomy plan . -q --json -C . > ~/two; cmp ~/one ~/two`
      Then it ends with status 0

    Scenario: A file that does not parse is listed, and planned all the same
      Given a small project in a repository
      And the file "app/broken.py" holds "def f(:\n"
      When I run `autonomy plan -v`
      Then it ends with status 0
      And it complains of "Unparsed   1 file planned though not parsed"
      And it complains of "app/broken.py: "
      And there is a brief for each leaf of the plan

    Scenario: How the splitters that are installed would cut
      Given a small project in a repository
      When I run `autonomy plan -q --compare --max-files 3 --min-files 1`
      Then it ends with status 0
      And it prints "| auto |"
      And it prints "| directory |"
      And there are no briefs

  Rule: What can't be planned is one clear line

    Scenario Outline: <line>
      Given a small project in a repository
      When I run `<line>`
      Then it ends with status <status>
      And it complains in one line
      And it complains of "<words>"

      Examples:
        | line                                        | status | words                                 |
        | autonomy plan nowhere                       | 3      | nowhere: no such directory            |
        | autonomy plan README.md                     | 3      | not a directory                       |
        | autonomy plan --max-parallel 0              | 2      | max_parallel = '0' (flag)             |
        | autonomy plan --max-parallel 257            | 2      | less than or equal to 256             |
        | autonomy plan --max-tokens many             | 2      | max_tokens = 'many' (flag)            |
        | autonomy plan --min-files 9 --max-files 8   | 2      | min_files (9) is greater than         |
        | autonomy plan --order sideways              | 2      | 'soft', 'strict' or 'none'            |
        | autonomy plan --strategy astrology          | 2      | no splitter named 'astrology'; known: |
        | autonomy plan --format rainbow              | 2      | rainbow                               |
        | autonomy plan --frobnicate                  | 2      | --frobnicate                          |
        | autonomy plan --include *.cobol             | 3      | no file matches                       |
        | autonomy -C nowhere plan                    | 3      | -C nowhere                            |
        | autonomy show                               | 3      | nothing was planned here yet          |
        | autonomy check README.md                    | 2      | not a valid plan                      |

    Scenario: An empty folder is an empty plan
      When I run `autonomy plan --json -q`
      Then it ends with status 0
      And the plan has one node and no files

  Rule: Every knob is live, from the command line, the environment and the configuration

    Scenario Outline: <key> as a flag, a variable and a key
      Given a project of 120 files in a repository
      When I plan with <key> as "<value>" on the command line, in the environment and in the configuration
      Then the three plans agree on the tree
      And they differ from the plan without it

      Examples:
        | key          | value     |
        | max_parallel | 3         |
        | max_files    | 6         |
        | max_tokens   | 400       |
        | min_files    | 20        |
        | max_depth    | 1         |
        | strategy     | chunk     |
        | include      | src/      |
        | exclude      | *.md      |
        | order        | none      |

    Scenario: The flag beats the variable, the variable the repository, the repository the user
      Given a small project in a repository
      And the file "autonomy.toml" holds "max_files = 30\nmax_depth = 3\nmin_files = 2"
      When the shell runs `export AUTONOMY_MAX_DEPTH=4; mkdir -p ~/.config/autonomy; echo 'seed = 7' > ~/.config/autonomy/config.toml; autonomy config`
      Then it prints "max_files      = 30  (autonomy.toml)"
      And it prints "max_depth      = 4  (environment)"
      And it prints "max_parallel   = 10  (default)"
      And it prints "seed           = 7  ("

    Scenario Outline: A configuration that <problem>
      Given a small project in a repository
      And the file "autonomy.toml" holds "<content>"
      When I run `autonomy plan`
      Then it ends with status 2
      And it complains in one line
      And it complains of "<words>"

      Examples:
        | problem              | content             | words                  |
        | has an unknown key   | max_filez = 3       | unknown key 'max_filez' |
        | sets a command       | command = "rm -rf"  | unknown key 'command'  |
        | is no TOML           | max_files = = 3     | not valid TOML         |
        | holds a giant number | seed = {5000 digits} | not valid TOML        |
        | contradicts itself   | min_files = 100     | greater than max_files |

  Rule: A plan is explained by what is really there

    Scenario: Why a file is in its leaf
      Given a small project in a repository
      When I run `autonomy plan -q --max-files 4 --min-files 1 -j 1`
      And I run `autonomy explain app/core.py`
      Then it ends with status 0
      And it prints "app/core.py: python"
      And it prints "was split into"
      And it prints "held there by 2 references"
      And it prints "app/models.py: that refers to it, changed together 1 time"
      And it prints "tests/test_core.py: that refers to it, changed together 1 time, like name"
      And it prints "moving it there would cut 1 more references and lose a weight of"
      And it prints "it would move to tests if ties of a weight over"

    Scenario: What a leaf waits for, by its name or its id
      Given a small project in a repository
      When I run `autonomy plan -q --max-files 4 --min-files 1`
      Then its first and its last leaf explain themselves by their ids and by their names

    Scenario: A tree that has changed says so
      Given a small project in a repository
      When I run `autonomy plan -q`
      And the file "app/new.py" appears
      And I run `autonomy explain app/core.py`
      Then it ends with status 3
      And it complains of "1 files came and 0 went"

  Rule: The plan is a gate

    Scenario: A fresh plan passes
      Given a small project in a repository
      When I run `autonomy plan -q`
      And I run `autonomy check`
      Then it ends with status 0
      And it prints "complete, bounded, acyclic, fresh"

    Scenario Outline: <event> fails it
      Given a small project in a repository
      When I run `autonomy plan -q`
      And the shell runs `<command>`
      And I run `autonomy check`
      Then it ends with status 7
      And it prints "<words>"

      Examples:
        | event          | command                        | words                              |
        | A new file     | echo x > app/new.py            | in no subplan: app/new.py          |
        | A file less    | rm app/core.py                 | planned, but not there: app/core.py |
        | An edit        | echo 'x = 1' >> app/core.py    | stale: contents of                 |

    Scenario: What moved between two plans
      Given a small project in a repository
      When I run `autonomy plan -q -o old.json --plan-only`
      And I run `autonomy plan -q --max-files 3 --min-files 1 --exclude old.json`
      And I run `autonomy diff old.json`
      Then it ends with status 0
      And it prints "setting max_files: 64 -> 3"
      And it prints "-> "

  Rule: Exports keep within their formats' limits

    Scenario: GraphML is read back by networkx with the same leaves and waits
      Given a small project in a repository
      When I run `autonomy plan -q --max-files 3 --min-files 1`
      Then the GraphML export has the plan's leaves and waits

    Scenario: Mermaid collapses and says so
      Given a plan of 600 leaves that all wait for the first
      When it is rendered as mermaid
      Then it has at most 500 edges and 50000 signs
      And it says that it is collapsed

    Scenario: Mermaid draws the strongest connections where no level fits
      Given a plan of 600 leaves that all wait for the first
      When it is rendered as mermaid
      Then it says that it draws the 500 strongest of 599 connections

    Scenario: Mermaid of a few leaves draws them all
      Given a plan of 3 leaves that all wait for the first
      When it is rendered as mermaid
      Then it draws 3 leaves and 2 waits, and folds nothing

    Scenario: JSON is the plan file
      Given a small project in a repository
      When the shell runs `autonomy plan -q >/dev/null; autonomy export | cmp - .autonomy/plan.json`
      Then it ends with status 0

    Scenario: A matrix that GitHub would not take is refused
      Given a plan of 3 leaves that all wait for the first
      When a matrix of it may have 100 bytes
      Then there is no matrix, as "GitHub takes 100"

    Scenario: A matrix has at most 256 jobs, balanced, and every leaf
      Given a plan of 600 leaves that all wait for the first
      When it is rendered as github-matrix
      Then it has 256 jobs that name every leaf once

    Scenario: DOT is read by Graphviz's own grammar of strings
      Given a plan of 3 leaves that all wait for the first
      When it is rendered as dot
      Then it has a node per leaf and an edge per wait

    Scenario: What more workers would bring
      Given a small project in a repository
      When I run `autonomy plan -q --max-files 3 --min-files 1`
      And I run `autonomy simulate`
      Then it ends with status 0
      And it prints "best useful --max-parallel:"

    Scenario: By the seconds that a run has recorded
      Given 6 directories of 5 files in a repository
      When I run `autonomy run -q --isolation none --min-files 5 --max-files 5 . -- true`
      And I run `autonomy simulate --timings latest --json`
      Then it ends with status 0
      And the curve is in seconds of 6 leaves, and never under its bound

    Scenario: Of another plan than the run's
      Given 6 directories of 5 files in a repository
      When I run `autonomy run -q --isolation none --min-files 5 --max-files 5 --only part00 . -- true`
      And I run `autonomy plan -q --plan-only --min-files 10 --max-files 10 -o wide.json`
      And I run `autonomy simulate --timings latest --json`
      Then six workers are more than 4 times as fast as one
      When I run `autonomy simulate --timings latest wide.json`
      Then it ends with status 3
      And it complains of "has tried none of the plan's subplans"

  Rule: A plan file is anybody's text

    Scenario Outline: A plan whose <what>
      Given a small project in a repository
      When I run `autonomy plan -q`
      And its plan file is changed so that <what>
      And I run `autonomy show`
      Then it ends with status 2
      And it complains in one line
      And it complains of "not a valid plan"

      Examples:
        | what                                     |
        | a path leaves the root                   |
        | a path is absolute                       |
        | a path lies in .git                      |
        | a file stands in two leaves              |
        | a node names a child that is not there   |
        | an inner node holds files                |
        | an id is not the hash of its files       |
        | a number is a string                     |
        | a number is not finite                   |
        | a key is unknown                         |
        | a key stands twice                       |
        | it is nested a hundred thousand deep     |
        | it is cut in half                        |

    Scenario: Names that could write to a terminal are spelled out
      Given the file "we\x1b[31mird\nname" in a repository
      When I run `autonomy plan --format tree -v`
      Then it ends with status 0
      And no control sign reaches the terminal
