Feature: Runs of a repository

  Rule: A run's name sorts by time and is used once

    Scenario: The clock was set back
      Given a run of tomorrow
      When a new run is made
      Then it is the latest

    Scenario: Many within one second
      When 5 new runs are made
      Then each is greater than the one before

    Scenario: A run that was killed before it began is no run
      Given a run that finished
      And a run that was killed before it had a journal
      Then the latest is the one that finished

    Scenario Outline: Looking for <name>
      Given a run that finished
      Then looking for "<name>" fails with exit code 3

      Examples:
        | name       |
        | 19990101   |
        | ../secrets |

  Rule: A result is reused where its leaf has the same key, and nowhere else

    Scenario Outline: <what>
      Given a run that finished a leaf, <what>
      When a later run has a leaf of the same key
      Then its result is <verdict>

      Examples:
        | what                                   | verdict    |
        | with a result                          | reused     |
        | which changed nothing                  | reused     |
        | which changed files of others          | not reused |
        | which failed                           | not reused |
        | by another recipe                      | not reused |
        | and whose journal is damaged           | not reused |
        | and whose result is damaged            | not reused |
        | and whose result is lost               | not reused |

    Scenario: A result that is reused outlives the run that it came from
      Given a run that finished a leaf, with a result
      When a later run takes the result over and the earlier run is deleted
      Then the later run still holds the result

    Scenario: A result on another file system
      Given a run that finished a leaf, with a result
      When a later run on another file system takes the result over
      Then the later run still holds the result

  Rule: A key is the work and the files, and nothing else

    Scenario Outline: <change>
      Given the key of a leaf
      When the difference is that <change>
      Then the key is <verdict>

      Examples:
        | change                           | verdict |
        | another leaf is inserted         | same    |
        | its variables are named in another order | same    |
        | a file of it changes             | new     |
        | a file joins it                  | new     |
        | the command changes              | new     |
        | a validator is added             | new     |
        | two validators change places     | new     |
        | a variable is passed on          | new     |
        | a file that it reads changes     | new     |

  Rule: A result is what its name says, or it is refused

    Scenario Outline: A result that is <how>
      Given a stored result
      When the stored result is <how>
      Then reading it is refused with exit code 5

      Examples:
        | how                 |
        | deleted             |
        | cut                 |
        | made longer         |
        | changed in its data |
        | changed in its head |

    Scenario: Names, modes and bytes of any kind come back
      Given a stored result with every kind of change
      Then it comes back as it was

    Scenario: A result that can't be stored
      Given a store whose directory is gone
      When a result is put there
      Then it ends with exit code 6 and the name of the directory

  Rule: Whether a run is going on can be asked without standing in its way

    Scenario: A run is going on
      Given a run that holds the lock
      Then it is known that a run is going on

    Scenario: No run is going on
      Given a run that held the lock and was killed
      Then it is known that no run is going on

    Scenario: Nothing was ever run
      Then it is known that no run is going on

    Scenario: Somebody asks at the very moment
      Given somebody who asks whether a run is going on
      When a second run wants it
      Then it ended with status 0

  Rule: Every attempt that starts is in the journal, in whatever order the threads come

    Scenario: A thread is overtaken between its lease and its record
      When two attempts start at once, and the first one dallies when it has its lease
      Then the journal holds 2 leaves in flight, by leases in their order
