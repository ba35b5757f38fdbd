Feature: What a person at a terminal sees of a run

  Rule: A picture has a few rows, however many leaves there are

    Scenario: A thousand leaves
      Given a run of 1000 leaves, of which 50 are running and 100 have failed
      When it is followed on a terminal
      Then the last picture has at most 20 rows
      And it shows "and 42 more" and "and 92 before"
      And it shows "100 of 1,000 subplans, 50 in flight, 100 failed"

    Scenario: A few leaves
      Given a run of 5 leaves, of which 2 are running and 1 have failed
      When it is followed on a terminal
      Then the last picture has at most 5 rows
      And it shows "leaf0 " and "timed out"

    Scenario: A terminal that knows ASCII only
      Given a run of 5 leaves, of which 2 are running and 1 have failed
      When it is followed on a terminal of ASCII
      Then it shows ASCII only

  Rule: Without a terminal there are plain lines, and a sign of life

    Scenario: A hundred failures
      Given a run of 1000 leaves, of which 50 are running and 100 have failed
      When it is followed into a file
      Then 20 failures are told, and where it stands

    Scenario: Nothing happens
      Given a run of 5 leaves, of which 2 are running and 0 have failed
      When it is followed into a file, with a heartbeat at each look
      Then where it stands is told 3 times

    Scenario: Nothing happens in one's own run
      Given a plan of 3 leaves that all wait for the first
      When it runs into a file, and nothing happens until a sign of life was seen
      Then that says "0 of 3 subplans, 0 in flight"

    Scenario: A run of another process
      Given 2 directories of 5 files in a repository
      When the shell runs `autonomy run -q --isolation none -- sh -c 'until test -e go; do sleep 0.01; done' & until autonomy status >/dev/null 2>&1; do true; done; autonomy status --watch & touch go; wait`
      Then it prints "succeeded"
      And it complains of "completed"

    Scenario: The failures of a run
      Given 30 directories of 5 files in a repository
      When the command `false` runs for each leaf
      Then stderr tells 20 failures twice at most, and how many more there are

    Scenario: The failures of a run, on the way
      Given 30 directories of 5 files in a repository
      When the shell runs `autonomy run --isolation none --min-files 5 --max-files 5 -- false`
      Then it complains of "More failures are not said one by one"

    Scenario: The hubs of a plan
      Given a Python project of 12 packages of 5 modules, each using the next
      And all of its modules use "one.py"
      And all of its modules use "two.py"
      And all of its modules use "three.py"
      And all of its modules use "four.py"
      When I run `autonomy plan --plan-only --min-files 5 --max-files 5`
      Then it complains of "is referred to by"
      And it complains of "and 1 more"

  Rule: A table at a terminal is as long as a person reads, and begins with what needs a look

    Scenario Outline: A table of <most> lines
      Given a run of 1000 leaves, of which 50 are running and 20 have failed
      When its table is drawn in <most> lines
      Then it begins with <failed> that failed and <running> that are running
      And its last line says "<last>"

      Examples:
        | most | failed | running | last                             |
        | 30   | 20     | 8       | 972 more lines: 42 running, 930 queued |
        | 12   | 10     | 0       | 990 more lines: 10 timed_out, 50 running, 930 queued |

    Scenario: Of a run
      Given 40 directories of 5 files in a repository
      When the command line `autonomy run --isolation none --min-files 5 --max-files 5 . -- sh -c 'test $AUTONOMY_SUBPLAN_SLUG != part35'` runs on a terminal
      Then the terminal shows "part35   failed"
      And the terminal shows "... 12 more lines: 12 succeeded"

    Scenario Outline: On <columns> columns
      Given a run of 1000 leaves, of which 50 are running and 20 have failed
      When its table is drawn in 30 lines of <columns> columns
      Then it has the columns <titles>
      And no line but the last is longer, and every id is whole

      Examples:
        | columns | titles                                        |
        | 90      | subplan status attempts seconds changed id    |
        | 52      | subplan status seconds id                     |
        | 42      | subplan status id                             |

    Scenario Outline: <command> on a narrow terminal
      Given 40 directories of 5 files in a repository
      When the command line `env COLUMNS=70 autonomy <command>` runs on a terminal
      Then no line of the terminal that holds no path is longer than 70

      Examples:
        | command                                                            |
        | plan --min-files 5 --max-files 5                                   |
        | run --isolation none --min-files 5 --max-files 5 -- false |

    Scenario: A name that is too long keeps its end
      Given a table of the subplans "src.explanation.modules.physics" and "src.explanation.modules.chemistry"
      When it is drawn in 40 columns
      Then its names are "~ation.modules.physics" and "~ion.modules.chemistry"

    Scenario: A longer name further down takes no room
      Given a table of the subplans "src.physics" and "src.chemistry", wide enough for a longer one
      When it is drawn in 31 columns
      Then its names are "src.physics" and "src.chemistry"

    Scenario: A colour is no letter
      Given a table of the subplans "src.explanation.modules.physics" and "src.explanation.modules.chemistry", in colour
      When it is drawn in 40 columns
      Then its names are "~ation.modules.physics" and "~ion.modules.chemistry"
      And every id is in colour still

    Scenario: In a pipe it is whole
      Given 40 directories of 5 files in a repository
      When the shell runs `autonomy run -q --isolation none --min-files 5 --max-files 5 -- true >/dev/null; autonomy status 2>/dev/null | grep -c succeeded`
      Then it prints "40"

  Rule: A drawing uses the signs that the encoding has

    Scenario Outline: <encoding>
      Given 3 directories of 5 files in a repository
      When the shell runs `PYTHONIOENCODING=<encoding> autonomy plan -q --min-files 5 --max-files 5 --format tree; PYTHONIOENCODING=<encoding> autonomy show --format tree`
      Then it ends with status 0
      And it prints "<sign>"

      Examples:
        | encoding | sign |
        | ascii    | `-   |
        | latin-1  | \|-  |
        | utf-8    | ├─   |
