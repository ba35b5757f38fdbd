Feature: A leaf's command runs to its end, and nothing of it stays

  Rule: How it ended is what the command did

    Scenario Outline: <what>
      When a leaf runs `<script>`
      Then it ended with <ending>

      Examples:
        | what                          | script                    | ending        |
        | A success                     | true                      | exit code 0   |
        | A failure                     | exit 3                    | exit code 3   |
        | A signal                      | kill -9 $$                | signal 9      |
        | A signal of its own choice    | kill -TERM $$             | signal 15     |
        | A command that is not there   | exec no-such-command      | exit code 127 |
        | A command that can't be run   | exec /etc/passwd          | exit code 126 |

    Scenario Outline: A program that <fault> has the shell's code and its reason in the log
      When a leaf runs the program "<program>"
      Then it ended with exit code <code>
      And the log holds "cannot start '<program>'"

      Examples:
        | fault            | program         | code |
        | is not there     | no-such-program | 127  |
        | can't be run     | /etc/passwd     | 126  |

  Rule: The exit counts, not who still holds the output

    Scenario: A daemon holds the output of a command that has succeeded
      When a leaf exits and leaves a background child
      Then it ended with exit code 0
      And nothing of it is alive

  Rule: Whatever a command leaves behind is gone before its slot is used again

    Scenario Outline: A command <ending> and leaves <leavings>
      When a leaf <ending> and leaves <leavings>
      Then nothing of it is alive

      Examples:
        | ending | leavings                             |
        | exits  | a child in a session of its own      |
        | exits  | a daemon forked twice                |
        | exits  | a daemon with closed descriptors     |
        | exits  | a daemon with an empty environment   |
        | exits  | a daemon that is hidden in every way |
        | exits  | a child that ignores every signal    |
        | exits  | a whole tree                         |
        | waits  | a background child                   |
        | waits  | a daemon that is hidden in every way |
        | waits  | a whole tree                         |
        | hangs  | a background child                   |
        | hangs  | a daemon forked twice                |
        | hangs  | a daemon that is hidden in every way |

    Scenario Outline: A container forbids the mark, and a command leaves <leavings>
      When a leaf that can't be marked exits and leaves <leavings>
      Then nothing of it is alive

      Examples:
        | leavings                             |
        | a background child                   |
        | a child in a session of its own      |
        | a daemon forked twice                |
        | a daemon with an empty environment   |
        | a daemon that is hidden in every way |

    @probe
    Scenario: The probe sees what is left by one who ends the group alone
      When a leaf exits and leaves a daemon forked twice, and only its group is ended
      Then something of it is alive

  Rule: A sibling's processes are left alone

    Scenario: A leaf ends while the daemon of another one, hidden in every way, is at work
      When a leaf ends while its sibling waits for an answer of its hidden daemon
      Then both ended with exit code 0

  Rule: Time is up, or somebody asks to stop: TERM, a grace, KILL

    Scenario: A command ends at TERM
      When a leaf waits and is asked to stop
      Then it ended with signal 15
      And it was cancelled

    Scenario: A command ignores TERM
      When a leaf hangs and is asked to stop
      Then it ended with signal 9
      And it was cancelled

    Scenario: A command takes longer than it may
      When a leaf runs `exec sleep 86400` for at most 0.05 seconds
      Then it ended with signal 15
      And it ran out of time

    Scenario: A leaf that was to stop before it started never starts
      When a leaf is to start after the request to stop
      Then it ended without a start
      And it was cancelled

  Rule: A program that is killed takes its leaves with it

    Scenario Outline: kill -9 while a leaf has <leavings>
      When the program is killed while its leaf has left <leavings>
      Then nothing of it is alive

      Examples:
        | leavings                             |
        | a background child                   |
        | a child in a session of its own      |
        | a daemon forked twice                |
        | a daemon with closed descriptors     |
        | a daemon with an empty environment   |
        | a daemon that is hidden in every way |
        | a child that ignores every signal    |
        | a whole tree                         |

  Rule: However much a command prints, the disk holds the head and the tail

    Scenario: A flood
      When a leaf prints 200 million bytes between "first" and "last"
      Then the log begins with "first" and ends with "last"
      And the log is at most 3 million bytes long
      And the log says how many bytes were cut

    Scenario: A flood onto a disk that can't punch holes
      When a leaf prints 200 million bytes between "first" and "last", without holes
      Then the log begins with "first" and ends with "last"
      And the log is at most 3 million bytes long

    Scenario: A short output is kept whole
      When a leaf runs `echo out; echo err >&2`
      Then the log is "out err"

  Rule: A log has what its own command wrote, and what nobody wrote takes no file of its own

    Scenario: Most commands write nothing
      When commands write in turn: "", "", "", "loud", "", "", "late", "", ""
      Then the logs hold "", "", "", "loud", "", "", "late", "", ""
      And they are 4 files

    Scenario: A file system gives a file no further name
      When commands write in turn, where a file has one name: "", "", "loud", ""
      Then the logs hold "", "", "loud", ""

    Scenario: A log of an earlier time has the same name
      Given commands wrote in turn: "", "", ""
      When commands write in turn: "", "new"
      Then the logs hold "", "new"
      And the log of the third one before is empty still

    Scenario: Somebody else has the output of a silent command still
      When commands go on while somebody writes to the output of the first
      Then the logs hold "stray", "", ""

    Scenario: The log of a silent command is deleted while the run goes on
      When the log of a silent command is deleted before the next one starts
      Then the logs hold ""
