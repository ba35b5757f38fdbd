Feature: A run survives its end

  Rule: What was acknowledged is neither lost nor run again

    Scenario: Killed at any moment
      When runs of 12 leaves are killed at 30 moments and resumed
      Then no acknowledged leaf was lost or run again
      And each run has all of its results

    Scenario: Killed and resumed again and again
      When one run of 40 leaves is killed 12 times
      Then no acknowledged leaf was lost or run again
      And each run has all of its results

  Rule: A disk that takes no more stops the run with exit code 6, and it goes on when there is room

    Scenario Outline: Files can't grow over <bytes> bytes
      When a run of 30 leaves meets a disk on which files can't grow over <bytes> bytes
      Then it ended with status 6
      And the run goes on to its end when there is room

      Examples:
        | bytes  |
        | 1000   |
        | 12000  |
        | 20000  |
        | 60000  |

    Scenario: After a write that failed nothing more is written
      Given an open journal whose disk fails
      When two more events are appended
      Then both are refused with exit code 6
      And the journal holds what it held before the failure

  Rule: An event is durable when append returns, and those that wait share one transaction

    Scenario: Ten writers at once
      Given an open journal
      When 10 threads append while somebody holds the file
      Then 2 transactions hold them all
      And the journal holds 10 leaves in flight

    Scenario: What was noted, and waited for by nobody, is durable when the journal is closed
      Given an open journal
      When 400 starts are noted, and the journal is closed
      Then the journal holds 400 leaves in flight

    Scenario: What was noted becomes durable with what is appended next
      Given an open journal
      When 2 starts are noted, and one more is appended
      Then the journal holds 3 leaves in flight

  Rule: Where the file system is not up to a log, a journal is as durable without one

    Scenario Outline: <reason>
      Given a file system that is no place for a log, because <reason>
      When runs of 6 leaves are killed at 6 moments and resumed
      Then no acknowledged leaf was lost or run again
      And each run has all of its results
      And no run has left a log

      Examples:
        | reason                     |
        | it is a network's          |
        | it has no shared memory    |
        | SQLite falls back silently |

  Rule: One run at a time, and nothing to unlock

    Scenario: A second run is turned away
      Given a run that holds the lock
      When a second run wants it
      Then it ended with status 9

    Scenario: The lock of a run that was killed is free
      Given a run that held the lock and was killed
      When a second run wants it
      Then it ended with status 0

  Rule: What was acknowledged survives a power cut at any moment

    Scenario: The power is cut after every write of a run
      When the power is cut after every system call of a run of 4 leaves
      Then what was acknowledged by then is there, on each of 3 kinds of disk
