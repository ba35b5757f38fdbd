Feature: The Python face

  Rule: Importing it costs nothing, and its names are those of the contract

    Scenario: Everything that is public can be had
      Then the package offers "plan, run, merge, search, Config, Plan, Subplan, Outcome, RunReport, Event, Iteration, Verdict, AutonomyError, Merge, Worker"

  Rule: A worker that returns has succeeded; one that raises has failed, its siblings unharmed

    Scenario: Functions over leaves
      Given 6 directories of 5 files in a repository
      When it is planned and run in Python by a function that fails for "part03"
      Then 5 leaves succeeded in Python, and "part03" failed with "ValueError: not this one"
      And each function call got the leaf and the directory of its files

    Scenario Outline: Without work each leaf gets its brief, <halo> % of its tokens for what it needs outside
      Given 6 directories of 5 files in a repository
      When it is planned with a halo of <halo> % and run in Python without work
      Then 6 leaves succeeded in Python, each with a brief of the same text as the command writes

      Examples:
        | halo |
        | 0    |
        | 10   |

    Scenario: A plan of other files can't be run without work
      Given 6 directories of 5 files in a repository
      When it is planned, a file is added, and it is run in Python without work
      Then running in Python fails with "1 files came and 0 went since it was planned"

    Scenario: A command, isolated, journaled and merged
      Given 6 directories of 5 files in a repository
      When it is planned and run in Python by the command "sh -c 'echo more >>$1' sh {files}"
      Then git sees no change
      And merging in Python makes a branch with 6 commits

    Scenario: A number out of bounds
      Given 6 directories of 5 files in a repository
      When it is planned and run in Python with max_parallel 0
      Then running in Python fails with "max_parallel must be a whole number from 1 to 256, not 0"

    Scenario: The work of functions can't be merged
      Given 6 directories of 5 files in a repository
      When it is planned and run in Python by a function that fails for "part03"
      Then merging in Python fails with "nothing to merge: the work was done in the tree itself"

  Rule: Whoever proposes is told when to stop

    Scenario: An iteration that was made by hand never stops
      Then an iteration made by hand is not stopped, and stops nothing

    Scenario: Who asks late is told at once
      Then whoever asks after the stop is told at once

  Rule: It means the same on every Python from 3.11.0 on

    Scenario: Patterns that early versions match wrongly
      Then no pattern repeats a group possessively
