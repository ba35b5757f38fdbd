Feature: The best of the candidates that pass is measured, not guessed

  Rule: A gain must exceed the threshold, with its interval clear of none

    Scenario Outline: <case>
      Given a search of 1 steps by 1 chains
      And attempt 1 passes
      And the base takes 1.0 s and attempt 1 takes <seconds> s, give or take <noise> percent
      When the leaf is searched, for the best
      Then it ends as <end>
      And attempt 1 is rejected as "<reason>"

      Examples:
        | case                            | seconds | noise | end       | reason          |
        | Twice as fast                   | 0.5     | 3     | success   | nothing         |
        | A tenth faster                  | 0.9     | 1     | success   | nothing         |
        | The same                        | 1.0     | 3     | exhausted | not_faster      |
        | Three percent faster            | 0.97    | 1     | exhausted | not_faster      |
        | Slower                          | 1.3     | 3     | exhausted | not_faster      |
        | Faster on the whole, or by luck | 0.8     | 90    | exhausted | not_significant |

    Scenario: The measurement is in the result
      Given a search of 1 steps by 1 chains
      And attempt 1 passes
      And the base takes 1.0 s and attempt 1 takes 0.5 s, give or take 3 percent
      When the leaf is searched, for the best
      Then attempt 1 is 2.0 times as fast, to 2 percent, and the interval holds that

    Scenario: Base and candidate are measured in turn, the first of a round being the last of the next
      Given a search of 1 steps by 1 chains
      And attempt 1 passes
      And the base takes 1.0 s and attempt 1 takes 0.5 s, give or take 0 percent
      When the leaf is searched, for the best
      Then the measurements begin "base, c1, c1, base, base, c1"
      And base and candidate are measured as often as each other

    Scenario Outline: Rounds go on until the answer is clear: noise of <noise> percent
      Given a search of 1 steps by 1 chains
      And attempt 1 passes
      And the base takes 1.0 s and attempt 1 takes <seconds> s, give or take <noise> percent
      When the leaf is searched, for the best
      Then <rounds> rounds were measured

      Examples:
        | seconds | noise | rounds |
        | 0.5     | 1     | 10     |
        | 0.5     | 30    | 60     |
        | 0.95    | 9     | 60     |

    @probe
    Scenario: A gate without the interval would accept luck
      Given a search of 1 steps by 1 chains
      And attempt 1 passes
      And the base takes 1.0 s and attempt 1 takes 0.8 s, give or take 90 percent
      And a gate that does not look at the interval
      When the leaf is searched, for the best
      Then attempt 1 is accepted

  Rule: What is fast by doing something else is rejected, each with its own reason

    Scenario Outline: <case>
      Given a search of 1 steps by 1 chains
      And attempt 1 passes
      And the base takes 1.0 s and attempt 1 takes 0.5 s, give or take 1 percent
      And the benchmark of attempt 1 <does>
      When the leaf is searched, for the best, collecting errors
      Then it ends as <end>
      And attempt 1 is rejected as "<reason>"

      Examples:
        | case                       | does                          | end       | reason          |
        | It prints something else   | prints "fast"                 | exhausted | output_changed  |
        | It prints the same         | prints "slow"                 | success   | nothing         |
        | It breaks                  | raises                        | error     | error           |
        | It exits with 1            | is rejected as "bench_failed" | exhausted | bench_failed    |

    Scenario: A base that never prints the same
      Given a search of 1 steps by 1 chains
      And attempt 1 passes
      And the base takes 1.0 s and attempt 1 takes 0.5 s, give or take 1 percent
      And a base that prints another number each time
      When the leaf is searched, for the best
      Then attempt 1 is rejected as "output_unstable"

    Scenario: A benchmark that breaks is one attempt's error
      Given a search of 1 steps by 3 chains
      And every attempt passes
      And the base takes 1.0 s and attempt 3 takes 0.5 s, give or take 1 percent
      And the benchmark of attempt 1 raises
      When the leaf is searched, for the best
      Then attempt 3 is accepted
      And the failures are those of the attempts 1, 2

  Rule: The greatest gain wins, in whatever order the candidates arrived

    Scenario Outline: They arrive as <order>
      Given a search of 1 steps by 4 chains
      And the attempts
        | attempt | outcome | seconds |
        | 1       | passes  | 0.8     |
        | 2       | passes  | 0.4     |
        | 3       | fails   | 0.1     |
        | 4       | passes  | 0.4     |
      And the attempts end in the order "<order>"
      When the leaf is searched, for the best
      Then attempt 2 is accepted
      And attempt 1 is rejected as "not_selected"
      And attempt 3 is rejected as "validator_failed"

      Examples:
        | order   |
        | 1 2 3 4 |
        | 4 3 2 1 |
        | 3 1+4 2 |

    Scenario: One place or many, the same attempts with the same verdicts
      Given a search of 2 steps by 3 chains
      And the attempts
        | attempt | outcome | seconds | candidate |
        | 1       | passes  | 0.8     | a         |
        | 3       | fails   | 1.0     | b         |
        | 4       | passes  | 1.0     | c         |
        | 5       | passes  | 0.8     | a         |
      When the leaf is searched for the best with 1 and with 3 places
      Then both results are equal

    Scenario: Equal candidates are judged and measured once
      Given a search of 1 steps by 4 chains
      And the attempts
        | attempt | outcome | seconds | candidate |
        | 1       | passes  | 0.5     | same      |
        | 2       | passes  | 0.5     | same      |
        | 3       | passes  | 0.5     | same      |
        | 4       | passes  | 1.0     | other     |
      And the attempts end in the order "3 4 2 1"
      When the leaf is searched, for the best
      Then attempt 1 is accepted
      And the judge was asked 2 times
      And attempts 2, 3 are duplicates of attempt 1
      And 10 measurements were made of the candidate "same"

    Scenario: Candidates that can't be compared are judged one by one
      Given a search of 1 steps by 3 chains
      And candidates that are lists
      When the leaf is searched
      Then the judge was asked 3 times

    Scenario: Without a benchmark the highest score wins
      Given a search of 1 steps by 3 chains
      And the attempts
        | attempt | outcome | score |
        | 1       | passes  | 1     |
        | 2       | passes  | 3     |
        | 3       | passes  | 3     |
      And no benchmark
      When the leaf is searched, for the best
      Then attempt 2 is accepted

  Rule: A benchmark is alone: no attempt of any leaf is at work, and no other benchmark

    Scenario: More candidates that pass than places
      Given a search of 1 steps by 8 chains
      And every attempt passes
      And 2 places
      When 2 leaves are searched for the best at once in threads
      Then every measurement was alone
      And 16 candidates were measured

    Scenario: Whoever wants to be alone waits until the last place is given back
      When somebody asks to be alone while a place is taken, which is then given back
      Then they "wait", and are "alone"

    @probe
    Scenario: A bound that does not wait for the others would be seen
      Given a search of 1 steps by 8 chains
      And every attempt passes
      And 2 places
      When 2 leaves are searched for the best at once in threads, under a bound that never waits
      Then some measurement was not alone

    Scenario: A run that stops before the last measurement
      Given a search of 1 steps by 3 chains
      And every attempt passes
      And the run stops at measurement 25
      When the leaf is searched, for the best
      Then it ends as cancelled
      And 25 measurements were made
      And nothing is left running

    Scenario Outline: <fewest> to <most> rounds, threshold <threshold>
      When a trial of <fewest> to <most> rounds with the threshold <threshold> is set up
      Then it raises a usage error that names "<name>"

      Examples:
        | fewest | most | threshold | name      |
        | 3      | 60   | 0.05      | rounds    |
        | 10     | 9    | 0.05      | rounds    |
        | 10     | 60   | 1.0       | threshold |
        | 10     | 60   | -0.1      | threshold |
