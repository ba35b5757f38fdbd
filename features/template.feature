Feature: A command is an argument list, filled in for each leaf

  Rule: A placeholder is a whole argument; nothing is joined, split or read twice

    Scenario Outline: <what>
      Given a leaf with the files "<files>"
      When its command is called with "<words>"
      Then it sees "<seen>"

      Examples:
        | what                                  | files           | words               | seen                       |
        | Files                                 | a.py,b.py       | {files}             | <./a.py><./b.py>           |
        | Files among other arguments           | a.py            | -x {files} -- y     | <-x><./a.py><--><y>        |
        | A file that looks like an option      | -rf             | {files}             | <./-rf>                    |
        | A file that looks like a command      | $(id);`id`&     | {files}             | <./$(id);`id`&>            |
        | A file that looks like a placeholder  | {id}            | {files}             | <./{id}>                   |
        | A file with blanks                    | a b  c.py       | {files}             | <./a b  c.py>              |
        | No files                              |                 | x {files}           | <x>                        |
        | A part of an argument stays as it is  | a.py            | x={id} {files}.bak  | <x={id}><{files}.bak>      |
        | An unknown word stays as it is        | a.py            | {print} {}          | <{print}><{}>              |
        | What the leaf is                      | a.py            | {id} {slug}         | <0123456789ab><src>        |
        | Which try it is                       | a.py            | {attempt} {candidate} | <2><3>                   |
        | No complaints yet                     | a.py            | {feedback}          | <>                         |

    Scenario: A name that is not UTF-8 arrives byte by byte
      Given a leaf with a file whose name is the bytes "61 ff 0a 62"
      When its command is called with "{files}"
      Then it sees the bytes "3c 2e 2f 61 ff 0a 62 3e"

    Scenario: A complaint that reads like a placeholder stays a complaint
      Given a leaf with the files "a.py"
      And the validators said "{files}"
      When its command is called with "{feedback}"
      Then it sees "<{files}>"

  Rule: More files than the kernel takes are handed over as a list

    Scenario Outline: <count> files with names of <length> bytes
      Given a leaf with <count> files with names of <length> bytes
      When its command is filled in with "{files}"
      Then <handed>

      Examples:
        | count | length | handed                             |
        | 5000  | 200    | every file is an argument          |
        | 20000 | 200    | the only argument is the file list |

    Scenario: The list holds every path, ended by NUL
      Given a leaf with the files "a.py,b c.py"
      When its file list is written
      Then the list is "a.py\0b c.py\0"

  Rule: A shell reads one word, and the files are its arguments

    Scenario: The files of a shell command
      Given a leaf with the files "a.py,$(id).py"
      When the shell command `printf "<%s>" "$@" | tr p P` is called
      Then it sees "<./a.Py><./$(id).Py>"

    Scenario Outline: <what> is refused
      When the command is <words>
      Then it is refused with "<refusal>"

      Examples:
        | what                         | words                         | refusal                                                                                           |
        | Nothing                      | empty                         | 2: no command: write it after `--`                                                                |
        | Several words for a shell    | two words for a shell         | 2: --shell takes the command as one argument: autonomy run --shell -- 'tool "$@" \| sort'          |

  Rule: The environment is an allow-list

    Scenario: What a command sees of its surroundings
      Given the surroundings "PATH=/bin:/usr/bin HOME=/h LANG=C LC_ALL=C TERM=x SECRET=1 GIT_DIR=/g PYTHONPATH=/p"
      When a command looks at its environment
      Then of the surroundings it sees only "PATH=/bin:/usr/bin HOME=/h LANG=C LC_ALL=C TERM=x"

    Scenario: A variable is passed on by its name
      Given the surroundings "PATH=/bin:/usr/bin SECRET=1 OTHER=2"
      When a command looks at its environment, with "SECRET" passed on
      Then of the surroundings it sees only "PATH=/bin:/usr/bin SECRET=1"

    Scenario: What would point git to another repository, or lie about the leaf, is never passed on
      Given the surroundings "PATH=/bin:/usr/bin GIT_DIR=/g GIT_INDEX_FILE=/i AUTONOMY_OUT=/x"
      When a command looks at its environment, with "GIT_DIR,GIT_INDEX_FILE,AUTONOMY_OUT" passed on
      Then of the surroundings it sees only "PATH=/bin:/usr/bin"

    Scenario: What a command is told
      When a command looks at its environment
      Then it is told "RUN_ID SUBPLAN_ID SUBPLAN_SLUG FILES_FROM BRIEF ATTEMPT CANDIDATE SLOT OUT"
      And git asks it nothing and takes no locks for reading

    Scenario: What a command is told at its second try
      Given the validators said "[]"
      When a command looks at its environment
      Then it is told "RUN_ID SUBPLAN_ID SUBPLAN_SLUG FILES_FROM BRIEF ATTEMPT CANDIDATE SLOT OUT FEEDBACK"
