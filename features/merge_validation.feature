Feature: A merge that is validated leaves out the leaf that breaks it

  Rule: The guilty are named and left out, the others are merged, in few judgements

    Scenario: Two of nine leaves break the validation
      Given 9 leaves on 3 levels, of which "leaf2" and "leaf7" break the validation
      When the run is merged and validated
      Then "leaf2, leaf7" are left out
      And the branch has 7 commits on the base
      And the validation passes on the branch

    Scenario: All is well
      Given 9 leaves on 3 levels, of which none breaks the validation
      When the run is merged and validated
      Then nobody is left out
      And the validation was asked 3 times

    Scenario: The base fails already
      Given 9 leaves on 3 levels, of which none breaks the validation
      And the validation fails whatever is merged
      When the run is merged and validated
      Then it is refused with exit code 3, and the message tells "base"
      And there is no branch

    Scenario: The leaf that is left out touched the same file as another
      Given a repository with the files
        | path | content       |
        | a    | 1\n2\n3\n4\n5 |
      And leaves that changed
        | leaf | path | becomes           |
        | bad  | a    | BAD\n2\n3\n4\n5\n |
        | good | a    | 1\n2\n3\n4\nTWO\n |
      When the run is merged and validated
      Then "bad" are left out
      And "a" is "1\n2\n3\n4\nTWO\n" on the branch

    Scenario: Without the leaf that is left out, two others disagree no more than before
      Given a repository with the files
        | path | content |
        | a    | 1\n2\n3 |
      And leaves that changed
        | leaf  | path | becomes      |
        | moves | a    | -            |
        | moves | b    | BAD 1\n2\n3\n |
        | good  | c    | 1            |
      When the run is merged and validated
      Then "moves" are left out
      And "c" is "1" on the branch

    @property
    Scenario: Any guilty leaves
      Then for any guilty leaves exactly those are left out
