Feature: autonomy run

  Rule: The command runs once per leaf, told what it needs, with nothing that it was not given

    Scenario: Files as arguments, variables, a brief and a place for results
      Given 6 directories of 5 files in a repository
      When the command `sh -c 'printf "%s\n" "$@" >"$AUTONOMY_OUT/args"; env >"$AUTONOMY_OUT/env"; tr "\0" "\n" <"$AUTONOMY_FILES_FROM" >"$AUTONOMY_OUT/list"; head -1 "$AUTONOMY_BRIEF"' sh {files}` runs for each leaf
      Then it ends with status 0
      And each leaf got exactly its files, as arguments and as a list
      And no variable came through that is not on the list
      And each log holds the first line of the leaf's brief

    Scenario: A file name is an argument, never code
      Given the file "a;touch HACKED;$(touch HACKED) `touch HACKED`" in a repository
      When the command `ls -1 -- {files}` runs for each leaf
      Then it ends with status 0
      And there is no file "HACKED"

    Scenario: What would run can be read before
      Given 6 directories of 5 files in a repository
      When I run `autonomy run -q --isolation none --dry-run --retries 2 . -- tool {files} --id {id}`
      Then it ends with status 0
      And it prints "tool ./part00/f00.txt ./part00/f01.txt"
      And nothing was run

  Rule: What a command leaves beside its slot is not there for the next one

    Scenario Outline: A command that runs `<it>`
      Given 6 directories of 5 files in a repository
      When the command `sh -c 'd="$TMPDIR"; test -z "$(ls -A "$d" "$AUTONOMY_OUT" | grep -v :)" && test ! -L "$d" && test "$(stat -c %a "$d")" != 700 && test ! -e "$d/../y" && ! grep -q more "$AUTONOMY_BRIEF" "$AUTONOMY_FILES_FROM" && <it>'` runs for each leaf, with `-j 1`
      Then it ends with status 0

      Examples:
        | it                                        |
        | true                                      |
        | touch "$d/x"                              |
        | touch "$d/x" && rm "$d/x"                 |
        | mkdir -p "$d/a/b" && chmod 0 "$d/a"       |
        | touch "$AUTONOMY_OUT/x"                   |
        | chmod 700 "$d"                            |
        | rmdir "$d"                                |
        | rmdir "$d" && ln -s / "$d"                |
        | touch "$d/../y"                           |
        | rm -r "$(dirname "$d")"                   |
        | rm -r "$AUTONOMY_OUT"                     |
        | echo more >>"$AUTONOMY_BRIEF"             |
        | echo more >>"$AUTONOMY_FILES_FROM"        |

  Rule: The outcome is the truth

    Scenario Outline: A command that <does>
      Given 6 directories of 5 files in a repository
      When the command `sh -c '<script>'` runs for each leaf, with `--timeout 1 --grace 0.2`
      Then it ends with status <status>
      And each leaf ended as "<ended>", for "<error>"

      Examples:
        | does             | script            | status | ended     | error               |
        | succeeds         | true              | 0      | succeeded |                     |
        | fails            | exit 3            | 1      | failed    | exit code 3         |
        | kills itself     | kill -9 $$        | 1      | failed    | killed by signal 9  |
        | hangs            | exec sleep 600    | 1      | timed_out | timed out after 1 s |

    Scenario: A command that does not exist
      Given 6 directories of 5 files in a repository
      When the command `astrology {files}` runs for each leaf
      Then it ends with status 1
      And each leaf ended as "failed", for "exit code 127 (a command was not found)"

    Scenario: Every failure is listed with its log and the command that retries it
      Given 6 directories of 5 files in a repository
      When the command `sh -c 'case $AUTONOMY_SUBPLAN_SLUG in part0[135]) exit 1;; esac'` runs for each leaf
      Then it ends with status 1
      And the report has 3 failures and 3 successes
      And it complains of "autonomy resume"
      And stderr names the log of each failed leaf

    Scenario Outline: <retries> retries are <attempts> attempts
      Given 1 directories of 5 files in a repository
      When the command `false` runs for each leaf, with `--retries <retries>`
      Then each leaf was tried <attempts> times

      Examples:
        | retries | attempts |
        | 0       | 1        |
        | 2       | 3        |

    Scenario: A leaf that succeeds at its second attempt has succeeded, and its first failure is told
      Given 1 directories of 5 files in a repository
      When the command `sh -c 'test $AUTONOMY_ATTEMPT = 2'` runs for each leaf, with `--retries 3`
      Then it ends with status 0
      And each leaf was tried 2 times
      And the report has 1 failures and 1 successes

    Scenario: What a validator refuses has failed, whatever the command says
      Given 6 directories of 5 files in a repository
      When the command `true` runs for each leaf, with `--validate "test -e part03/f00.txt" --validate "sh -c 'test $AUTONOMY_SUBPLAN_SLUG != part02'"`
      Then it ends with status 1
      And the report has 1 failures and 5 successes
      And "part02" failed for "validator"

    Scenario: Nothing new starts after so many failures
      Given 6 directories of 5 files in a repository
      When the command `false` runs for each leaf, with `-j 1 --halt fail=2 --min-files 5 --max-files 5`
      Then it ends with status 1
      And 2 leaves failed and 4 were cancelled

    Scenario: Nothing new starts after a share of the leaves failed
      Given 6 directories of 5 files in a repository
      When the command `false` runs for each leaf, with `-j 1 --halt fail=20% --min-files 5 --max-files 5`
      Then it ends with status 1
      And 2 leaves failed and 4 were cancelled

    Scenario: Only some leaves
      Given 6 directories of 5 files in a repository
      When the command `true` runs for each leaf, with `--only part0[13]`
      Then it ends with status 0
      And 2 leaves succeeded and 4 were skipped

  Rule: No more run at once than there are descriptors for

    Scenario Outline: <descriptors> descriptors
      Given 6 directories of 5 files in a repository
      When I run `sh -c "ulimit -n <descriptors>; autonomy run -j 16 --isolation none --min-files 5 --max-files 5 . -- true"`
      Then it ends with status <status>
      And it complains of "<words>"

      Examples:
        | descriptors | status | words                            |
        | 24          | 0      | not 16: descriptors are few      |
        | 15          | 6      | too few for a single command     |

  Rule: What is finished stays finished

    Scenario: A killed run is resumed without unlocking, and repeats nothing
      Given 6 directories of 5 files in a repository
      And a run at -j 2 whose leaves wait at a gate, killed when 3 have finished
      Then no process of the run is left
      When the gate is open and I run `autonomy resume --json`
      Then it ends with status 0
      And every leaf succeeded, and none that had finished ran again
      And its report is that of a run that nothing cut off

    Scenario: A signal that the main thread does not hear
      When a signal comes to another thread while the main thread waits
      Then the run is asked to stop at once

    Scenario Outline: Signal <signal> ends a run in order
      Given 6 directories of 5 files in a repository
      When a run at -j 2 whose leaves wait at a gate gets the signal <signal> when 2 are running
      Then it ends with status <status>
      And no process of the run is left
      When the gate is open and I run `autonomy resume --json`
      Then it ends with status 0
      And every leaf succeeded, and none that had finished ran again
      And its report is that of a run that nothing cut off

      Examples:
        | signal | status |
        | INT    | 130    |
        | TERM   | 143    |
        | HUP    | 129    |

    Scenario: Under nohup a run goes on without its terminal
      Given 6 directories of 5 files in a repository
      When a run under nohup, whose leaves wait at a gate, loses its terminal when 2 are running
      And the gate is open
      Then it ends with status 0

    Scenario: A second run on the same repository is refused at once
      Given 6 directories of 5 files in a repository
      And a run at -j 2 whose leaves wait at a gate
      When I run `autonomy run -q --isolation none . -- true`
      Then it ends with status 9
      And it complains in one line

    Scenario: The failed leaves alone are opened again
      Given 6 directories of 5 files in a repository
      When the command `sh -c 'test -e /tmp/never || case $AUTONOMY_SUBPLAN_SLUG in part0[13]) exit 1;; esac; echo ran'` runs for each leaf
      And I run `autonomy resume --failed --json`
      Then it ends with status 1
      And exactly the leaves "part01, part03" were tried twice

    Scenario: The same work on the same files is not done again, unless asked for
      Given 6 directories of 5 files in a repository
      When the command `sh -c 'echo x >>"$AUTONOMY_OUT/x"'` runs for each leaf
      And the file "part02/f00.txt" is edited
      And the command `sh -c 'echo x >>"$AUTONOMY_OUT/x"'` runs again for each leaf
      Then it ends with status 0
      And all leaves but "part02" were reused
      When the command `sh -c 'echo x >>"$AUTONOMY_OUT/x"'` runs again for each leaf, with `--no-cache`
      Then no leaf was reused

  Rule: A bad request is refused before anything is planned

    Scenario Outline: <line>
      Given 1 directories of 5 files in a repository
      When I run `<line>`
      Then it ends with status 2
      And it complains in one line
      And it complains of "<words>"

      Examples:
        | line                                        | words                         |
        | autonomy run                                | no command                    |
        | autonomy run .                              | no command                    |
        | autonomy run a b -- true                    | one PATH at most              |
        | autonomy run --retries -1 -- true           | -1                            |
        | autonomy run --timeout soon -- true         | 'soon' is no duration         |
        | autonomy run --halt often -- true           | expected fail=N               |
        | autonomy run --shell -- a b                 | --shell takes the command     |
        | autonomy run --only nobody -q -- true       | no subplan of the plan        |
        | autonomy run --validate "'" -- true         | No closing quotation          |
        | autonomy run -j 0 -- true                   | max_parallel                  |
        | autonomy run --plan nowhere -- true         | no such file                  |

    Scenario: Without a commit there is nothing to start from
      Given a folder with the files
        | path |
        | a    |
      When I run `autonomy run . -- true`
      Then it ends with status 3
      And it complains of "no git repository"
