Feature: Candidates are judged and measured by real commands, in slots that they share

  Rule: Every benchmark measures its own candidate, alone

    @slow
    Scenario Outline: Eight candidates of one size in <slots> slots
      When 8 candidates that say who they are are searched for the best in <slots> slots, <times> times
      Then every benchmark measured its own candidate
      And no benchmark ran beside another command
      And every slot is free again

      Examples:
        | slots | times |
        | 3     | 10    |
        | 2     | 3     |
        | 1     | 1     |

    @probe
    Scenario: A slot that keeps the candidate of the phase before would be seen
      When 8 candidates are searched for the best in 3 slots that are not staged anew
      Then some benchmark measured another candidate

  Rule: Only what is honestly faster is accepted, each other one is rejected for its own reason

    @slow
    Scenario Outline: In <slots> slots
      When honest and dishonest candidates are searched for the best in <slots> slots, 5 times
      Then each time the verdicts are
        | candidate              | verdict        |
        | twice as fast          | accepted       |
        | identical              | not_faster     |
        | 3 % faster             | not_faster     |
        | wrong on one input     | tests_failed   |
        | half the tests deleted | tests_missing  |
        | exits at once          | no_tests       |
        | prints something else  | output_changed |
      And the accepted one is measured as 1.6 to 2.5 times as fast

      Examples:
        | slots |
        | 1     |
        | 3     |
