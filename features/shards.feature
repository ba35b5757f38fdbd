Feature: A plan on machines that know nothing of each other

  Rule: Every leaf is in exactly one share, and the loads are near the best that can be

    @property
    Scenario: Any leaves, any costs, any number of shares
      Then the shares of any plan hold each leaf once, the heaviest within 3/2 of the bound

    Scenario: The plan says how well its shares are balanced
      Given 6 directories of 5 files in a repository
      When I run `autonomy plan --plan-only --min-files 5 --max-files 5 --shards 3`
      Then it complains of "Shards     3 by tokens, the heaviest 1.000 of the bound"
      And the file ".autonomy/plan.shards.json" names 3 shares of 2 leaves

    Scenario: Recorded durations outweigh tokens
      Given 6 directories of 5 files in a repository
      And a run in which the leaf "part03" took longest
      When I run `autonomy plan --plan-only --min-files 5 --max-files 5 --shards 2 --timings 2`
      Then it complains of "by the seconds of"
      And the shares are those of the recorded durations, "part03" first

    Scenario Outline: What is no share, or not of this plan
      Given 6 directories of 5 files in a repository
      When I run `autonomy plan -q --plan-only --min-files 5 --max-files 5 --shards 3`
      And I run `autonomy <line>`
      Then it ends with status 2
      And it complains of "<complaint>"
      And it complains in one line

      Examples:
        | line                                                          | complaint                       |
        | run -q . --shard 4/3 -- true                                  | --shard 4/3: expected k/N       |
        | run -q . --shard one -- true                                  | --shard one: expected k/N       |
        | run -q . --plan .autonomy/plan.json --shard 1/4 -- true       | has 3 shards of this plan       |
        | plan -q --plan-only --timings x                               | --timings RUN goes with         |
        | plan -q --plan-only --shards 2 -o -                           | leave out -o -                  |

    Scenario: A damaged file of shares
      Given 6 directories of 5 files in a repository
      When I run `autonomy plan -q --plan-only --min-files 5 --max-files 5 --shards 3`
      And the shares are damaged
      And I run `autonomy run -q . --plan .autonomy/plan.json --shard 1/3 -- true`
      Then it ends with status 2
      And it complains of "plan again with --shards 3"

    Scenario: Durations of another plan
      Given 6 directories of 5 files in a repository
      When I run `autonomy run -q --isolation none --min-files 5 --max-files 5 . -- true`
      And I run `autonomy plan -q --plan-only --max-files 30 -j 1 --shards 2 --timings 2`
      Then it ends with status 2
      And it complains of "no durations of this plan's subplans"

    Scenario: More shares than leaves
      Given 6 directories of 5 files in a repository
      When I run `autonomy run -q . --min-files 5 --max-files 5 --shard 7/7 -- true`
      Then it ends with status 0
      And it complains of "shard 7/7 holds nothing that was asked for"

  Rule: Shards that ran apart and were collected give what one run gives

    Scenario: Three machines, one of them with a failure
      Given 6 directories of 5 files in a repository
      And it is planned for 3 machines
      When each machine runs its shard with `sh -c 'echo here; mkdir $AUTONOMY_OUT/kept; echo kept >$AUTONOMY_OUT/kept/file; sed -i s/part/PART/ "$@"; test $AUTONOMY_SUBPLAN_SLUG != part04' sh {files}`
      And the runs of all machines are collected
      Then it ends with status 1
      And it complains of "5 succeeded, 1 failed"
      And the logs and the results of all leaves are there
      When it is merged as "collected"
      And the same command runs here over the whole and is merged as "whole"
      Then both branches hold the same tree

    Scenario: A shard that ran again counts where it succeeded
      Given 6 directories of 5 files in a repository
      And it is planned for 2 machines
      And the first machine ran its shard before, and failed
      When each machine runs its shard with what fails no more
      And the runs of all machines are collected with the failed one
      Then it ends with status 0

    Scenario: A run with another command is no shard
      Given 6 directories of 5 files in a repository
      And it is planned for 2 machines
      And the first machine ran its shard before, and failed
      When each machine runs its shard with `true`
      And the runs of all machines are collected with the failed one
      Then it ends with status 2
      And it complains of "not a shard of the same run"

    Scenario: A shard is missing
      Given 6 directories of 5 files in a repository
      And it is planned for 3 machines
      When each machine runs its shard with `true`
      And the runs of 2 machines are collected
      Then it ends with status 1
      And it complains of "in no shard"
      And it complains of "2 queued, 4 succeeded"

    Scenario: Changes of nobody's commit
      Given 6 directories of 5 files in a repository
      And it is planned for 2 machines
      When each machine runs its shard with `sed -i s/part/PART/ {files}`
      And the runs of all machines are collected in another repository
      Then it ends with status 3
      And it complains of "is not here; check it out first"

    Scenario: What the tree shows is what the shards started from
      Given 6 directories of 5 files in a repository
      And an uncommitted edit of "part00/f00.txt" and a new file "new.txt"
      And it is planned for 2 machines
      When each machine runs its shard with `sed -i s/part/PART/ {files}`
      And the runs of all machines are collected
      Then it ends with status 0

    Scenario: A folder without git
      Given 6 directories of 5 files in a repository
      And it is planned for 2 machines
      When each machine runs its shard with `true`
      And the runs of all machines are collected in a folder
      Then it ends with status 3
      And it complains of "no git repository"

    Scenario: No run there
      Given 6 directories of 5 files in a repository
      When I run `autonomy collect part00`
      Then it ends with status 3
      And it complains of "part00: no run in it"

    Scenario: In the tree itself
      Given 6 directories of 5 files in a repository
      And it is planned for 2 machines
      When each machine runs its shard in place with `sed -i s/part/PART/ {files}`
      And the runs of all machines are collected in a folder
      Then it ends with status 0

  Rule: A journal from elsewhere never makes resume run its command

    Scenario: Collected from other machines
      Given 6 directories of 5 files in a repository
      And it is planned for 2 machines
      When each machine runs its shard with `false`
      And the runs of all machines are collected
      And I run `autonomy resume --failed`
      Then it ends with status 2
      And it complains of "not started by you on this machine"

    Scenario: Collected from runs of one's own
      Given 6 directories of 5 files in a repository
      And it is planned for 2 machines of one state
      When each machine runs its shard with `test -e marker`
      And the runs of all machines are collected
      And I run `autonomy resume --failed`
      Then it ends with status 1
      And it complains of "6 failed"

  Rule: The workflow for GitHub is complete, and never makes a script of what a person typed

    Scenario: A ready file
      Given 6 directories of 5 files in a repository
      When I run `autonomy plan -q --plan-only --min-files 5 --max-files 5 -j 4`
      And I run `autonomy export --format github-workflow`
      Then the workflow plans 4 shards, runs each in a job, and collects them
      And no expression stands in a script of the workflow
