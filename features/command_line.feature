Feature: What the command line takes, and how it refuses

  Rule: Each command explains itself, and shells complete it

    Scenario Outline: `<line>`
      When I run `<line>`
      Then it ends with status 0
      And it prints "<text>"

      Examples:
        | line                      | text                          |
        | autonomy --help           | autonomy plan ./repo          |
        | autonomy -C . -h          | autonomy plan ./repo          |
        | autonomy plan --help      | --max-parallel                |
        | autonomy completion zsh   | compdef                       |
        | autonomy completion bash  | _AUTONOMY_COMPLETE            |
        | autonomy completion fish  | complete                      |
        | autonomy completion -C / fish     | complete              |
        | autonomy schema plan -C /         | PlanDocument          |
        | autonomy bench -C / compare -h    | --fail-slower         |
        | autonomy show --color never -h    | --color               |

    Scenario: A shell asks which commands begin so
      When the shell runs `_AUTONOMY_COMPLETE=bash_complete COMP_WORDS='autonomy s' COMP_CWORD=1 autonomy`
      Then it ends with status 0
      And it prints "simulate"
      And it prints "schema"

  Rule: Colour is for people, and they have the last word

    Scenario Outline: `<line>` gives <what>
      Given 2 directories of 5 files in a repository
      When the shell runs `<line>`
      Then it ends with status 0
      And stdout is <stdout>, and stderr is <stderr>

      Examples:
        | line                                                                     | what          | stdout      | stderr      |
        | autonomy run --isolation none -- true                                    | no colour     | plain       | plain       |
        | NO_COLOR=1 autonomy run --color always --isolation none -- true          | all colours   | in colour   | in colour   |
        | autonomy --color always run --isolation none -- true                     | all colours   | in colour   | in colour   |
        | autonomy run --color always --json --isolation none -- true              | a document    | plain       | in colour   |
        | env -u CI TERM=xterm script -qec 'autonomy run --isolation none -- true' /dev/null | both in one   | in colour   | plain       |
        | env -u CI TERM=xterm NO_COLOR=1 script -qec 'autonomy run -q --isolation none -- true' /dev/null              | none wanted   | plain       | plain       |
        | env -u CI TERM=xterm script -qec 'autonomy run -q --color never --isolation none -- true' /dev/null           | none asked    | plain       | plain       |

  Rule: What `plan` takes, `run` takes too

    Scenario Outline: `autonomy run <options>`
      Given 2 directories of 5 files in a repository
      When I run `autonomy run -q --isolation none --min-files 5 --max-files 5 <options> -- touch ran`
      Then it ends with status 0
      And it prints "<text>"
      And the command <ran>

      Examples:
        | options                  | text                 | ran     |
        | --plan-only              | why a leaf           | did not |
        | --plan-only --json       | autonomy.plan/v1     | did not |
        | --plan-only -o -         | autonomy.plan/v1     | did not |
        | --plan-only --format tree | ├─ part00             | did not |
        | --scope off --format json | autonomy.run/v1      | did     |
        | --scope off --format tree | succeeded            | did     |

    Scenario: A plan that goes elsewhere leaves what stands beside it
      Given a small project in a repository
      When the shell runs `echo mine > app.lock && autonomy plan -q --plan-only -o app.json && grep mine app.lock`
      Then it ends with status 0

    Scenario: The plan goes where it is said to go
      Given 2 directories of 5 files in a repository
      When the shell runs `autonomy run -q --isolation none -o ../kept.json -- true && autonomy check ../kept.json && test ! -e .autonomy/plan.json`
      Then it ends with status 0

  Rule: What can't be meant is refused in one line

    Scenario Outline: <line>
      Given a small project in a repository
      When I run `<line>`
      Then it ends with status <status>
      And it complains in one line
      And it complains of "<words>"

      Examples:
        | line                                                   | status | words                             |
        | autonomy run . --                                      | 2      | no command after `--`             |
        | autonomy run .                                         | 2      | no command; write it after        |
        | autonomy run a b -- true                               | 2      | one PATH at most                  |
        | autonomy run --threshold much . -- true                | 2      | 'much' is no share                |
        | autonomy run --threshold 100% . -- true                | 2      | '100%' is no share                |
        | autonomy run --threshold 5% --halt sometimes . -- true  | 2      | sometimes                         |
        | autonomy run --timeout soon . -- true                  | 2      | 'soon' is no duration             |
        | autonomy run --fail-fast --halt fail=1 . -- true       | 2      | contradict each other             |
        | autonomy run --plan none.json . -- true                | 2      | none.json                         |
        | autonomy plan --max-tokens 1.5.2k                      | 2      | max_tokens = '1.5.2k' (flag)      |
        | autonomy plan --max-tokens infk                        | 2      | max_tokens = 'infk' (flag)        |
        | autonomy run --env TOKEN=secret . -- true              | 2      | --env 'TOKEN=secret': only the name |
        | autonomy run --validate '' . -- true                   | 2      | --validate '': no command         |
        | autonomy plan -q --plan-only --affected nowhere        | 3      | nowhere: no such commit           |
        | autonomy                                               | 2      | no command; `autonomy --help` lists |
        | autonomy -C .                                          | 2      | no command; `autonomy --help` lists |
        | autonomy bench                                         | 2      | no command; autonomy bench compare |
        | autonomy paln                                          | 2      | no command 'paln'; did you mean `plan`? |
        | autonomy astrology                                     | 2      | no command 'astrology'; `autonomy --help` |
        | autonomy run -o - . -- true                            | 2      | stdout carries the run            |
        | autonomy run --plan a.json -o b.json . -- true         | 2      | no plan is made                   |
        | autonomy plan --max-tokens 1_000                       | 2      | max_tokens = '1_000' (flag)       |
        | autonomy plan -j 1_0                                   | 2      | max_parallel = '1_0' (flag)       |
        | autonomy plan --max-files 9007199254740993             | 2      | max_files = '9007199254740993'    |
        | autonomy plan -q --since none.json                     | 3      | none.json                         |
        | autonomy plan -q --by owners                           | 3      | there is no CODEOWNERS file       |
        | autonomy logs nothing                                  | 3      | nothing has been run here         |

    Scenario Outline: Outside of any repository, <line>
      Given a folder with the files
        | path  | content |
        | a.txt | a       |
      When I run `<line>`
      Then it ends with status 3
      And it complains of "no git repository"

      Examples:
        | line                                       |
        | autonomy bench compare HEAD~1 HEAD -- true |
        | autonomy run -q --isolation none --affected HEAD . -- true |

    Scenario Outline: Where there is nothing, `<line>` says so
      Given a small project in a repository
      When the shell runs `autonomy plan -q --plan-only > /dev/null; autonomy run -q --isolation worktree -- true > /dev/null; <line>`
      Then it ends with status <status>
      And it complains of "<words>"

      Examples:
        | line                     | status | words                                           |
        | autonomy clean           | 0      | nothing to remove: 1 runs, of which --keep 1 stay |
        | autonomy merge           | 0      | nothing to merge; 1 changed nothing             |
        | autonomy explain none.py | 2      | no file or subplan 'none.py' in the plan        |

    Scenario Outline: `<line>` says nothing beside its result
      Given a small project in a repository
      When the shell runs `autonomy run -q --isolation worktree -- true > /dev/null; test -z "$(<line> 2>&1 > /dev/null)"`
      Then it ends with status 0

      Examples:
        | line               |
        | autonomy status -q |
        | autonomy merge -q  |

    Scenario Outline: `autonomy <line>` tells each subplan as it ends
      Given 2 directories of 5 files in a repository
      When the shell runs `ln -s nowhere gone; autonomy run -q --isolation none --min-files 5 --max-files 5 -- false > /dev/null 2>&1; autonomy <line> 2>&1 > /dev/null | tee ../said; test 2 = $(grep -c ') <end>$' ../said)`
      Then it ends with status 0
      And it prints "<text>"

      Examples:
        | line                                                            | end             | text   |
        | run -v --isolation none --min-files 5 --max-files 5 -- true     | succeeded       | gone:  |
        | resume --failed -v                                              | failed: exit code 1 | failed |

    Scenario: A number with a suffix is that number
      Given a small project in a repository
      When I run `autonomy plan --plan-only -q --json --max-tokens 1.5k`
      Then it ends with status 0
      And it prints ""max_tokens": 1500"

    Scenario: Nobody can read the complaint, and the status tells it all the same
      When the shell runs `autonomy plan nowhere 2>/dev/full`
      Then it ends with status 3

  Rule: Configuration that is no configuration is named

    Scenario: Each layer is named, the strongest wins
      Given a small project in a repository
      When the shell runs `printf 'seed = 1\nmax_files = 9\nmax_depth = 3\n' > autonomy.toml; AUTONOMY_SEED=2 AUTONOMY_MAX_FILES=8 autonomy config --seed 3`
      Then it prints "seed           = 3  (flag)"
      And it prints "max_files      = 8  (environment)"
      And it prints "max_depth      = 3  (autonomy.toml)"
      And it prints "min_files      = 5  (default)"

    Scenario Outline: <case>
      Given a small project in a repository
      When the shell runs `<spoil>`
      And I run `autonomy plan`
      Then it ends with status <status>
      And it complains of "<words>"

      Examples:
        | case                             | spoil                                                  | status | words                              |
        | A megabyte of it                 | head -c 1100000 /dev/zero > autonomy.toml              | 2      | this is no configuration           |
        | A table that is a number         | printf '[tool]\nautonomy = 3\n' > pyproject.toml       | 2      | [tool.autonomy] is not a table     |
        | A bool that is no number         | echo max_files = true > autonomy.toml                  | 2      | max_files = True (autonomy.toml)   |
        | A bool that is no depth          | echo max_depth = true > autonomy.toml                  | 2      | max_depth = True (autonomy.toml)   |
        | A bool that is no share          | echo halo = true > autonomy.toml                       | 2      | halo = True (autonomy.toml)        |
        | A weight that is a text          | printf '[weights]\nstem = "2"\n' > autonomy.toml       | 2      | weights.stem = '2' (autonomy.toml) |
        | A name that is too long          | mkdir -p ~/.config/autonomy; ln -s config.toml ~/.config/autonomy/config.toml; printf 'x = 1' > autonomy.toml | 2 | unknown key 'x' |
        | Somebody else's broken pyproject | printf 'x = = 1' > pyproject.toml                      | 0      | Map                                |
        | A pyproject of another tool      | printf 'tool = 3' > pyproject.toml                     | 0      | Map                                |

  Rule: State is kept in the repository's own folder, or not at all

    Scenario Outline: <case>
      Given a small project in a repository
      When the shell runs `<spoil>`
      And I run `autonomy plan -q`
      Then it ends with status 6
      And it complains of "<words>"

      Examples:
        | case                                   | spoil                                | words                     |
        | A link stands where the state would be | mkdir ../away; ln -s ../away .autonomy | is a symbolic link      |
        | A file stands where the state would be | echo > .autonomy                     | state can't be kept there |

    Scenario: A split index is read although there is no place for the engine's directory
      Given a small project in a repository
      When the shell runs `git update-index --split-index && AUTONOMY_STATE_DIR=/dev/null/x autonomy plan -q --plan-only --json`
      Then it ends with status 0
      And it prints "app/core.py"

    Scenario: What a machine without git gives
      When the shell runs `PATH=$(dirname "$(command -v autonomy)") autonomy doctor`
      Then it prints "not found, or too old"

    Scenario Outline: A commit is asked for on a machine without git
      Given 2 directories of 5 files in a repository
      When the shell runs `PATH=$(dirname "$(command -v autonomy)") <command>`
      Then it ends with status 6
      And it complains of "git not found on PATH"

      Examples:
        | command                                                          |
        | autonomy plan -q --affected HEAD                                 |
        | autonomy run -q --isolation none --affected HEAD . -- /bin/true  |

    Scenario: A home given as a relative path is one all the same
      Given 2 directories of 5 files in a repository
      When the shell runs `HOME=relative autonomy run -q . -- true`
      Then it ends with status 0

    Scenario: A state directory that can't be made keeps no run from being refused in time
      Given a small project in a repository
      When the shell runs `AUTONOMY_STATE_DIR=/dev/null/x autonomy run -q . -- true`
      Then it ends with status 6
      And it complains of "set AUTONOMY_STATE_DIR"

  Rule: A plug-in that can't be loaded is the machine's fault, and says so

    Scenario: Its module is missing
      Given a small project in a repository
      And a distribution that offers the splitter "broken" from a module that is missing
      When the shell runs `PYTHONPATH=../plugins autonomy plan -q --strategy broken`
      Then it ends with status 6
      And it complains of "splitter 'broken' can't be loaded: No module named 'missing_module'"

    Scenario: Nothing of the kind is installed
      When I ask for the plug-in "any" of the kind "gadgets"
      Then that is refused with status 6, as "no gadgets are installed"

  Rule: An answer of before is given only while its plan is there

    Scenario Outline: The plan file is <state>
      Given a small project in a repository
      When the shell runs `autonomy plan -q >/dev/null; autonomy plan >/dev/null; <spoil>`
      And I run `autonomy plan`
      Then it ends with status 0
      And it <says> that nothing has changed
      And the plan file keeps its schema

      Examples:
        | state   | spoil                          | says         |
        | there   | true                           | says         |
        | gone    | rm .autonomy/plan.json         | doesn't say  |
        | longer  | echo >> .autonomy/plan.json    | doesn't say  |

    Scenario: A plan on stdout leaves no file
      Given a small project in a repository
      When I run `autonomy plan -o - --format json`
      Then it ends with status 0
      And there is no file "plan.json"

  Rule: A node is found by what people call it

    Scenario: By the beginning of its id, as long as that is enough
      Given a plan of 600 leaves that all wait for the first
      When I ask for a leaf by four signs of its id that begin another's, too
      Then that is refused with status 2, as "begins the ids of 2 subplans"

    Scenario: The tree has changed since
      Given a small project in a repository
      When the shell runs `autonomy plan -q >/dev/null && echo '# more' >> app/core.py`
      And I run `autonomy explain app/core.py`
      Then it ends with status 0
      And it complains of "the tree has changed since it was planned"

    Scenario: Many files moved together
      Given a project of 120 files in a repository
      When the shell runs `autonomy plan -q --plan-only -j 1 --max-files 45 -o ~/old.json && autonomy plan -q --plan-only --max-files 120 --min-files 100 -j 1`
      And the shell runs `autonomy diff ~/old.json`
      Then it ends with status 0
      And it prints "  and 25 more"

    Scenario Outline: The log of <what>
      Given a small project in a repository
      When the shell runs `autonomy run -q --isolation none . -- true; <spoil>`
      And I run `autonomy logs root <option>`
      Then it ends with status 3
      And it complains of "<words>"

      Examples:
        | what                           | spoil                          | option      | words                  |
        | an attempt that there was not  | true                           | --attempt 7 | no attempt 7 with a log |
        | somebody who tidied up         | rm .autonomy/runs/*/logs/*     |             | the log is gone         |
