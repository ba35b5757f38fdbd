Feature: References decide what waits for what, as far as workers are not left idle

  Rule: The soft order starts with as many leaves as there are workers

    Scenario: In a chain of 20 leaves, 5 workers start at once
      Given 20 leaves, each of which refers to the one before
      When they are ordered soft for 5 workers
      Then at least 5 leaves wait for nothing
      And no leaf waits, directly or not, for itself

    Scenario: Also where one leaf takes so long that waiting costs nothing
      Given the files
        | path | tokens | refers to |
        | a/1  | 90000  |           |
        | b/1  | 100    |           |
        | c/1  | 100    | b/1       |
        | d/1  | 100    | c/1       |
        | e/1  | 100    | d/1       |
      When its directories are ordered soft for 4 workers
      Then at least 4 leaves wait for nothing

    Scenario: As many leaves as workers wait for nothing
      Given 5 leaves, each of which refers to the one before
      When they are ordered soft for 5 workers
      Then 5 leaves wait for nothing
      And 0 of the references are honoured

    @property
    Scenario: Any references between leaves, any number of workers
      When Hypothesis draws leaves and references, and orders them
      Then each order is acyclic, waits only for what is referred to, tells its honoured share, and feeds its workers

  Rule: The strict order drops references only where leaves refer to each other in a cycle

    Scenario: A chain is honoured to the last reference
      Given 20 leaves, each of which refers to the one before
      When they are ordered strict for 5 workers
      Then 1 leaves wait for nothing
      And 1 of the references are honoured

    Scenario: The lightest reference of a cycle is dropped
      Given the files
        | path | refers to    |
        | a/1  | b/1          |
        | a/2  | b/1          |
        | b/1  | c/1          |
        | b/2  | c/1          |
        | c/1  | a/1          |
        | c/2  |              |
      When its directories are ordered strict for 3 workers
      Then "a" waits for "b"
      And "b" waits for "c"
      And 0.8 of the references are honoured

    Scenario: What nobody left refers to comes last
      Given the files
        | path | refers to     |
        | h/1  | r/1           |
        | p/1  | h/1, q/1      |
        | p/2  | h/1           |
        | q/1  | h/1, p/1      |
        | r/1  | p/1           |
        | r/2  | p/1           |
      When its directories are ordered strict for 3 workers
      Then "r" waits for "p"
      And 0.75 of the references are honoured

  Rule: No order means that nothing waits

    Scenario: A chain without order
      Given 20 leaves, each of which refers to the one before
      When they are ordered none for 5 workers
      Then 20 leaves wait for nothing

  Rule: A file that very many leaves refer to is a hub

    Scenario: One file that ten of twelve leaves refer to
      Given 12 leaves, ten of which refer to "l00/file"
      When they are ordered soft for 2 workers
      Then the hub is "l00/file" with 10 leaves
      And "l00" waits for nothing
