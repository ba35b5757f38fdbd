@probe
Feature: Exactly as many leaves are in flight as were asked for

  Rule: The peak is an equality, from below and from above

    Scenario Outline: <leaves> leaves, <limit> at once
      Given <leaves> leaves
      When they run in threads, <limit> at once, and meet at a barrier of <peak>
      Then exactly <peak> were in flight at the most, by the engine and by the probe

      Examples:
        | leaves | limit | peak |
        | 15     | 10    | 10   |
        | 15     | 1     | 1    |
        | 15     | 15    | 15   |
        | 15     | 256   | 15   |
        | 200    | 32    | 32   |

  Rule: The probes can fail

    Scenario: An executor that starts one more than it may is caught
      Given 15 leaves
      When they run on an executor that takes 11 where 10 were asked for
      Then the ceiling probe fails

    Scenario: An executor that starts one less than it may is caught
      Given 15 leaves
      When they run on an executor that takes 9 where 10 were asked for
      Then the floor probe fails

    Scenario: A pool of one behind an executor that claims ten is caught
      Given 15 leaves
      When they run on an executor of ten with a single thread
      Then the floor probe fails

    Scenario: A counter that does not count is caught
      Given 15 leaves
      When they run past a probe that does not count
      Then the ceiling probe fails

  Rule: The plan command runs its leaves under the same bound

    Scenario Outline: 15 directories at --max-parallel <limit>
      Given 15 directories of 60 files in a repository
      When I run `autonomy plan -j <limit> --max-files 60 --min-files 60`
      Then it ends with status 0
      And it complains of "15 of 15 subplans, at most <limit> at once"

      Examples:
        | limit |
        | 10    |
        | 1     |
        | 15    |

  Rule: Work of which a few leaves are most of it takes hardly longer than no schedule could beat

    Scenario Outline: 1,000 leaves, <shape>
      When 1000 leaves, <shape>, run in 10 workers by a clock, in 6 draws of heavy-tailed times
      Then each run takes at most 1.10 times its lower bound
      And exactly 10 ran at once in each

      Examples:
        | shape        |
        | independent  |
        | in 10 layers |
        | in 40 layers |

    @probe
    Scenario: The bound notices an order that knows nothing of the times
      When 1000 leaves run in plan order in 10 workers by a clock, in 6 draws of heavy-tailed times
      Then some run takes more than 1.10 times its lower bound
