Feature: From run to merge, by the installed program

  Rule: Leaves work in their own copies, and come back by merge

    Scenario Outline: A codemod in <isolation>
      Given 6 directories of 5 files in a repository
      And an uncommitted edit of "part00/f00.txt" and a new file "new.txt"
      When I run `autonomy run -q -j 4 --isolation <isolation> --min-files 5 --max-files 5 . -- sed -i s/part/PART/ {files}`
      Then it ends with status 0
      And only the uncommitted edit and the new file stand in the tree
      When I run `autonomy merge`
      Then it ends with status 0
      And it complains of "files merged onto autonomy/"
      And only the uncommitted edit and the new file stand in the tree
      And the branch holds what the same command makes of the whole tree

      Examples:
        | isolation |
        | auto      |
        | worktree  |

    Scenario: A dry run, one commit, another name
      Given 6 directories of 5 files in a repository
      When I run `autonomy run -q --isolation worktree --min-files 5 --max-files 5 . -- sed -i s/part/PART/ {files}`
      And I run `autonomy merge --dry-run`
      Then it complains of "would be merged"
      And there is no branch but main
      When I run `autonomy merge --squash --into codemod`
      Then the branch "codemod" is 1 commit ahead

    Scenario: A leaf that breaks the validation is left out
      Given 6 directories of 5 files in a repository
      When I run `autonomy run -q --isolation worktree --min-files 5 --max-files 5 . -- sed -i s/part/PART/ {files}`
      And I run `autonomy merge --validate "grep -q part03 part03/f00.txt"`
      Then it ends with status 1
      And it complains of "left out: part03"

    Scenario: Two leaves that change one file in two ways
      Given 6 directories of 5 files in a repository
      When I run `autonomy run -q --isolation worktree --min-files 5 --max-files 5 --allow README . -- sh -c 'echo $AUTONOMY_SUBPLAN_SLUG >README'`
      And I run `autonomy merge`
      Then it ends with status 4
      And it prints "README"
      And there is no branch but main

    Scenario: What a leaf changes outside of its files is named, and fails it
      Given 6 directories of 5 files in a repository
      When I run `autonomy run -q --isolation worktree --json --min-files 5 --max-files 5 . -- sh -c 'test $AUTONOMY_SUBPLAN_SLUG != part02 || echo x >>part04/f00.txt'`
      Then it ends with status 1
      And the leaf "part02" failed for changing "part04/f00.txt"

    Scenario: Work in the tree itself has nothing to merge
      Given 6 directories of 5 files in a repository
      When I run `autonomy run -q --isolation none . -- true`
      And I run `autonomy merge`
      Then it ends with status 3
      And it complains of "nothing to merge"

    Scenario: What was not asked for is not told of as done, also where an earlier run has done it
      Given 6 directories of 5 files in a repository
      When I run `autonomy run -q --isolation worktree --min-files 5 --max-files 5 . -- true`
      And I run `autonomy run --isolation worktree --min-files 5 --max-files 5 --only part02 . -- true`
      Then it complains of "1 succeeded, 5 skipped"

    Scenario: From another commit than the tree shows
      Given 6 directories of 5 files in a repository
      And the file "part00/f00.txt" holds "spoiled"
      When I run `autonomy run -q --isolation worktree --base HEAD --min-files 5 --max-files 5 . -- sh -c 'if grep -q spoiled part00/f00.txt; then exit 1; fi'`
      Then it ends with status 0

    Scenario: A base that is not there
      Given 6 directories of 5 files in a repository
      When I run `autonomy run -q --base nowhere . -- true`
      Then it ends with status 3
      And it complains of "nowhere: no such commit"

  Rule: A run that goes on starts from what it started from

    Scenario: The failed leaves run again in their isolation
      Given 6 directories of 5 files in a repository
      When I run `autonomy run -q --isolation worktree --min-files 5 --max-files 5 . -- sh -c 'test $AUTONOMY_SUBPLAN_SLUG != part01 || test $AUTONOMY_ATTEMPT = 2'`
      And I run `autonomy resume --failed`
      Then it ends with status 0
      When I run `autonomy status`
      Then it ends with status 0
      And it complains of "6 succeeded"

    Scenario: An overlay does not go on over a tree that has changed
      Given 6 directories of 5 files in a repository
      And an overlay can be had
      When I run `autonomy run -q --isolation overlay --min-files 5 --max-files 5 . -- false`
      And the file "part00/f00.txt" is edited
      And I run `autonomy resume --failed`
      Then it ends with status 3
      And it complains of "the tree has changed since run"

  Rule: What is around a run can be seen, and cleaned up

    Scenario: Events, heartbeat file and verbose words
      Given 6 directories of 5 files in a repository
      When I run `autonomy run --isolation none --events events.jsonl --min-files 5 --max-files 5 . -- sh -c 'test $AUTONOMY_SUBPLAN_SLUG != part05'`
      Then it ends with status 1
      And the events tell 6 starts and 6 ends, one of them failed
      And each of them is as `autonomy schema event` says
      And it complains of "part05"

    Scenario: Events that can't be written
      Given 6 directories of 5 files in a repository
      When I run `autonomy run -q --isolation none --events nowhere/events . -- true`
      Then it ends with status 6
      And it complains of "--events nowhere/events"

    Scenario: Only listed, then removed, and never what was not merged
      Given 6 directories of 5 files in a repository
      When I run `autonomy run -q --isolation worktree --min-files 5 --max-files 5 . -- sed -i s/part/PART/ {files}`
      And I run `autonomy clean --keep 0 --yes`
      Then it prints "not merged, stays"
      When I run `autonomy merge`
      And I run `autonomy clean --keep 0`
      Then it complains of "nothing was removed"
      When I run `autonomy clean --keep 0 --yes`
      And I run `autonomy status`
      Then it ends with status 3
      And it complains of "nothing has been run here"

    Scenario: The machine is probed
      Given 6 directories of 5 files in a repository
      When I run `autonomy doctor`
      Then it ends with status 0
      And it prints "git program"
      And it prints "worktree"

    Scenario: A node, a leaf and a file of the plan
      Given 6 directories of 5 files in a repository
      When I run `autonomy plan -q --min-files 5 --max-files 5`
      And I run `autonomy show`
      Then it prints "part03"
      When I run `autonomy show part03`
      Then it prints "# part03"
      When I run `autonomy show root`
      Then it prints "30 files"
      When I run `autonomy show nobody`
      Then it ends with status 2
      When I run `autonomy logs part03`
      Then it ends with status 3
      When I run `autonomy export --format dot -o plan.dot`
      Then it ends with status 0
      When I run `autonomy simulate --json`
      Then it prints "best_useful"
      When I run `autonomy config --json`
      Then it prints "origin"
      When I run `autonomy schema run`
      Then it prints "scope_violations"
      When I run `autonomy schema astrology`
      Then it ends with status 2

    Scenario: A terminal gets a live line
      Given 6 directories of 5 files in a repository
      When the command line `autonomy run --isolation none --min-files 5 --max-files 5 . -- sh -c 'test $AUTONOMY_SUBPLAN_SLUG != part05'` runs on a terminal
      Then the terminal shows "in flight"
      When the command line `autonomy plan --min-files 5 --max-files 5` runs on a terminal
      Then the terminal shows "in flight"
