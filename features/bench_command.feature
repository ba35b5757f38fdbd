Feature: `autonomy bench compare` measures two commits in turn

  Rule: The verdict is that of the commits, and the repository stays as it is

    Scenario: The second commit takes a third of the loops
      Given a repository whose commits sum up 900000 and then 300000 squares
      When I run `autonomy bench compare HEAD~1 HEAD --rounds 10 -- python3 -I -S work.py`
      Then it ends with status 0
      And it prints a table that says "faster"
      And the work tree is as it was

    Scenario: A gate for what must not get slower
      Given a repository whose commits sum up 300000 and then 900000 squares
      When I run `autonomy bench compare HEAD~1 HEAD --rounds 10 --fail-slower --json -- python3 -I -S work.py`
      Then it ends with status 1
      And the JSON says "slower", with 10 rounds on each side

    Scenario Outline: <name> is a commit
      Given a repository with a branch, a packed tag and a remote's branch, all on its first commit
      When I ask which commit "<name>" is
      Then it is the first commit

      Examples:
        | name        |
        | HEAD~1      |
        | HEAD^       |
        | first       |
        | v1          |
        | v1^0        |
        | origin/main |
        | origin      |
        | SHORT       |

    Scenario Outline: <name> is none
      Given a repository with a branch, a packed tag and a remote's branch, all on its first commit
      When I ask which commit "<name>" is
      Then it is refused, naming "<name>"

      Examples:
        | name      |
        | nothing   |
        | --help    |
        | HEAD:file |
        | ../main   |
        | HEAD~9    |

  Rule: What can't be compared is refused

    Scenario Outline: <case>
      Given a repository whose commits sum up 900 and then 300 squares
      When I run `autonomy bench compare <words>`
      Then it ends with status <status>
      And it complains of "<complaint>"

      Examples:
        | case                   | words                  | status | complaint                       |
        | One commit             | HEAD -- true           | 2      | takes two commits               |
        | No such commit         | nope HEAD -- true      | 3      | nope: no such commit          |
        | The command fails      | HEAD~1 HEAD -- false   | 3      | the command ends with exit code |
        | Not a measurement      | work.py work.py        | 3      | not a result of                 |
        | No such file           | one.json two.json      | 3      | No such file                    |

    Scenario: Results of another Python
      Given a repository whose commits sum up 90000 and then 30000 squares
      And a measurement of both, and one that was made by another Python
      When I compare the two measurements
      Then it ends with status 2
      And it complains of "another python"

    Scenario: Results of the same Python, measured at another time
      Given a repository whose commits sum up 900000 and then 300000 squares
      And a measurement of both, and one of the first commit alone
      When I compare the two measurements
      Then it ends with status 0
      And it prints a table that says "slower"

    Scenario: Stopped while the command runs
      Given a repository whose commits sum up 900 and then 300 squares
      When two commits are compared by a command that waits, and SIGINT comes
      Then it ends with status 130
      And it shows no traceback
      And the work tree is as it was
