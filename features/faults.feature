@faults
Feature: What was promised holds under faults, in numbers

  `nox -s faults` runs all features of this tag, in at most ten minutes on two cores, and puts the figures into README.

  Rule: Nothing that was acknowledged is lost or run again, and nothing is left running, wherever a run is killed

    Scenario: Real commands, killed at random
      When runs of real commands are killed with -9 at 500 random moments, in each isolation
      Then each is resumed plainly, without loss or repetition, and nothing had outlived it by a second

  Rule: A power cut takes nothing that was acknowledged

    Scenario: After every write of a run
      When the power is cut after every system call of a run of 8 leaves
      Then what was acknowledged by then is there, on each of 3 kinds of disk

    Scenario Outline: The model sees a program of which <mutant>
      When the power is cut after every system call of a run of which "<mutant>"
      Then something acknowledged is gone

      Examples:
        | mutant                                       |
        | no file is synced before it gets its name    |
        | no directory is synced                       |
        | results are written in place                 |
        | the journal is not synced                    |
        | a leaf is acknowledged before it is recorded |

  Rule: A damaged journal is refused, or read as it was before its last records

    Scenario Outline: Very many cuts of the <part>
      Given the journal of 8 leaves whose writer was killed
      When its <part> is cut at 4000 places
      Then none gives a state that never was
      And no file was changed by reading

      Examples:
        | part      |
        | main file |
        | log       |

    Scenario Outline: Very many flips in the <part>
      Given the journal of 8 leaves whose writer was killed
      When a bit of its <part> is flipped at 4000 places
      Then none gives a state that never was
      And no file was changed by reading

      Examples:
        | part      |
        | main file |
        | log       |

  Rule: What somebody else has written is read or refused

    Scenario: Mutants of plans, configurations, records and locks
      When 20000 mutants of what the program reads are read
      Then each is read or refused

  Rule: No setting of a repository runs code

    Scenario: Every command in every trap
      When every command of the program runs in repositories with every trap
      Then every trap can be sprung, and none was

  Rule: However a run ends, nothing that it started is left

    Scenario: Every way to end with every way to leave something behind
      When runs end in 5 ways while their leaf has left processes behind in 8 ways
      Then nothing of any leaf is alive

  Rule: There is one owner, and no deadlock

    Scenario: Two runs at once
      When 2 runs start at once, 20 times
      Then one of them runs all leaves, and the other ends with 9

    Scenario Outline: Slots for all at once, in <kind>
      When 25 threads lease new slots at once, 20 times, in <kind>
      Then every leaf found its own tree

      Examples:
        | kind     |
        | overlay  |
        | worktree |

    Scenario: Searches of every shape under one bound
      When searches of every shape of leaves, places, chains, steps and selection run at once
      Then all come to their end, within their bound

  Rule: Ten thousand leaves are no more than a thousand

    Scenario: A soak
      When a run has 10000 leaves
      Then all succeed in at most 100 MB, with 12 threads at most and descriptors for its workers alone
