Feature: A strategy decides what the next attempt knows, and which one is kept

  Rule: Each strategy tells the next attempt of a chain what it stands for

    Scenario Outline: <strategy>
      Given a search of 3 steps by 1 chains
      When the leaf is searched by the strategy "<strategy>"
      Then attempt 1 is told "" and starts from the base
      And attempt 2 is told "<second>" and starts from <from 2>
      And attempt 3 is told "<third>" and starts from <from 3>

      Examples:
        | strategy   | second  | from 2   | third            | from 3   |
        | reject     |         | the base |                  | the base |
        | repair     | wrong 1 | c1       | wrong 2          | c2       |
        | restart    | wrong 1 | the base | wrong 2          | the base |
        | multi-turn | wrong 1 | c1       | wrong 1, wrong 2 | c2       |
        | escalate   | wrong 1 | c1       | wrong 2          | c2       |
        | majority   |         | the base |                  | the base |
        | refine     | wrong 1 | c1       | wrong 2          | c2       |

    Scenario: An attempt that proposed nothing leaves its predecessor to start from
      Given a search of 3 steps by 1 chains
      And attempt 2 rejects
      When the leaf is searched by the strategy "repair"
      Then attempt 3 is told "attempt 2 exits with 1" and starts from c1

    Scenario: Complaints stand in the order of the validators
      Given a search of 2 steps by 1 chains
      And validators "types, style, tests" that all fail
      When the leaf is searched
      Then attempt 2 is told "types, style, tests"

    Scenario: Chains know nothing of each other
      Given a search of 2 steps by 2 chains
      When the leaf is searched by the strategy "multi-turn"
      Then attempt 2 is told "wrong 1"
      And attempt 4 is told "wrong 3"

    Scenario Outline: Every strategy fires every hook (<strategy>)
      Given a search of 2 steps by 1 chains
      And a hook that listens
      When the leaf is searched by the strategy "<strategy>"
      Then it has heard "start, iteration 1, repair 2, iteration 2, end"

      Examples:
        | strategy   |
        | reject     |
        | repair     |
        | multi-turn |
        | escalate   |
        | majority   |
        | refine     |

    Scenario: An unknown strategy
      Given a search of 2 steps by 1 chains
      When the leaf is searched by the strategy "astrology"
      Then it raises a usage error that names "no strategy named 'astrology'; known: escalate, majority"

  Rule: When all fail, the strategy names the attempt to keep, whatever arrived first

    Scenario Outline: <strategy>
      Given a search of 2 steps by 2 chains
      And the attempts
        | attempt | outcome | checks |
        | 1       | fails   | 0      |
        | 2       | fails   | 2      |
        | 3       | fails   | 1      |
        | 4       | fails   | 2      |
      And the attempts end in the order "3 4 1 2"
      When the leaf is searched by the strategy "<strategy>"
      Then it ends as exhausted
      And attempt <kept> is kept

      Examples:
        | strategy   | kept |
        | reject     | 1    |
        | repair     | 2    |
        | multi-turn | 2    |
        | escalate   | 4    |
        | majority   | 1    |
        | refine     | 2    |

    Scenario: Candidates that are no texts resemble nothing but their equals
      Given a search of 1 steps by 3 chains
      And every attempt passes
      And candidates that are lists
      When the leaf is searched by the strategy "majority"
      Then attempt 1 is accepted

  Rule: Escalate asks the dearer proposer once, when the same failures repeat

    Scenario: The second failure is the first one again
      Given a search of 5 steps by 1 chains
      And the attempts
        | attempt | outcome | complaint |
        | 1       | fails   | same      |
        | 2       | fails   | same      |
      When the leaf is searched by the strategy "escalate"
      Then the proposers asked are "ordinary, ordinary, dearer"
      And attempt 3 is told "same, same" and starts from c2
      And it ends as exhausted

    Scenario: Each failure is another one
      Given a search of 4 steps by 1 chains
      When the leaf is searched by the strategy "escalate"
      Then the proposers asked are "ordinary, ordinary, ordinary, ordinary"

  Rule: Majority spends its budget, and no more, and accepts what most resemble

    Scenario: Two of three agree
      Given a search of 1 steps by 4 chains
      And the attempts
        | attempt | outcome | candidate  |
        | 1       | passes  | a\nb\nc\nd |
        | 2       | passes  | a\nb\nx\ny |
        | 3       | passes  | a\nb\nx\nz |
        | 4       | fails   | q          |
      And the attempts end in the order "4 1 2 3"
      When the leaf is searched by the strategy "majority"
      Then attempt 2 is accepted
      And the attempts 1 to 4 are made, each once

    Scenario: Equal candidates are judged once, and every one of them has its vote
      Given a search of 1 steps by 4 chains
      And the attempts
        | attempt | outcome | candidate |
        | 1       | passes  | left      |
        | 2       | passes  | right     |
        | 3       | passes  | right     |
        | 4       | passes  | left?     |
      When the leaf is searched by the strategy "majority"
      Then attempt 2 is accepted
      And the judge was asked 3 times

    Scenario: One that raises neither ends the others nor leaves them running
      Given a search of 2 steps by 4 chains
      And attempt 3 raises
      And attempt 5 passes
      And 2 places
      When the leaf is searched by the strategy "majority"
      Then attempt 5 is accepted
      And 2 are under way at most
      And the failures are those of the attempts 1, 3, 7, 2, 6, 8
      And nothing is left running

  Rule: Refine improves survivors further, and every refinement that was paid for is judged

    Scenario Outline: <places> places
      Given a search of 4 steps by 3 chains
      And every attempt passes
      And <places> places
      When the leaf is searched by the strategy "refine"
      Then the attempts 1 to 12 are made, each once
      And the judge was asked 12 times
      And attempt 4 is accepted

      Examples:
        | places |
        | 1      |
        | 2      |
        | 3      |

    Scenario: A refinement that fails is dropped for the survivor before it
      Given a search of 3 steps by 1 chains
      And the attempts
        | attempt | outcome | score |
        | 1       | passes  | 1     |
        | 2       | fails   |       |
        | 3       | passes  | 0.5   |
      When the leaf is searched by the strategy "refine"
      Then attempt 3 is told "wrong 2" and starts from c1
      And attempt 1 is accepted

  Rule: What is told fits into an environment variable

    Scenario: A log of a megabyte
      When the complaint is a text of 1000000 "é" that ends in "NameError: x"
      Then it is told in at most 98304 bytes, and ends in "NameError: x"

    Scenario: A thousand complaints
      When there are 1000 complaints of 5000 "é" that end in "NameError: x"
      Then it is told in at most 98304 bytes, and ends in "NameError: x"
