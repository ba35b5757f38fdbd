Feature: Every end of a command has its exit code

  Rule: A mistake on the command line is exit 2 and one line

    Scenario Outline: <mistake>
      When I run `<line>`
      Then it ends with status 2
      And it prints nothing
      And it complains in one line

      Examples:
        | mistake                   | line                     |
        | An unknown command        | autonomy astrology       |
        | An unknown option         | autonomy --astrology     |
        | A value that does not fit | autonomy completion dos  |

    Scenario: A missing argument names what it may be
      When I run `autonomy completion`
      Then it ends with status 2
      And it complains of "Choose from: bash, zsh, fish"

  Rule: A reader that goes away ends the program as it ends any other, silently

    Scenario: The reader has gone before the first line
      When I run `autonomy --help` for a reader that has gone
      Then it ends with status 141
      And it complains of nothing

  Rule: A stdout that takes nothing is exit 6

    Scenario Outline: <line>
      When the shell runs `<line>`
      Then it ends with status 6
      And it complains in one line

      Examples:
        | line                          |
        | autonomy --version >/dev/full |
        | autonomy --version >&-        |
        | autonomy --help >/dev/full    |
        | autonomy --help >&-           |

  Rule: A stderr that is closed changes nothing on stdout

    Scenario: A mistake that nobody is told
      When the shell runs `autonomy astrology 2>&-`
      Then it ends with status 2
      And it prints nothing

  Rule: What nobody foresaw is exit 70 and keeps its traceback

    Scenario: A command with a bug
      When a command ends with the error "ZeroDivisionError"
      Then it ends with status 70
      And it complains of "Traceback"
      And it complains of "this is a bug of autonomy"

    Scenario Outline: A command that ends with <error>
      When a command ends with the error "<error>"
      Then it ends with status <status>
      And it complains in one line

      Examples:
        | error             | status |
        | KeyboardInterrupt | 130    |
        | UsageError        | 2      |
        | Locked            | 9      |
        | PermissionError   | 6      |
