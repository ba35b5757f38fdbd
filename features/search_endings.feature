Feature: A search ends for one reason, with nothing lost and nothing left running

  Rule: The first success stops the rest, and the call returns when they have ended

    Scenario: The third of three chains is first
      Given a search of 1 steps by 3 chains
      And attempt 1 passes
      And attempt 3 passes
      And the attempts end in the order "3"
      When the leaf is searched
      Then attempt 3 is accepted
      And the attempts 1, 2 are cancelled
      And nothing is left running

    Scenario: Of those that arrive together, the lowest step and chain
      Given a search of 1 steps by 3 chains
      And attempt 2 passes
      And attempt 3 passes
      And the attempts end in the order "2+3"
      When the leaf is searched
      Then attempt 2 is accepted

    Scenario: In threads, proposers that wait for their stop are stopped
      Given a search of 3 steps by 4 chains
      When the leaf is searched in threads, and all but attempt 4 wait until they are stopped
      Then attempt 4 is accepted
      And the attempts 1, 7, 10 are cancelled
      And nothing is left running

    Scenario: A success that arrives after the first one is not selected
      Given a search of 1 steps by 2 chains
      And attempt 1 passes
      And attempt 2 passes
      And the attempts end in the order "1p+2p 2j"
      And proposers that take no notice of their stop
      When the leaf is searched
      Then attempt 2 is accepted
      And attempt 1 is rejected as "not_selected"

  Rule: A deterministic search accepts the lowest step and chain, whoever arrives first

    Scenario Outline: <case>
      Given a search of 2 steps by 3 chains
      And the attempts
        | attempt | outcome   |
        | <low>   | passes    |
        | <high>  | passes    |
      And the attempts end in the order "<order>"
      When the leaf is searched, deterministically
      Then attempt <low> is accepted
      And nothing is left running

      Examples:
        | case                                    | low | high | order   |
        | The lower chain is slower               | 1   | 5    | 5 3 1   |
        | A first step beats a second one         | 5   | 2    | 1 2 3 5 |
        | A second step beats a higher chain's    | 2   | 6    | 5 6 3 1 |

    Scenario: What can't win any more is stopped, what could is waited for
      Given a search of 2 steps by 3 chains
      And attempt 3 passes
      And the attempts end in the order "3"
      When the leaf is searched, deterministically
      Then attempt 3 is accepted
      And the attempts 5 are cancelled
      And 2 proposals were begun

    Scenario: One chain is deterministic without being asked
      Given a search of 3 steps by 1 chains
      And attempt 2 passes
      When the leaf is searched
      Then attempt 2 is accepted
      And its attempts are listed as 1, 2

    @probe
    Scenario: Without the rule, arrival decides
      Given a search of 1 steps by 3 chains
      And attempt 1 passes
      And attempt 3 passes
      And the attempts end in the order "3"
      When the leaf is searched
      Then attempt 3 is accepted

  Rule: No failure is swallowed, not even beside a success

    Scenario: Siblings of a success
      Given a search of 1 steps by 4 chains
      And the attempts
        | attempt | outcome      |
        | 1       | raises       |
        | 2       | judge raises |
        | 3       | fails        |
        | 4       | passes       |
      When the leaf is searched, deterministically
      Then attempt 4 is accepted
      And the failures are those of the attempts 1, 2, 3

    Scenario: The second attempt raises after the first one failed
      Given a search of 2 steps by 1 chains
      And attempt 2 raises
      When the leaf is searched
      Then it raises the error of attempt 2, with its cause
      And nothing is left running

    Scenario: The same, collected: an error is no exhaustion
      Given a search of 2 steps by 1 chains
      And attempt 2 raises
      When the leaf is searched, collecting errors
      Then it ends as error
      And the failures are those of the attempts 1, 2

    Scenario: All raise: the first by step and chain is raised, whoever arrived first
      Given a search of 2 steps by 3 chains
      And every attempt raises
      And the attempts end in the order "5 3 1"
      When the leaf is searched
      Then it raises the error of attempt 1, with its cause

    Scenario: An exception ends its chain, not the others
      Given a search of 2 steps by 2 chains
      And attempt 1 raises
      And attempt 4 passes
      When the leaf is searched
      Then attempt 4 is accepted
      And its attempts are listed as 1, 3, 4
      And the failures are those of the attempts 1, 3

    Scenario: Collecting, a chain goes on after an exception, and is told of it
      Given a search of 3 steps by 1 chains
      And attempt 1 raises
      And attempt 2 passes
      When the leaf is searched, collecting errors
      Then attempt 2 is accepted
      And attempt 2 is told "Broken: attempt 1"

    Scenario Outline: A judge that <fault>
      Given a search of 1 steps by 1 chains
      And attempt 1 judge <fault>
      When the leaf is searched, collecting errors
      Then it ends as error
      And the failures of attempt 1 are of the kind "<kind>"

      Examples:
        | fault        | kind      |
        | raises       | Broken    |
        | says nothing | TypeError |

    Scenario: A proposer that calls exit is one failure, not the end of the program
      Given a search of 1 steps by 2 chains
      And attempt 1 exits
      And attempt 2 passes
      When the leaf is searched, deterministically
      Then attempt 2 is accepted
      And the failures of attempt 1 are of the kind "SystemExit"

    Scenario: A proposer that is a coroutine
      Given a search of 1 steps by 1 chains
      And attempt 1 awaits
      When the leaf is searched, collecting errors
      Then the failures of attempt 1 are of the kind "TypeError"

    Scenario Outline: The machine has <count> threads to give
      Given a search of 2 steps by 4 chains
      And a machine that has <count> threads to give
      When the leaf is searched in threads
      Then it says that the environment is at fault
      And nothing is left running

      Examples:
        | count |
        | 0     |
        | 2     |

    Scenario Outline: The work says no: <outcome>
      Given a search of 1 steps by 1 chains
      And attempt 1 <outcome>
      When the leaf is searched
      Then it ends as exhausted
      And attempt 1 is rejected as "<reason>"
      And attempt 1 has the status <status>

      Examples:
        | outcome       | reason         | status    |
        | rejects       | command_failed | failed    |
        | judge rejects | timed_out      | timed_out |

  Rule: Hooks hear of their own slice, their refusal is never swallowed, and the end is always told

    Scenario: Each hook, proposer and judge sees its own iteration, in threads
      Given a search of 3 steps by 4 chains
      And a hook that listens
      When the leaf is searched in threads
      Then every hook, proposer and judge saw its own iteration
      And every hook hears of the end

    Scenario: The order of events in one chain
      Given a search of 2 steps by 1 chains
      And a hook that listens
      When the leaf is searched
      Then it has heard "start, iteration 1, repair 2, iteration 2, end"

    Scenario Outline: A refusal at <event>
      Given a search of 2 steps by 2 chains
      And attempt 2 passes
      And a hook that refuses at "<event>"
      And a hook that listens
      And the attempts end in the order "1 2"
      When the leaf is searched
      Then it raises the refusal
      And every hook hears of the end
      And nothing is left running

      Examples:
        | event       |
        | start       |
        | iteration 1 |
        | iteration 2 |
        | repair      |
        | end         |

    Scenario: Two hooks refuse at the end
      Given a search of 1 steps by 1 chains
      And a hook that refuses at "end"
      And a hook that refuses at "end"
      When the leaf is searched
      Then it raises the refusal
      And every hook hears of the end
      And the error says that another hook raised, too

    Scenario: There is no iteration outside of a search
      When the current iteration is asked for outside of a search
      Then it raises a usage error that names "outside of a search"

    Scenario: A refusal is no failure that a success of a sibling hides, nor one to be collected
      Given a search of 1 steps by 2 chains
      And attempt 1 passes
      And a hook that refuses at "iteration 2"
      And the attempts end in the order "1+2"
      When the leaf is searched, collecting errors
      Then it raises the refusal

    Scenario: After an error the end still tells every attempt
      Given a search of 2 steps by 1 chains
      And attempt 2 raises
      And a hook that listens
      When the leaf is searched
      Then the hook's result has the attempts 1, 2 and ended as error

    Scenario: A hook rewrites the complaints
      Given a search of 2 steps by 1 chains
      And a hook that tells "be brief" in place of every complaint
      When the leaf is searched
      Then attempt 2 is told "be brief"

  Rule: A search that is cancelled from outside says so

    Scenario: The run stops
      Given a search of 3 steps by 2 chains
      And a run that stops after 3 attempts
      When the leaf is searched
      Then it ends as cancelled
      And nothing is left running
      And 4 proposals were begun

    Scenario: The run has stopped before
      Given a search of 3 steps by 2 chains
      And a run that stops after 0 attempts
      When the leaf is searched
      Then it ends as cancelled
      And no attempt is made

    Scenario: An interrupt of the user
      Given a search of 2 steps by 2 chains
      And a hook that interrupts at its first iteration
      When the leaf is searched
      Then it raises a keyboard interrupt
      And nothing is left running
