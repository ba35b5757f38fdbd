Feature: Trees that nobody should have

  Rule: A symbolic link is never followed, and nothing but a plain file is ever read

    Scenario Outline: In <place>, a <kind> in the place of a file
      Given <place> with the files
        | path      | content |
        | a.txt     | a       |
        | sub/b.txt | b       |
      And "sub/b.txt" becomes a <kind>
      When I scan the repository
      Then the snapshot holds "a.txt"
      And it skips "sub/b.txt" as a "<reason>"

      Examples:
        | place        | kind              | reason             |
        | a folder     | link to /etc      | symlink            |
        | a folder     | link to /dev/zero | symlink            |
        | a folder     | link to nowhere   | symlink            |
        | a folder     | link to b.txt     | symlink            |
        | a folder     | fifo              | not a regular file |
        | a folder     | socket            | not a regular file |
        | a repository | link to /etc      | symlink            |
        | a repository | link to /dev/zero | symlink            |
        | a repository | link to nowhere   | symlink            |
        | a repository | fifo              | not a regular file |

    Scenario: A directory that became a link has lost its files
      Given a repository with the files
        | path      | content |
        | a.txt     | a       |
        | sub/b.txt | b       |
      And "sub" becomes a link to "/etc"
      When I scan the repository
      Then the snapshot holds "a.txt"

    Scenario: A single file is not read through a directory that is a link
      Given a folder with the files
        | path      | content |
        | sub/b.txt | b       |
      And "link" becomes a link to "sub"
      Then "link/b.txt" can't be read

    Scenario Outline: A git that <does> longer than anybody waits for one that does nothing
      When a git <does> for twenty times as long as one that does nothing is waited for
      Then it <ends>

      Examples:
        | does  | ends               |
        | works | says what it found |
        | waits | is given up        |

    Scenario Outline: <place> whose <path> is a FIFO
      Given <place> with the files
        | path      | content |
        | a.txt     | a       |
        | sub/b.txt | b       |
      And "<path>" becomes a fifo
      When I scan the repository
      Then it comes to an end with "<files>"

      Examples:
        | place        | path                        | files           |
        | a folder     | .gitignore                  | a.txt sub/b.txt |
        | a folder     | .git                        | a.txt sub/b.txt |
        | a repository | sub/.gitignore              | a.txt sub/b.txt |
        | a repository | sub/.gitattributes          | a.txt sub/b.txt |
        | a repository | .git/info/exclude           | a.txt sub/b.txt |
        | a repository | .git/packed-refs            | a.txt sub/b.txt |
        | a repository | .git/config                 | a.txt sub/b.txt |
        | a repository | .git/objects/info/alternates | a.txt sub/b.txt |

    Scenario: A file that can't be read is listed
      Given a folder with the files
        | path      | content |
        | a.txt     | a       |
        | sub/b.txt | b       |
      And the directory "sub" can't be opened
      When I scan the repository as an ordinary user
      Then the snapshot holds "a.txt"
      And it skips "sub" as a "unreadable: Permission denied"

  Rule: No path is too long or too deep

    Scenario Outline: <place> of 3,000 nested directories
      Given <place> with the files
        | path  | content |
        | a.txt | a       |
      And a chain of 3000 directories with the files "x y"
      When I scan the repository
      Then the snapshot holds 3 files, of which 2 lie 3000 deep

      Examples:
        | place        |
        | a folder     |
        | a repository |

  Rule: A name is bytes, and passes through

    Scenario Outline: In <place>, the name <name>
      Given <place> with the files
        | path  | content |
        | a.txt | a       |
      And a file named <name>
      When I scan the repository
      Then the snapshot holds that name

      Examples:
        | place        | name                  |
        | a folder     | "line\nend"           |
        | a folder     | "-rf"                 |
        | a folder     | "--output=x"          |
        | a folder     | "quo\"te's"           |
        | a folder     | "\u001b[31mred"       |
        | a folder     | "\udcff\udcfe.py"     |
        | a folder     | "\u202ecod.exe"       |
        | a folder     | " "                   |
        | a folder     | ":(glob)*"            |
        | a folder     | "e\u0301 and \u00e9"  |
        | a repository | "line\nend"           |
        | a repository | "-rf"                 |
        | a repository | "--output=x"          |
        | a repository | "quo\"te's"           |
        | a repository | "\u001b[31mred"       |
        | a repository | "\udcff\udcfe.py"     |
        | a repository | "\u202ecod.exe"       |
        | a repository | " "                   |
        | a repository | ":(glob)*"            |
        | a repository | "e\u0301 and \u00e9"  |

    Scenario: A name as long as names can be
      Given a repository with the files
        | path  | content |
        | a.txt | a       |
      And a file with a name of 255 bytes
      When I scan the repository
      Then the snapshot holds that name

  Rule: Between the listing and the reading anything may happen to a file

    Scenario: It vanished, or something else stands there
      Given a folder with the files
        | path      | content |
        | a.txt     | a       |
        | sub/b.txt | b       |
      And "pipe" becomes a fifo
      And "link" becomes a link to "a.txt"
      When I read what stands at ["a.txt/x", "gone/x", "gone.txt", "link", "pipe", "sub"] without asking what it is
      Then each is told as
        | kind   | reason             |
        | Gone   |                    |
        | Gone   |                    |
        | Gone   |                    |
        | Unread | symlink            |
        | Unread | not a regular file |
        | Unread | not a regular file |

    Scenario: The kernel can't name it, or can't read it
      When I read the kernel's own ["mem"]
      Then each is told as
        | kind   | reason                          |
        | Unread | unreadable: Input/output error  |

    Scenario: It grows while it is read
      When I read the kernel's own ["status"]
      Then it is read whole, although its size was said to be 0

    Scenario: A head is asked of a pipe
      Given a folder with the files
        | path      | content |
        | a.txt     | a       |
      And "pipe" becomes a fifo
      Then "pipe" can't be read
