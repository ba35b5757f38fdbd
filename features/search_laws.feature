Feature: Laws of every search, whatever its budgets, its outcomes and the order in which work settles

  @property
  Rule: A search keeps its bounds, loses no failure, leaves nothing behind, and selects the same

    Scenario: Any search
      Then every law holds for 400 drawn searches

    @probe
    Scenario Outline: The laws notice a search that <fault>
      Given a search that <fault>
      When 400 searches are drawn
      Then the law "<law>" is broken

      Examples:
        | fault                                   | law                 |
        | lets one more run than there are places | in_bounds           |
        | lists attempts by arrival               | well_formed         |
        | lets arrival decide                     | selects_the_same    |
        | waits for everybody                     | selects_the_same    |
        | goes on after a success                 | selects_the_same    |
        | reports the failures of one attempt     | no_failure_lost     |
        | judges equal candidates again           | judged_once         |
        | forgets what an exception was           | no_failure_lost     |
        | leaves work behind                      | nothing_left        |
        | never stops what runs                   | stops_at_success    |

  Rule: A unit settles once: what does not run is dropped

    Scenario Outline: An answer comes late: <late>
      Given attempt 1 of a search of 2 steps <stands>
      When the answer "<late>" comes once more
      Then nothing of the search has changed

      Examples:
        | stands             | late                                    |
        | waits to be judged | attempt 1 was proposed                  |
        | is being judged    | attempt 1 was proposed                  |
        | is over            | attempt 1 was proposed                  |
        | is over            | attempt 1 was judged                    |
