Feature: Leaves on other machines

  Rule: What comes back is what threads give

    Scenario Outline: A codemod on two workers, in <isolation>
      Given 6 directories of 5 files in a repository
      And an uncommitted edit of "part00/f00.txt" and a new file "new.txt"
      And 2 workers of 2 places in <isolation>
      When the command `sh -c 'echo said; echo left >$AUTONOMY_OUT/left; sed -i s/part/PART/ "$@"' sh {files}` runs on them
      Then all leaves succeeded, at most 4 at once
      And the same command here gives the same tree
      And each leaf's log says "said", and what it left is there
      And nothing of it is left on the workers but the base

      Examples:
        | isolation |
        | auto      |
        | worktree  |

    Scenario: A plan of a directory, with names and modes that are not usual
      Given a repository whose directory "deep" holds odd files
      And 2 workers of 2 places in worktree
      When the command `sh -c 'chmod +x "$@"; ln -s x link-$AUTONOMY_SUBPLAN_SLUG; rm -f "$1"' sh {files}` runs on them with scope off
      Then all leaves succeeded
      And the same command here gives the same tree

    Scenario: What fails, fails there
      Given 6 directories of 5 files in a repository
      And 2 workers of 2 places in worktree
      When the command `sh -c 'case $AUTONOMY_SUBPLAN_SLUG in part00) exit 3;; part01) kill -9 $$;; part02) sleep 60;; part03) echo x >README;; esac'` runs on them with a timeout
      Then the leaf "part00" ended as "failed" by "exit"
      And the leaf "part01" ended as "failed" by "signal"
      And the leaf "part02" ended as "timed_out" by "timeout"
      And the leaf "part03" ended as "failed" by "scope"
      And the leaf "part04" ended as "succeeded" by "nothing"

    Scenario: No worker has the tree itself
      Given 6 directories of 5 files in a repository
      When I run `autonomy run -q --executor dask://127.0.0.1:1 --isolation none . -- true`
      Then it ends with status 2
      And it complains of "workers of a cluster give auto, overlay, worktree"

    Scenario: No commit to send
      Given a folder with the files
        | path  |
        | a.txt |
      When I run `autonomy run -q --executor dask://127.0.0.1:1 . -- true`
      Then it ends with status 3
      And it complains of "no git repository; commit first"

  Rule: As many leaves are in flight as there are places, and no more than were asked for

    Scenario: Fewer places than max_parallel
      Given 6 directories of 5 files in a repository
      And 3 workers of 1 place in worktree
      When the command `true` runs on them
      Then all 6 leaves succeeded, at most 3 at once

    Scenario: Quick errands wait at the worker, and slow ones do not
      Then a member takes more errands than it has places while they are quick

    Scenario: What waits for a place goes there together
      Then errands that wait share a message, and each has its own answer

    Scenario: No place any more
      Then who waits for a place is told that the roster was closed, or that the worker was lost

    Scenario: The first worker comes late
      Given 6 directories of 5 files in a repository
      And no workers yet
      When the command `true` runs, and a worker comes
      Then all 6 leaves succeeded, at most 2 at once

  Rule: A leaf that loses its worker ends once, after as many attempts as were asked for

    Scenario Outline: A worker <goes> in the middle of a leaf, <retries> retries
      Given 6 directories of 5 files in a repository
      And 2 workers of 1 place in worktree
      When the command `sed -i s/part/PART/ {files}` runs with <retries> retries and the worker of "part02" <goes>
      Then the leaf "part02" ended as "<status>" after <attempts> attempts, the first lost
      And every other leaf succeeded
      And each leaf settled once

      Examples:
        | goes        | retries | status    | attempts |
        | dies        | 1       | succeeded | 2        |
        | dies        | 0       | error     | 1        |
        | freezes     | 1       | succeeded | 2        |
        | starts anew | 1       | succeeded | 2        |
        | breaks its engine | 1 | succeeded | 2        |

    Scenario: A leaf that kills its worker every time
      Given 6 directories of 5 files in a repository
      And 4 workers of 1 place in worktree
      When the command `true` runs with 2 retries and every worker of "part02" dies
      Then the leaf "part02" ended as "failed" after 3 attempts, the first lost
      And every other leaf succeeded

    Scenario: A leaf that has lost its worker takes no other leaf with it
      Then who works alone gets an empty worker, and nobody beside it

    Scenario: An answer that comes after its leaf was given up
      Given 6 directories of 5 files in a repository
      And 2 workers of 1 place in worktree
      When the command `sed -i s/part/PART/ {files}` runs with 1 retries and the worker of "part02" thaws with its answer
      Then the leaf "part02" ended as "succeeded" after 2 attempts, the first lost
      And each leaf settled once

    Scenario Outline: The cluster goes, because <why>
      Given 6 directories of 5 files in a repository
      And 2 workers of 1 place in worktree
      When the command `sed -i s/part/PART/ {files}` runs, and <why>
      Then the run says that "<said>"
      And each leaf settled once
      When it goes on in threads
      Then all 6 leaves succeeded

      Examples:
        | why                    | said              |
        | the scheduler dies     | the scheduler died |
        | all workers die        | no worker for     |

  Rule: A stop reaches the commands on the workers

    Scenario: Ctrl-C
      Given 6 directories of 5 files in a repository
      And 2 workers of 1 place in worktree
      When the command `sleep 600` runs, and is interrupted
      Then 2 leaves were stopped where they ran, the others cancelled
      And no command is left

    Scenario Outline: A worker that <does>
      Given 6 directories of 5 files in a repository
      And 2 workers of 1 place in worktree, one of which <does>
      When the command `sh -c 'trap "" TERM; sleep 600'` runs, and is interrupted
      Then the leaves that ran were cancelled
      And no command is left

      Examples:
        | does               |
        | is mute            |
        | takes no stop      |

    Scenario: A leaf that is to begin after another one, in the same message
      Given 1 directories of 5 files in a repository
      And 1 workers of 1 place in worktree
      Then a leaf that was stopped, or is not wanted any more, does not begin

  Rule: The base travels once per machine, large answers in pieces

    Scenario: In pieces, once
      Given 6 directories of 5 files in a repository
      And 2 workers of 1 place in worktree
      And pieces of 100 bytes
      When the command `sed -i s/part/PART/ {files}` runs on them
      Then all 6 leaves succeeded
      And the base came in pieces, and so did the answers
      When the command `true` runs on them again
      Then all 6 leaves succeeded
      And no base came

    Scenario: Fetched from where the user says, not through the engine
      Given 6 directories of 5 files in a repository
      And a copy of the repository at a URL
      And 2 workers of 1 place in worktree
      When the command `sed -i s/part/PART/ {files}` runs on them, with the base from there
      Then all 6 leaves succeeded
      And no base came through the engine
      And the same command here gives the same tree

    Scenario Outline: A base that can't be fetched, for <why>
      Given 6 directories of 5 files in a repository
      And a copy of the repository at a URL
      And 2 workers of 1 place in worktree
      When the tree has <why>, and the command `true` runs on them, with the base from there
      Then <what>

      Examples:
        | why                             | what                                                                     |
        | a commit that the URL lacks     | the run ends for want of a cluster: "w1 can't get the base: git fetch failed" |
        | changes that nobody committed   | it is refused: "the tree has uncommitted changes"                        |

    Scenario: From a commit that the URL has, whatever the tree holds
      Given 6 directories of 5 files in a repository
      And a copy of the repository at a URL
      And 2 workers of 1 place in worktree
      When the tree has changes that nobody committed, and `true` runs from the last commit, with the base from there
      Then all 6 leaves succeeded

    Scenario: A URL that is a command
      Then a worker that is told to fetch from a command runs nothing

    Scenario: More output than an answer brings
      Given 6 directories of 5 files in a repository
      And 2 workers of 1 place in worktree
      And answers that bring at most 3 bytes of files
      When the command `echo long` runs on them
      Then all 6 leaves succeeded
      And no log came

    Scenario: A base that is lost on the way
      Given 6 directories of 5 files in a repository
      And 2 workers of 1 place in worktree
      When the command `true` runs, and the base is removed before the first leaf
      Then all 6 leaves succeeded

    Scenario: Workers that can't be asked get it with an errand
      Given 6 directories of 5 files in a repository
      And 2 workers of 1 place in worktree, all of which are mute
      When the command `sed -i s/part/PART/ {files}` runs on them
      Then all 6 leaves succeeded
      And the same command here gives the same tree

    Scenario: A worker that is at another plan of the run
      Given 6 directories of 5 files in a repository
      And 1 workers of 1 place in worktree
      When the command `true` runs, and the worker is at another plan
      Then the run ends for want of a cluster: "worker w1 runs plan 000000000000, this is plan"
      And each leaf settled once

    Scenario Outline: A worker that comes late, with another <what>
      Given 6 directories of 5 files in a repository
      And 1 workers of 1 place in worktree
      When the command `true` runs, and a worker comes with another <what>
      Then the run ends for want of a cluster: "worker w2 runs <what> <theirs>, this is <what>"
      And each leaf settled once

      Examples:
        | what     | theirs |
        | autonomy | 9.9    |
        | python   | 2.7    |
        | plan     | 9999   |

    Scenario: A worker that could not be asked before
      Given 6 directories of 5 files in a repository
      And 2 workers of 1 place in worktree, all of which are mute
      When the command `true` runs, and an errand comes from another version
      Then the run ends for want of a cluster: "runs autonomy"

    Scenario: What a killed worker left is removed by the next one
      Given 6 directories of 5 files in a repository
      And 1 workers of 1 place in worktree
      And a station and a slot of a process that is gone
      When the command `true` runs on them
      Then nothing of it is left on the workers but the base

    Scenario: A client that went away without a word
      Given 6 directories of 5 files in a repository
      And 1 workers of 1 place in worktree
      And stations are idle after no time
      When the command `true` runs on them without a farewell
      Then nothing of it is left on the workers but the base

  Rule: Candidates work on a cluster as they do here

    Scenario: Repaired by what the validators said
      Given 6 directories of 5 files in a repository
      And 2 workers of 2 places in worktree
      When candidates `sh -c 'test -z "$AUTONOMY_FEEDBACK" || touch $1.ok' sh {files}` run there with
        | option   | value                                   |
        | loop     | 2                                       |
        | validate | sh -c 'test -e "$(ls -d part*/*.ok)"'   |
      Then every leaf was accepted at its second attempt, told what was wrong

    Scenario: Equal candidates are judged once
      Given 1 directories of 5 files in a repository
      And 2 workers of 2 places in worktree
      When candidates `sh -c 'echo same >part00/f00.txt'` run there with
        | option      | value                                    |
        | concurrency | 3                                        |
        | validate    | sh -c 'echo once; exit 1'                |
      Then the validator ran once for each leaf

    Scenario Outline: The best is measured on one worker, <which>
      Given 1 directories of 5 files in a repository
      And 2 workers of 2 places in worktree
      And measuring is for <which>
      When candidates `sh -c 'test $AUTONOMY_CANDIDATE = 1 || echo 0 >part00/f00.txt;  echo x >part00/f01.txt'` run there with
        | option      | value                                                                                                     |
        | concurrency | 2                                                                                                         |
        | select      | best                                                                                                      |
        | profile     | yes                                                                                                       |
        | bench       | sh -c 'n=60000; grep -q ^0 part00/f00.txt && n=1; i=0; while [ $i -lt $n ]; do i=$((i+1)); done; exit 0'  |
      Then every measurement was made by <worker>

      Examples:
        | which  | worker |
        | nobody | w1     |
        | w2     | w2     |
        | w9     | w1     |

    Scenario: A benchmark that fails
      Given 1 directories of 5 files in a repository
      And 1 workers of 1 place in worktree
      When candidates `touch new.txt` run there with
        | option      | value                       |
        | select      | best                        |
        | bench       | sh -c 'echo broken; exit 4' |
      Then all leaves ended as "error"
      And the error says "on the untouched base, benchmark: exit code 4"

  Rule: What travels is checked, and nothing of it is code

    @property
    Scenario: Any errand and any answer come out as they went in
      Then any errand, patch and answer travel unharmed, whatever their names hold

    Scenario Outline: A message that <is>
      When a worker gets a message that <is>
      Then it refuses it: "<why>"

      Examples:
        | is                   | why                          |
        | is noise             | none of ours                 |
        | was cut              | that was cut                 |
        | is of another schema | not an errand of this version |
        | holds half a patch   | a patch of ours that was cut |
        | holds no patch       | a patch that is none of ours |

    Scenario: An answer of another schema
      Then an answer of another schema, or with a verdict that is none, is refused

    Scenario: Files that an answer must not bring
      Then of an answer's files only its own logs and leavings are kept

  Rule: Where leaves run is said by the user, and refused before anything is planned

    Scenario Outline: `<options>`
      Given 1 directories of 5 files in a repository
      When I run `autonomy run -q <options> . -- true`
      Then it ends with status <status>
      And it complains of "<complaint>"
      And it complains in one line

      Examples:
        | options                                                        | status | complaint                             |
        | --executor nonsense                                            | 2      | expected threads, dask://HOST:PORT    |
        | --executor ray://127.0.0.1:1                                   | 2      | expected threads, dask://HOST:PORT    |
        | --executor dask://127.0.0.1                                    | 2      | expected threads, dask://HOST:PORT    |
        | --executor dask://10.0.0.1:8786                                | 2      | use tls:// with certificates          |
        | --executor dask://example.org:8786                             | 2      | use tls:// with certificates          |
        | --executor tls://127.0.0.1:8786                                | 2      | needs --tls-ca, --tls-cert            |
        | --base-url http://example.org/x                                | 2      | expected https://, ssh:// or file://  |
        | --base-url ext::sh                                             | 2      | expected https://, ssh:// or file://  |
        | --base-url https://ada:secret@example.org/x                    | 2      | without a password                    |
        | --base-url ssh://-oProxyCommand=x/y                            | 2      | expected https://, ssh:// or file://  |
        | --executor no.such:thing                                       | 2      | no.such:thing: No module named 'no'   |
        | --executor os.path:join                                        | 2      | os.path:join: expected str            |
        | --executor builtins:str                                        | 2      | returned no concurrent.futures        |
        | --executor concurrent.futures:ThreadPoolExecutor --bench-worker w | 6   | no such worker; known: pool           |

    Scenario Outline: A plain executor, <executor>
      Given 6 directories of 5 files in a repository
      When I run `autonomy run -q --executor concurrent.futures:<executor> --min-files 5 --max-files 5 . -- sed -i s/part/PART/ {files}`
      Then it ends with status 0
      When I run `autonomy merge`
      Then it complains of "6 subplans, 30 files merged"

      Examples:
        | executor            |
        | ThreadPoolExecutor  |
        | ProcessPoolExecutor |

    Scenario: A run in the tree itself does not go on elsewhere
      Given 1 directories of 5 files in a repository
      When I run `autonomy run -q --isolation none . -- false`
      And I run `autonomy resume -q --failed --executor concurrent.futures:ThreadPoolExecutor`
      Then it ends with status 2
      And it complains of "works in the tree itself, and workers have no such tree"

    Scenario: Dask is told apart from what it does
      Then what Dask says is taken for what it is

    Scenario: Another version is named
      Then a worker of another version or another Python is refused by both names
