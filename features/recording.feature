Feature: Nothing starts, and nothing is shown, before the journal holds it

  Rule: What settles and what starts in its place share one write

    Scenario: Ten at a time
      Given a run of 30 leaves, ten at a time, that end together
      When it is run
      Then the journal was written 4 times
      And whoever watched was told of 30 starts and 30 ends

  Rule: What is shown is durable

    Scenario: Somebody reads the journal whenever he is told something
      Given a run of 6 leaves, two at a time, that end together
      When it is run
      Then all that was told stood in the journal by then

    Scenario: The disk is full
      Given a run of 6 leaves, two at a time, that end together
      When it is run on a disk that takes nothing
      Then it ended with status 6
      And nothing was started, and nothing told

  Rule: Where many leaves end faster than the journal is worth writing, it waits for more of them

    Scenario Outline: <many> leaves at a time, each of which ends at once
      Given a run of 20 leaves, <many> at a time, that end one by one
      When it is run
      Then it waited <times> times for others

      Examples:
        | many | times |
        | four | 0     |
        | ten  | 15    |
