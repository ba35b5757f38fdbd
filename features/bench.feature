Feature: Two measured sequences, one verdict

  Rule: A change is said only where the interval is clear of none

    Scenario Outline: <case>
      Given 30 rounds of a base of 1.0 s and a head of <head> s, each give or take <noise> percent
      When they are compared
      Then the verdict is "<verdict>"

      Examples:
        | case                        | head | noise | verdict               |
        | Twice as fast               | 0.5  | 5     | faster                |
        | Twice as slow               | 2.0  | 5     | slower                |
        | The same                    | 1.0  | 5     | no significant change |
        | A change within the noise   | 0.97 | 60    | no significant change |

    Scenario: What slows a whole round down cancels out
      Given 30 rounds of a base of 1.0 s and a head of 0.9 s, each give or take 1 percent
      And a machine that slows down threefold halfway
      When they are compared
      Then the verdict is "faster"
      And the head is 1.11 times as fast, to 2 percent

    @probe
    Scenario: Measured one after the other, the same drift would say the opposite
      Given 30 rounds of a base of 1.0 s and a head of 0.9 s, each give or take 1 percent
      And a machine that slows down threefold between base and head
      When they are compared
      Then the verdict is "slower"

    Scenario: The same measurements, the same interval
      Given 30 rounds of a base of 1.0 s and a head of 0.9 s, each give or take 20 percent
      When they are compared twice
      Then both comparisons are equal

    @property
    Scenario: Swapping the two turns the ratio round
      Then for any two sequences, swapping them inverts the speed-up

    @property
    Scenario: Equal programs are rarely told apart
      Then of 200 comparisons of equal programs under noise, at most 20 find a change

  Rule: What can't be compared is refused

    Scenario Outline: <case>
      When "<base>" and "<head>" are compared
      Then the comparison is refused, naming "<name>"

      Examples:
        | case                  | base               | head               | name         |
        | Too few               | 1 1 1              | 1 1 1              | 3 and 3      |
        | Not in rounds         | 1 1 1 1 1 1 1      | 1 1 1 1 1 1        | 7 and 6      |
        | Too short to measure  | 1 1 1 1 1 0        | 1 1 1 1 1 1        | positive     |
        | Not a time            | 1 1 1 1 1 nan      | 1 1 1 1 1 1        | positive     |

    Scenario Outline: Another <fact>
      Given 30 rounds of a base of 1.0 s and a head of 0.5 s, each give or take 5 percent
      And the head was measured with another <fact>
      When they are compared
      Then the comparison is refused, naming "<fact>"

      Examples:
        | fact        |
        | python      |
        | machine     |
        | cpu         |
        | interpreter |

  Rule: The verdict can be read by people and by programs

    Scenario: Markdown
      Given 30 rounds of a base of 1.0 s and a head of 0.5 s, each give or take 0 percent
      When they are compared
      Then as Markdown it holds "| base | head | speed-up | 95 % interval | rounds | verdict |"
      And as Markdown it holds "| 1.000 s | 500.0 ms | 2.000 | 2.000 to 2.000 | 30 | faster |"

    Scenario: JSON
      Given 30 rounds of a base of 1.0 s and a head of 0.5 s, each give or take 0 percent
      When they are compared
      Then as JSON its "verdict" is "faster" and its "rounds" are 30
