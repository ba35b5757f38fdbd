Feature: A damaged journal

  A journal whose writer was killed lies in two files: a main file, and a log that holds the newest records.

  Rule: What is read is what was written, or its beginning, or nothing: damage is refused, and the files stay as they were

    Scenario Outline: The <part> is cut anywhere
      Given the journal of 8 leaves whose writer was killed
      When its <part> is cut at 250 places
      Then none gives a state that never was
      And no file was changed by reading
      And <at least> or more are <outcome>

      Examples:
        | part      | at least | outcome   |
        | main file | 80       | refused   |
        | log       | 200      | beginning |

    Scenario Outline: Any bit of the <part> is flipped
      Given the journal of 8 leaves whose writer was killed
      When a bit of its <part> is flipped at 500 places
      Then none gives a state that never was
      And no file was changed by reading
      And <at least> or more are refused

      Examples:
        | part      | at least |
        | main file | 10       |
        | log       | 380      |

    Scenario: A flip in the last transaction, of which nobody may have been told, drops that one alone
      Given the journal of 8 leaves whose writer was killed
      When the last bit of its log is flipped
      Then all but the last record can be read

    Scenario: A record that is altered by somebody who knows SQLite
      Given the journal of 8 leaves
      When somebody turns a failure in it into a success
      Then it is refused with exit code 5 as "record 2 is not what was written"

    Scenario: Records that are taken away by somebody who knows SQLite
      Given the journal of 8 leaves
      When somebody deletes its last record
      Then it is refused with exit code 5 as "more were written"

  Rule: What is not a journal of this version is refused

    Scenario: A newer one
      Given the journal of 8 leaves
      When somebody raises its version
      Then it is refused with exit code 5 as "written by a newer autonomy"
      And it can't be resumed either

    Scenario Outline: <what>
      Given the journal of 8 leaves
      When somebody puts <what> in its place
      Then it is refused with exit code 5 as "<complaint>"

      Examples:
        | what                | complaint                      |
        | an empty file       | it is no SQLite database       |
        | a text              | it is no SQLite database       |
        | another database    | it is no journal               |

    Scenario: A journal without a record
      Given the journal of 0 leaves
      When somebody deletes all of its records
      Then it is refused with exit code 5 as "holds no record"

    Scenario: A journal that begins with something else than its header
      Given the journal of 0 leaves
      When somebody replaces its header by another event
      Then it is refused with exit code 5 as "header"

    Scenario: None at all
      Given the journal of 8 leaves
      When somebody deletes it
      Then it is refused with exit code 3 as "no such journal"

  Rule: A journal that came with a repository is read, and never resumed

    Scenario: Another user's
      Given a run that somebody else has started
      Then its status can be read
      And resuming it is refused with exit code 2 as "not started by you"
      And none of its results is reused

  Rule: A run goes on with the plan that it was started with, or not at all

    Scenario Outline: The plan is <what>
      Given a run of the program that has failed
      When the plan of the run is <what>
      Then `autonomy <command>` ends with status 2, as "plan.json"

      Examples:
        | what    | command         |
        | edited  | resume --failed |
        | edited  | status          |
        | deleted | resume --failed |
        | deleted | merge           |
