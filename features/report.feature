Feature: A plan or a run to look at

  Rule: The page tells what the plan says

    Scenario: Every view of a plan
      Given a Python project of 6 packages of 5 modules, each using the next
      When its plan is made, and told
      Then the page is written
      And the tree, the files and the waits are those of the plan
      And the references are those that the files make
      And the what-if curve is that of `autonomy simulate`
      And every leaf's brief is there
      And each leaf has a place in the expected timeline, on 10 lanes at most

    Scenario: A plan from elsewhere
      Given a Python project of 3 packages of 5 modules, each using the next
      When its plan is made, and told in another folder
      Then the tree, the files and the waits are those of the plan
      And there are no references, and a note says why

    Scenario: Files that came since, and are referred to
      Given a Python project of 3 packages of 5 modules, each using the next
      When its plan is made, and told after a file came
      Then the tree, the files and the waits are those of the plan
      And the references are those that the files make
      And a note says that files came or went

    Scenario: A tree of which nothing is left
      Given 2 directories of 5 files in a repository
      When the shell runs `autonomy plan -q --include 'part*' >/dev/null; rm -r part*; autonomy report --format json`
      Then it ends with status 0
      And it prints "The tree is not at hand"

    Scenario: A hub is named, with how many leaves refer to it
      Given a Python project of 12 packages of 5 modules, each using the next
      And all of its modules use "common.py"
      When its plan is made, and told
      Then "common.py" is a hub

    Scenario Outline: In short: <title>
      Given a project whose leaves <shape>
      When its plan is made, and told
      Then a sentence says "<sentence>"

      Examples:
        | title        | shape                | sentence                       |
        | a chain      | wait in a chain of 5 | holds up the most: 4           |
        | independent  | do not wait          | No subplan waits for another   |
        | enough       | wait in a chain of 5 | More workers would not help    |

    Scenario: More workers would help
      Given 12 directories of 5 files in a repository
      When its plan for 2 workers is made, and told
      Then a sentence says "More workers would help: 12"

    Scenario: References that are too many for one page
      Given a Python project of 6 packages of 5 modules, each using the next
      When its plan is made, and told with room for one reference
      Then its references are counted and not listed

    Scenario: Briefs that are too much for one page
      Given 6 directories of 5 files in a repository
      When its plan is made, and told with room for 3 briefs
      Then 3 briefs are there, and a note counts 3

    Scenario: A brief of an earlier plan under the same name is not shown
      Given 6 directories of 5 files in a repository
      When its plan is made, and told after the briefs of another plan took their names
      Then 0 briefs are there, and no note counts any

  Rule: The page tells what the run says

    Scenario: Every view of a run with failures and retries
      Given 6 directories of 5 files in a repository
      When the command `sh -c 'case $AUTONOMY_SUBPLAN_SLUG.$AUTONOMY_ATTEMPT in part01.*|part03.1) echo Error: no; exit 1;; esac; echo changed >> $1' sh {files}` runs for each leaf, with `--retries 1 -j 3`
      And the run is told
      Then every status, attempt, verdict and error is that of the report
      And no more than 3 lanes are in use, and no two bars on one lane overlap
      And every failed attempt has one cause
      And the what-if curve is that of `autonomy simulate --timings latest`
      And a sentence says "1 of 6 subplans failed and 5 succeeded"
      And a sentence says "part01 failed: Error: no"

    Scenario: What leaves changed, as diffs
      Given 2 directories of 2 files in a repository
      When the command `sh -c 'case $1 in *f00.txt) echo more >> "$1"; printf "\0" >> "$2";; *) rm "$1"; echo new > "${2%/*}/new.txt"; chmod +x "$2"; esac' sh {files}` runs for each leaf in its own copy
      And the run is told
      Then the diffs hold "+more", "too large or binary", "-part00", "+new" and "the mode became 100755"

    Scenario: A directory that became a file
      Given 1 directories of 5 files in a repository
      When the command `sh -c 'rm -r part00; echo no longer a directory > part00'` runs for each leaf, with `--isolation worktree --scope off`
      And the run is told
      Then the diffs hold "+no longer a directory"

    Scenario: A diff that is too much leaves room for others
      Given 2 directories of 2 files in a repository
      When the command `sh -c 'seq 10000 > "$1"; echo more >> "$2"' sh {files}` runs for each leaf in its own copy
      And the run is told
      Then the diffs hold "+1", "more lines are left out", "+more"
      And no diff is longer than 50000

    Scenario: Diffs that are too much for one page
      Given 3 directories of 2 files in a repository
      When the command `sh -c 'seq 100 > "$1"' sh {files}` runs for each leaf in its own copy
      And the run is told with room for one diff
      Then 1 leaf has its diff

    Scenario: A patch that is damaged is said to be so
      Given 1 directories of 2 files in a repository
      When the command `sh -c 'seq 100 > "$1"' sh {files}` runs for each leaf in its own copy
      And the run is told after its results were damaged
      Then the diffs hold "is not what its name says"

    Scenario: Candidates with their verdicts and complaints
      Given a project with the files "a/one.txt, b/two.txt"
      And an agent that adds a line to each of its files
      And a validator that wants 3 lines in each file of the leaf
      When it is run with 3 steps by 1 candidates
      And the campaign is told
      Then every status, attempt, verdict and error is that of the report
      And each leaf has 2 attempts, the first with the complaint "exit code 1"

    Scenario: A run that was stopped and went on
      Given 4 directories of 5 files in a repository
      When the command `sh -c 'test -e go || { sleep 0.1; exit 1; }'` runs for each leaf, with `-j 2 --fail-fast`
      And the run goes on after its cause is mended
      And the run is told
      Then every status, attempt, verdict and error is that of the report
      And the timeline says where it went on
      And a sentence says "subplans succeeded, in"

    Scenario: A result that was taken over
      Given 2 directories of 5 files in a repository
      When the command `true` runs for each leaf
      And the command `true` runs again for each leaf
      And the run is told
      Then every leaf says which run had done its work

    Scenario Outline: A run that <how>
      Given the journal of a run of 3 leaves in a chain, where <how>
      When the journal is told
      Then a sentence says "<sentence>"
      And it suggests "<command>"

      Examples:
        | how                        | sentence                                      | command         |
        | the first failed           | holds up the most: 2 subplans wait            | resume          |
        | the first one is running   | 0 of 3 subplans succeeded, 0 failed, 1 running | nothing        |
        | it was killed at the first | then the run was killed                       | resume          |
        | it was stopped             | 2 did not run: stopped by signal 15           | resume          |
        | it failed and was stopped  | 1 of 3 subplans failed and 0 succeeded, 2 did not end: stopped by signal 15 | resume |
        | all succeeded              | on the critical path, a chain of 3 subplans   | nothing         |
        | all changed a file         | All 3 subplans succeeded                      | merge           |
        | four causes were found     | There is 1 further cause                      | resume          |

  Rule: The journal's order decides who shares a lane

    @property
    Scenario: Whatever happens when, and whatever the clock says
      Then lanes are never more than attempts in flight, and no two bars on one lane overlap

  Rule: Failures that say the same stand together

    Scenario Outline: <left> and <right>
      Given two leaves that fail with "<left>" and "<right>"
      When the causes are found
      Then there are <number> causes

      Examples:
        | left                                                  | right                                                    | number |
        | /a/b.py:3: ImportError: No module named 'numpy'       | /c/d/e.py:77: ImportError: No module named 'numpy'       | 1      |
        | timed out at 2026-01-02T03:04:05Z after 3.1 s         | timed out at 2026-02-03T04:05:06Z after 70 s             | 1      |
        | error: object 0123456789abcdef not found              | error: object fedcba9876543210 not found                 | 1      |
        | ImportError: No module named 'numpy' in line 3 of app | ImportError: No module named 'numpy' in row 4 of service | 1      |
        | ImportError: No module named 'numpy'                  | Segmentation fault (core dumped)                         | 2      |

    Scenario: The retry command opens one cause only
      Given 6 directories of 5 files in a repository
      When the command `sh -c 'case $AUTONOMY_SUBPLAN_SLUG in *1|*2) echo ImportError: no numpy; exit 1;; *3) echo Segmentation fault, core dumped; exit 1; esac'` runs for each leaf
      And the retry command of the largest cause runs
      Then 2 leaves were tried again

    Scenario Outline: A command that <says>
      Given two leaves that fail with "<log>" and "<log>"
      When the causes are found
      Then there is 1 cause, called "<title>"

      Examples:
        | says                            | log                                                           | title                                    |
        | does not say what is wrong      |                                                               | exit code 1                              |
        | speaks of no error              | 12 files read                                                 | exit code 1: 12 files read               |
        | was told to wait                | HTTP 429: rate limit reached for org-7                        | HTTP 429: rate limit reached for org-7   |
        | is pytest, and ends with counts | E   ImportError: cannot import name 'x'\n1 error in 0.2s      | ImportError: cannot import name 'x'      |

    Scenario: Only failed leaves are opened again
      Given 2 directories of 5 files in a repository
      When the command `false` runs for each leaf
      And I run `autonomy resume --only part00`
      Then it ends with status 2
      And it complains of "give --failed too"

  Rule: Names, logs and messages are text, whoever wrote them

    Scenario Outline: A file called <name>
      Given a repository with a file that is called <name>
      When its plan is made, and told
      Then the page has no element and no attribute beyond those of a harmless one
      And the page's data holds the name as it is

      Examples:
        | name                               |
        | </script><img src=x onerror=1>     |
        | <!--<script>                       |
        | ]]>&amp;"'`$(x)                    |
        | {{ 7 * 7 }}{% raw %}               |
        | ﷽ and a line separator             |
        | bytes that are no UTF-8            |

    Scenario: A hostile message
      Given two leaves that fail with "</script><img src=x onerror=1>" and "{{ 7*7 }}"
      When the causes are found
      And the journal is told
      Then the page has no element and no attribute beyond those of a harmless one

    Scenario: The page may load nothing
      Given 2 directories of 5 files in a repository
      When its plan is made, and told
      Then the page's policy allows its own scripts and style by their hashes, and nothing else

    Scenario Outline: A log that <what>
      Given 1 directories of 5 files in a repository
      When the command `echo harmless` runs for each leaf
      And the run is told after its log <what>
      Then no log is shown

      Examples:
        | what                                     |
        | is a link out of it                      |
        | was removed                              |

  Rule: Cost is what an attempt reports

    Scenario Outline: <title>
      Given an attempt that leaves <what>
      Then its cost is <cost>

      Examples:
        | title                    | what                                                                                      | cost                     |
        | a file                   | cost.json with {"usd": 0.5, "input_tokens": 10, "output_tokens": 2}                       | $0.5, 10 in, 2 out       |
        | an agent's last line     | a log that ends with {"total_cost_usd": 1.25, "usage": {"input_tokens": 7}}               | $1.25, 7 in              |
        | nothing                  | a log that ends with done                                                                 | unknown                  |
        | no number                | cost.json with {"usd": "much", "input_tokens": true}                                      | unknown                  |
        | no object                | cost.json with [1, 2]                                                                     | unknown                  |
        | beyond reason            | cost.json with {"usd": -1, "output_tokens": 1e99}                                         | unknown                  |
        | nonsense                 | cost.json with {                                                                          | unknown                  |

  Rule: Other programs get what they read

    Scenario: SARIF
      Given a run in which leaves failed, strayed and timed out
      When it is told as sarif
      Then it is valid by its schema
      And each failed leaf and each file out of scope is a result

    Scenario: SARIF of more failures than are taken
      Given a plan of one file over the limit, 30000 times
      When it is told as sarif
      Then it is valid by its schema
      And it has 25000 results, and says that 5000 are left out

    Scenario: JUnit
      Given a run in which leaves failed, strayed and timed out
      When it is told as junit
      Then it is valid by its schema
      And its counts are those of the run

    Scenario: JUnit of a plan
      Given a plan of 3 leaves
      When it is told as junit
      Then it is valid by its schema
      And 3 of 3 cases are skipped

    Scenario: JUnit of a log that XML can't write
      Given two leaves that fail with "\x1b[31mred\x00" and "\ud800"
      When the causes are found
      And it is told as junit
      Then it is valid by its schema

    Scenario: Markdown
      Given a run in which leaves failed, strayed and timed out
      When it is told as markdown
      Then it has a row per leaf, the failed ones first
      And it has a retry command per cause

    Scenario: Markdown of a run without a failure
      Given 2 directories of 5 files in a repository
      When the shell runs `autonomy run -q --isolation none -- true >/dev/null; autonomy report --format markdown`
      Then it prints "All 2 subplans succeeded"
      And it has no part on failures

    Scenario: Markdown of a failure that says nothing
      Given 2 directories of 5 files in a repository
      When the shell runs `autonomy run -q --isolation none -- false >/dev/null; autonomy report --format markdown`
      Then its last part is the table, after "Retry: "

    Scenario: Markdown of a plan of very many leaves stays within what GitHub shows
      Given a plan of one file over the limit, 30000 times
      When it is told as markdown
      Then it has 400 rows, and says that 29600 are left out
      And it is shorter than 1000000 bytes

    Scenario: Markdown of very many causes
      Given a run with 400 causes of long logs
      When it is told as markdown
      Then it says how many causes are left out
      And it is shorter than 1000000 bytes

    Scenario: JSON
      Given a plan of 3 leaves
      When it is told as json
      Then it is what the page holds

    Scenario Outline: <line>
      Given 2 directories of 5 files in a repository
      When the shell runs `autonomy plan -q >/dev/null; <line>`
      Then it ends with status <status>
      And it complains of "<complaint>"

      Examples:
        | line                                     | status | complaint                              |
        | autonomy report --format dot             | 2      | autonomy export --format dot           |
        | autonomy export --format html            | 2      | autonomy report --format html          |
        | autonomy report --format astrology       | 2      | no renderer named 'astrology'          |
        | autonomy report 20200101                 | 3      | no run '20200101'                      |
        | autonomy report -o no/such/folder.html   | 6      | No such file                           |
        | autonomy report                          | 0      | report.html                            |

  Rule: What is reported is what was named, or the latest

    Scenario Outline: After <what>
      Given 2 directories of 5 files in a repository
      When the shell runs `<what>; autonomy report --format json`
      Then the page is that of a <kind>

      Examples:
        | what                                                                                                 | kind |
        | autonomy plan -q >/dev/null                                                                          | plan |
        | autonomy run -q --isolation none -- true >/dev/null                                                  | run  |
        | autonomy run -q --isolation none -- true >/dev/null; sleep 0.02; autonomy plan -q --max-files 5 --min-files 2 >/dev/null | plan |
        | autonomy run -q --isolation none -- true >/dev/null; autonomy plan -q --format tree >/dev/null       | run  |
        | autonomy run -q --isolation none -- true >/dev/null; rm .autonomy/plan.json                          | run  |

    Scenario: A plan file
      Given 2 directories of 5 files in a repository
      When the shell runs `autonomy plan -q -o mine.json >/dev/null; autonomy run -q --isolation none -- true >/dev/null; autonomy report mine.json --format json`
      Then the page is that of a plan

    Scenario: A page that can't be written takes nothing from the plan
      Given 2 directories of 5 files in a repository
      When the shell runs `mkdir -p .autonomy/report.html/x; autonomy plan`
      Then it ends with status 0
      And it complains of "no report:"

  Rule: A page that is served is for its asker on this machine, and reads only

    Scenario: The address that was told
      Given a plan that is watched
      When its address is opened
      Then it is answered with the page, which may ask where it came from and nobody else

    Scenario Outline: <what>
      Given a plan that is watched
      When <what> is asked for
      Then it is answered with <status>

      Examples:
        | what                        | status |
        | another token               | 404    |
        | another path                | 404    |
        | the root                    | 404    |
        | the data                    | 200    |
        | the data, known already     | 304    |
        | the data by another name    | 404    |
        | a change                    | 501    |

    Scenario: What a run does meanwhile is told
      Given the journal of a run of 3 leaves in a chain, where the first one is running
      And it is watched
      When the first one ends
      Then the data says so

    Scenario: From the command line
      Given 2 directories of 5 files in a repository
      When the watch is started from a shell, its address asked, and stopped
      Then the answer was the page, and it ended with status 130
