Feature: A search stays within its budgets

  Rule: Attempts build on each other in a chain, chains are independent, and every attempt has an id of its own

    Scenario: All twelve attempts of three steps by four chains
      Given a search of 3 steps by 4 chains
      When the leaf is searched
      Then the attempts 1 to 12 are made, each once
      And 4 are under way at most
      And it ends as exhausted

    Scenario Outline: Step <step> of chain <chain>
      Given a search of 3 steps by 4 chains
      When the leaf is searched
      Then attempt <id> is step <step> of chain <chain>

      Examples:
        | chain | step | id |
        | 1     | 1    | 1  |
        | 1     | 3    | 3  |
        | 2     | 1    | 4  |
        | 4     | 3    | 12 |

    Scenario Outline: Results stand by step and chain when attempts end in the order <order>
      Given a search of 2 steps by 2 chains
      And the attempts end in the order "<order>"
      When the leaf is searched
      Then its attempts are listed as 1, 3, 2, 4

      Examples:
        | order   |
        | 1 2 3 4 |
        | 3 4 1 2 |
        | 1+3     |

  Rule: A budget below 1 is a usage error, whoever sets it

    Scenario Outline: <loop> steps by <width> chains
      Given a search of <loop> steps by <width> chains
      When the leaf is searched
      Then it raises a usage error that names "<name>"

      Examples:
        | loop | width | name               |
        | 0    | 1     | loop_budget        |
        | 1    | 0     | concurrency_budget |
        | -1   | 2     | loop_budget        |

    Scenario Outline: A hook sets <loop> steps by <width> chains
      Given a search of 2 steps by 2 chains
      And a hook that sets <loop> steps by <width> chains
      When the leaf is searched
      Then it raises a usage error that names "<name>"
      And no attempt is made
      And every hook hears of the end

      Examples:
        | loop | width | name               |
        | 0    | 1     | loop_budget        |
        | 1    | -3    | concurrency_budget |

    Scenario: A hook widens the search
      Given a search of 1 steps by 1 chains
      And a hook that sets 2 steps by 3 chains
      And 3 places
      When the leaf is searched
      Then the attempts 1 to 6 are made, each once
      And 3 are under way at most

    Scenario: A hook that returns something else
      Given a search of 1 steps by 1 chains
      And a hook whose start returns 3
      When the leaf is searched
      Then it raises a usage error that names "a hook's start returns a Budget or None, not 3"

    Scenario Outline: <option> "<value>"
      Given a search of 1 steps by 1 chains
      When the leaf is searched with <option> "<value>"
      Then it raises a usage error that names "<option> must be one of"

      Examples:
        | option   | value |
        | select   | worst |
        | on_error | hope  |

    Scenario: Without assertions
      When Python without assertions searches with a budget of 0
      Then it reports a usage error

  Rule: Candidates of all leaves share one bound

    Scenario: Fewer places than chains
      Given a search of 2 steps by 4 chains
      And 3 places
      When the leaf is searched
      Then the attempts 1 to 8 are made, each once
      And 3 are under way at most

    Scenario: Two searches in threads
      Given a search of 1 steps by 4 chains
      And 4 places
      When 2 leaves are searched at once, each proposal waiting for 4 to stand together
      Then all 8 proposals were made, never more than 4 at once

    Scenario: One place is enough for any number of searches
      Given a search of 3 steps by 4 chains
      And 1 places
      When 3 leaves are searched at once, each proposal waiting for 1 to stand together
      Then all 36 proposals were made, never more than 1 at once

    Scenario: Judges run in threads
      Given a search of 1 steps by 4 chains
      When the leaf is searched in threads, each judgement waiting for 4 to stand together
      Then 4 judgements were under way at once

    @probe
    Scenario: One place too many would be seen
      Given a search of 1 steps by 4 chains
      And 3 places
      And a bound that lets one more through
      When the leaf is searched
      Then 4 are under way at most

  Rule: A busy backend narrows the width and makes the search wait, and costs no attempt

    Scenario: The backend says when to come again
      Given a search of 1 steps by 1 chains
      And attempt 1 is busy 3 times
      When the leaf is searched
      Then attempt 1 is accepted
      And 7 seconds of pauses have passed
      And 4 proposals were begun

    Scenario: Half as many are tried after the pause
      Given a search of 4 steps by 4 chains
      And attempt 1 is busy 1 times
      And the attempts end in the order "1+5+9+13"
      When the leaf is searched by the strategy "majority"
      Then 4 are under way before the pause and 2 after it

    Scenario: A backend that never recovers is an error
      Given a search of 1 steps by 1 chains
      And attempt 1 is busy 99 times
      When the leaf is searched, collecting errors
      Then it ends as error
      And the failures are those of the attempts 1
