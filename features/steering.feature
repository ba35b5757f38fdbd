Feature: People and earlier plans steer the cut

  Rule: With --since a file stays in its leaf unless it must move

    Scenario: A new file joins its kin, and nothing else moves
      Given a project of 120 files in a repository
      When I run `autonomy plan -q --plan-only --max-files 12`
      And the shell runs `cp .autonomy/plan.json ~/old.json; cp .autonomy/plan.lock ~/old.lock; echo 'import src.a.m1' > src/a/new.py`
      And the shell runs `autonomy plan --plan-only --max-files 12 --since ~/old.json >/dev/null`
      Then it ends with status 0
      And it complains of "0 of 120 files moved"
      When the shell runs `autonomy diff ~/old.json`
      Then it prints "0 files moved, 1 came, 0 went"

    Scenario: A lock serves as well as a plan, and a renamed file stays in its leaf
      Given a project of 120 files in a repository
      When I run `autonomy plan -q --plan-only --max-files 12`
      And the shell runs `cp .autonomy/plan.json ~/old.json; git mv src/a/m3.py src/a/renamed.py; git -c user.name=a -c user.email=a@b commit -qm x`
      And the shell runs `autonomy plan --plan-only --max-files 12 --since ~/old.json >/dev/null`
      Then it complains of "0 of 120 files moved"
      When the shell runs `autonomy plan --plan-only --max-files 12 --since .autonomy/plan.lock >/dev/null`
      Then it complains of "0 of 120 files moved"

    Scenario: A plan of a commit that nobody knows any more serves all the same
      Given a project of 120 files in a repository
      When I run `autonomy plan -q --plan-only --max-files 12`
      And the shell runs `sed -E 's/"revision": "[0-9a-f]{8}/"revision": "00000000/' .autonomy/plan.json > ~/old.json; autonomy plan --plan-only --max-files 12 --since ~/old.json >/dev/null`
      Then it ends with status 0
      And it complains of "0 of 120 files moved"

    Scenario Outline: <file> is no plan to stay with
      Given a project of 120 files in a repository
      When I run `autonomy plan --since <file>`
      Then it ends with status <status>
      And it complains of "<words>"

      Examples:
        | file              | status | words                |
        | nowhere.json      | 3      | --since nowhere.json |
        | docs/d1.md        | 2      | not a valid plan     |

  Rule: Pins are obeyed

    Scenario: Together, apart and alone
      Given a project of 120 files in a repository
      And the file "autonomy.toml" holds "[pins]\ntogether = [['docs/d1.md', 'src/a/m1.py']]\napart = [['src/b/m1.py', 'src/b/m2.py']]\nalone = [['src/c/m1.py']]"
      When I run `autonomy plan -q --plan-only`
      Then "docs/d1.md, src/a/m1.py" share a leaf
      And "src/b/m1.py, src/b/m2.py" share no leaf
      And "src/c/m1.py" has a leaf of its own

    Scenario: Pins that contradict each other are refused
      Given a project of 120 files in a repository
      And the file "autonomy.toml" holds "[pins]\ntogether = [['src/a/m1.py', 'src/a/m2.py']]\napart = [['src/a/m1.py', 'src/a/m2.py']]"
      When I run `autonomy plan`
      Then it ends with status 2
      And it complains of "pins.together joins"

    Scenario: Owners need a CODEOWNERS file
      Given a project of 120 files in a repository
      When I run `autonomy plan --by owners`
      Then it ends with status 3
      And it complains of "CODEOWNERS"

  Rule: An unchanged tree gets the answer of before, a changed one never

    Scenario: Nothing has changed
      Given a project of 120 files in a repository
      When the shell runs `autonomy plan --json >~/one 2>/dev/null`
      And the files are old enough for their times to be trusted
      And the shell runs `autonomy plan -q >/dev/null; autonomy plan --json >~/two; autonomy plan --json >~/two; cmp ~/one ~/two`
      Then it ends with status 0
      And it complains of "(unchanged: every file looked at)"

    Scenario: The second plan ever
      Given a project of 120 files in a repository
      When nothing has touched it for a moment
      And the shell runs `autonomy plan -q >/dev/null; autonomy plan >/dev/null`
      Then it complains of "(unchanged: every file looked at)"

    Scenario Outline: <event>
      Given a project of 120 files in a repository
      When the shell runs `autonomy plan -q >/dev/null; <command>; autonomy plan >/dev/null`
      Then it ends with status 0
      And it complains of "Map"

      Examples:
        | event                    | command                                     |
        | A file is edited         | echo '#' >> src/a/m1.py                     |
        | A file comes             | echo x > src/a/new.py                       |
        | A file goes              | rm src/a/m1.py                              |
        | The configuration comes  | echo 'max_files = 9' > autonomy.toml        |
        | A variable is set        | export AUTONOMY_MAX_FILES=9                 |
        | The plan file is gone    | rm .autonomy/plan.json                      |
        | The cache is damaged     | for f in .autonomy/cache/*; do echo x > $f; done |

    Scenario: Git's word is taken only where it is asked for, and said so
      Given a project of 120 files in a repository
      When the shell runs `autonomy plan -q --trust-index >/dev/null; echo '#' >> src/a/m1.py; autonomy plan --trust-index >/dev/null`
      Then it complains of "unstaged edits go unseen"

  Rule: Only what is affected runs

    Scenario: A change in one leaf
      Given 6 directories of 5 files in a repository
      And the file "part02/f00.txt" holds "changed"
      When I run `autonomy run -q --isolation none --json --min-files 5 --max-files 5 --affected HEAD . -- true`
      Then it ends with status 0
      And of the leaves only "part02" ran

    Scenario: What depends on a change runs too, however far
      Given a repository with the files
        | path | content   |
        | a.py | x = 1     |
        | b.py | import a  |
        | c.py | import b  |
        | d.py | x = 1     |
      And the file "a.py" holds "changed = 1"
      When I run `autonomy run -q --isolation none --json --order strict --min-files 1 --max-files 1 -j 1 --affected HEAD . -- true`
      Then it ends with status 0
      And of the leaves only these ran: a b c

    Scenario: No change at all
      Given 6 directories of 5 files in a repository
      When I run `autonomy run -q --isolation none --affected HEAD . -- false`
      Then it ends with status 0
      And it complains of "nothing that was asked for changed since HEAD"
