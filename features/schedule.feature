Feature: Leaves start in dependency order, the longest remaining path first

  Rule: A leaf starts when all that it waits for have succeeded, and no later

    Scenario: A diamond
      Given leaves that wait for each other
        | leaf | waits for |
        | a    |           |
        | b    | a         |
        | c    | a         |
        | d    | b, c      |
      When they run by hand, 10 at once
      Then they start in the order "a, b, c, d"
      And at most 2 are in flight

    Scenario: No barrier: a leaf of the next level starts while the slowest of this level still runs
      Given leaves that wait for each other
        | leaf | waits for |
        | slow |           |
        | a    |           |
        | b    | a         |
      When they run by hand, 2 at once, and "slow" ends last
      Then they start in the order "a, slow, b"
      And "b" ends before "slow"

    Scenario: The head of the longest path starts first
      Given leaves that wait for each other
        | leaf  | tokens | waits for |
        | big   | 500    |           |
        | head  | 100    |           |
        | next  | 300    | head      |
        | last  | 300    | next      |
      When they run by hand, 1 at once
      Then they start in the order "head, next, big, last"

    Scenario: Leaves that wait for each other are refused, with a name
      Given leaves that wait for each other
        | leaf | waits for |
        | a    | b         |
        | b    | a         |
      When they run by hand, 1 at once
      Then running fails with "waits, directly or not, for itself"

    Scenario: A tree six deep finishes with one worker
      Given 3 directories in 3 directories in 3 directories in 3 directories in 3 directories, 2 files each
      When its leaves run in threads, 1 at once
      Then every leaf has succeeded
      And only leaves were run

  Rule: A leaf settles exactly once

    Scenario: The outcome of a leaf that does not run is dropped
      Given leaves that wait for each other
        | leaf | waits for |
        | a    |           |
        | b    | a         |
      When they run by hand, 1 at once, and with "a" an outcome of "b" comes in
      Then they start in the order "a, b"
      And each leaf has settled once

    Scenario: What an earlier run settled does not run again
      Given leaves that wait for each other
        | leaf | waits for |
        | a    |           |
        | b    | a         |
      When they run by hand, 1 at once, after a run that settled "a"
      Then they start in the order "b"

    Scenario: What an earlier run settled is settled, whatever comes after
      Given leaves that wait for each other
        | leaf | waits for |
        | a    |           |
        | b    | a, c      |
        | c    |           |
      When they run by hand, 1 at once, after a run that settled "a", which failed later
      Then they start in the order "c, b"

    Scenario: A wait for what is no leaf is refused
      Given leaves that wait for each other
        | leaf | waits for |
        | a    |           |
        | b    | a         |
      And the first of them waits for a leaf of another plan
      When they run by hand, 1 at once
      Then running fails with "one of them is no leaf of this plan"

    Scenario: A worker that leaves its thread has ended with an error
      Given 2 leaves
      When they run in threads by a worker that leaves its thread
      Then each outcome is "error", for "SystemExit: gone"

    Scenario: What waits for a thread when the executor is closed is cancelled
      Given 2 leaves
      When both are started on one thread, which is closed meanwhile
      Then the second outcome is "cancelled", for "cancelled before it started"

    @property
    Scenario: Any plan, any number of workers, any order of settling, any failures
      When Hypothesis draws plans, workers, failures and the order in which leaves settle
      Then every leaf settles once, in dependency order, within the bound

  Rule: A failure is neither hidden nor contagious beyond what waits for it

    Scenario: Those that wait for a failed leaf are skipped, with the reason; the others run
      Given leaves that wait for each other
        | leaf | waits for |
        | a    |           |
        | b    | a         |
        | c    | b         |
        | d    |           |
      When they run by hand, 1 at once, and "a" fails
      Then the leaves end as "a failed, b skipped, c skipped, d succeeded"
      And "b" was skipped because of "a"

    Scenario: With keep-going they run all the same
      Given leaves that wait for each other
        | leaf | waits for |
        | a    |           |
        | b    | a         |
      When they run by hand, 1 at once, keeping going, and "a" fails
      Then the leaves end as "a failed, b succeeded"

    Scenario: With fail-fast nothing new starts
      Given leaves that wait for each other
        | leaf | waits for |
        | a    |           |
        | b    |           |
        | c    |           |
      When they run by hand, 1 at once, failing fast, and "a" fails
      Then the leaves end as "a failed, b cancelled, c cancelled"

    Scenario Outline: <retries> retries are exactly <attempts> attempts
      Given leaves that wait for each other
        | leaf | waits for |
        | a    |           |
      When they run by hand, 1 at once, with <retries> retries, and "a" always fails
      Then "a" was started <attempts> times
      And the leaves end as "a failed"

      Examples:
        | retries | attempts |
        | 0       | 1        |
        | 1       | 2        |
        | 3       | 4        |

    Scenario: Every exception is reported, also beside a success
      Given 6 leaves
      When they run in threads, 3 at once, and every second one raises "ValueError: no"
      Then 3 leaves have succeeded and 3 have failed with "ValueError: no"

    Scenario: Results stand in plan order, whoever finished first
      Given 6 leaves
      When they run by hand, 6 at once, the last one ending first
      Then the results stand in plan order

  Rule: Longest remaining path first is near the best possible

    @property
    Scenario: List scheduling stays within Graham's bound
      When Hypothesis draws plans with heavy-tailed costs
      Then no makespan exceeds the lower bound by more than Graham's factor
