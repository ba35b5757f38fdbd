Feature: A run tries several candidates for each leaf

  Rule: An attempt builds on the one before it, and is told what was wrong with that

    Scenario: An agent that needs two repairs
      Given a project with the files "a/one.txt, b/two.txt, c/three.txt"
      And an agent that adds a line to each of its files
      And a validator that wants 4 lines in each file of the leaf
      When it is run with 3 steps by 1 candidates
      Then all 3 leaves succeed, each with 3 attempts
      And each attempt but the last complains of "exit code 1"
      And the attempts were told nothing, "exit code 1", "exit code 1"
      And the accepted change has 4 lines

    Scenario: From the base each time
      Given a project with the files "a/one.txt"
      And an agent that adds a line to each of its files
      And a validator that wants 4 lines in each file of the leaf
      When it is run with 3 steps by 1 candidates, by the strategy "restart"
      Then all 1 leaves fail, each with 3 attempts

    Scenario: A command that fails is a complaint too, with the end of its output
      Given a project with the files "a/one.txt"
      And an agent that says "NameError: x" and fails, unless it is told so
      When it is run with 2 steps by 1 candidates
      Then all 1 leaves succeed, each with 2 attempts

    Scenario: The brief of an attempt ends with the complaints
      Given a project with the files "a/one.txt"
      And an agent that keeps its brief and fails, saying "NameError: x"
      When it is run with 2 steps by 1 candidates
      Then the brief of attempt 1 says nothing of what failed before
      And the brief of attempt 2 ends with "NameError: x"

    Scenario: When the same failures repeat, a dearer command is asked once
      Given a project with the files "a/one.txt"
      And an agent that writes its attempt and candidate and fails
      And a dearer agent that succeeds
      When it is run with 9 steps by 1 candidates, by the strategy "escalate"
      Then all 1 leaves succeed, each with 3 attempts

  Rule: Candidates are apart, and what is reported is ordered by attempt and candidate

    Scenario: Twelve attempts
      Given a project with the files "a/one.txt"
      And an agent that writes its attempt and candidate and fails
      And 4 places for commands
      When it is run with 3 steps by 4 candidates
      Then all 1 leaves fail, each with 12 attempts
      And the attempts and candidates are 1 to 3 and 1 to 4, in order
      And at most 4 were under way at once

    Scenario: The first success stops the others
      Given a project with the files "a/one.txt"
      And an agent of which only candidate 3 succeeds, when the others stand there and wait
      When it is run with 1 steps by 3 candidates
      Then candidate 3 is accepted
      And no failure is reported
      And the others are cancelled
      And no slot is in use

    Scenario: Equal candidates are judged once
      Given a project with the files "a/one.txt"
      And an agent that always writes the same
      And a validator that notes each time it is asked, and fails
      When it is run with 2 steps by 4 candidates, by the strategy "restart"
      Then all 1 leaves fail, each with 8 attempts
      And the validator was asked once

    Scenario: Every failure is in the report, beside a success
      Given a project with the files "a/one.txt"
      And an agent that writes its attempt and candidate, and succeeds as candidate 2 only
      When it is run with 1 steps by 2 candidates, deterministically
      Then candidate 2 is accepted
      And the failures are of the candidates 1

  Rule: A busy backend is waited for

    Scenario Outline: Exit code 75, <steps> steps by <width> candidates
      Given a project with the files "a/one.txt"
      And an agent whose backend is busy the first time
      When it is run with <steps> steps by <width> candidates
      Then candidate 1 is accepted
      And no failure is reported

      Examples:
        | steps | width |
        | 1     | 1     |
        | 2     | 1     |

  Rule: The best candidate is measured, and held to the base's tests

    @slow
    Scenario: Faster, but without a test
      Given a project of a slow program with two tests
      And an agent whose candidates are slow, twice as fast, and fast without a test
      When it is run for the best of 3 candidates
      Then candidate 2 is accepted
      And candidate 1 is rejected as "not_faster"
      And candidate 3 is rejected as "tests_missing"
      And the report holds the measurement of candidate 2

    Scenario: A benchmark that fails on the base can measure nothing
      Given a project with the files "a/one.txt"
      And an agent that always writes the same
      When it is run with 1 steps by 1 candidates, selecting "best" by the benchmark "false"
      Then the leaf ends as "error", naming "on the untouched base, benchmark: exit code 1"

    Scenario: A benchmark that fails on a candidate rejects it
      Given a project with the files "a/one.txt"
      And an agent that always writes the same
      When it is run with 1 steps by 1 candidates, selecting "best" by the benchmark "sh -c '! grep -q same a/one.txt'"
      Then candidate 1 is rejected as "bench_failed"

    Scenario: A folder in the place of a report of tests is none
      Given a project with the files "a/one.txt"
      And an agent that always writes the same
      And a validator that makes a folder named like a report
      When it is run with 2 steps by 1 candidates
      Then candidate 1 is accepted

    Scenario Outline: <case>
      Given a project with the files "a/one.txt"
      And an agent that always writes the same
      When it is run with <steps> steps by 1 candidates, selecting "<select>" by the benchmark "<bench>"
      Then the run is refused, naming "<name>"

      Examples:
        | case                           | steps | select | bench   | name          |
        | The best needs a benchmark     | 1     | best   |         | --bench       |
        | A benchmark needs a selection  | 1     | first  | true    | --select best |
        | A benchmark that is no command | 1     | best   | 'true   | --bench       |
        | A budget below 1               | 0     | first  |         | loop_budget   |

    Scenario: To escalate needs a dearer command
      Given a project with the files "a/one.txt"
      And an agent that always writes the same
      When it is run with 2 steps by 1 candidates, by the strategy "escalate"
      Then the run is refused, naming "--escalate CMD"

  Rule: A gate is proved before the first attempt

    Scenario: A gate that can tell
      Given a project with the files "a/one.txt"
      And an agent that always writes the same
      And a validator that wants 1 lines in each file of the leaf
      When the gate is proved and it is run
      Then candidate 1 is accepted

    Scenario Outline: A gate that <fault>
      Given a project with the files "a/one.txt"
      And an agent that always writes the same
      And a validator that wants <lines> lines in each file of the leaf
      When the gate is proved and it is run
      Then the run is refused, naming "<name>"

      Examples:
        | fault                   | lines | name                         |
        | fails on the base       | 2     | fails on the untouched base  |
        | lets everything through | 0     | lets a broken candidate pass |

  Rule: A run that is stopped ends its candidates

    Scenario: Stopped while they wait
      Given a project with the files "a/one.txt"
      And an agent that waits for its end
      When it is run with 2 steps by 2 candidates, and stopped when 2 wait
      Then the leaf is cancelled
      And no slot is in use

    Scenario Outline: Stopped while <what> waits
      Given a project with the files "a/one.txt"
      And an agent that always writes the same
      And <what> that waits for its end
      When it is run with 1 steps by 1 candidates, and stopped when 1 wait
      Then the leaf has not succeeded
      And no slot is in use

      Examples:
        | what                             |
        | a validator                      |
        | a validator that proves the gate |
        | a validator of the base's tests  |
        | a benchmark                      |

  Rule: Where no slot can be had it is the machine's fault, not the candidate's

    Scenario: The search ends with it
      Given a project with the files "a/one.txt"
      And an agent that always writes the same
      And slots for which there is no room
      When it is run with 2 steps by 2 candidates
      Then the leaf ends as "error", naming "no room"

    Scenario: Errors are collected
      Given a project with the files "a/one.txt"
      And an agent that always writes the same
      And slots for which there is no room
      When it is run with 2 steps by 1 candidates, collecting errors
      Then the leaf ends as "error", naming "2 attempts, none accepted; attempt 1 of candidate 1: EnvironmentFault: no room"

    Scenario: The gate can't be proved
      Given a project with the files "a/one.txt"
      And an agent that always writes the same
      And slots for which there is no room
      When the gate is proved and it is run
      Then the run ends with an error that names "no room"
