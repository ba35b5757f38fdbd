Feature: Which files a snapshot holds

  Rule: Inside git it holds what git tracks, as it stands, and what is untracked and not ignored

    Scenario: Tracked, untracked, ignored and deleted files
      Given a repository with the files
        | path       | content |
        | kept.txt   | kept    |
        | gone.txt   | gone    |
        | .gitignore | *.log   |
      And the file "new.txt" holds "new"
      And the file "noise.log" holds "noise"
      And the file "gone.txt" is deleted
      When I scan the repository
      Then the snapshot holds ".gitignore kept.txt new.txt"

    Scenario: A tracked file wins over the ignore rules
      Given a repository with the files
        | path  | content |
        | a.c   | a       |
        | b/b.c | b       |
      And the file ".gitignore" holds "/*\n"
      When I scan the repository
      Then the snapshot holds "a.c b/b.c"

    Scenario: The rules in .git/info/exclude count
      Given a repository with the files
        | path  | content |
        | a.txt | a       |
      And the file ".git/info/exclude" holds "secret*\n"
      And the file "secret.txt" holds "s"
      When I scan the repository
      Then the snapshot holds "a.txt"

    Scenario: The ignore rules of this machine's user do not count
      Given a repository with the files
        | path  | content |
        | a.txt | a       |
      And the user's git ignores "*.txt"
      And the file "b.txt" holds "b"
      When I scan the repository
      Then the snapshot holds "a.txt b.txt"

    Scenario: Symbolic links and submodules are listed with their reason
      Given a repository with the files
        | path  | content |
        | a.txt | a       |
      And a symbolic link "link" to "a.txt"
      And a submodule "sub"
      When I scan the repository
      Then the snapshot holds ".gitmodules a.txt"
      And it skips "link" as a "symlink"
      And it skips "sub" as a "submodule"

    Scenario: A link that is tracked and ignored is listed
      Given a repository with the files
        | path  | content |
        | a.txt | a       |
      And a symbolic link "link" to "a.txt"
      And the file ".gitignore" holds "*"
      When I scan the repository
      Then it skips "link" as a "symlink"

    Scenario: A repository inside a repository is opaque
      Given a repository with the files
        | path  | content |
        | a.txt | a       |
      And a nested repository "inner"
      When I scan the repository
      Then the snapshot holds "a.txt"
      And it skips "inner" as a "nested repository"

    Scenario: The state of the program is never planned, even when it is tracked
      Given a repository with the files
        | path                | content |
        | .autonomy/plan.json | {}      |
        | a.txt               | a       |
      When I scan the repository
      Then the snapshot holds "a.txt"

  Rule: Whatever shape the repository has, it is read

    Scenario Outline: An index in the form "<form>"
      Given a repository with the files
        | path       | content |
        | a/b/c1.txt | 1       |
        | a/b/c2.txt | 2       |
        | d.txt      | 3       |
      And its index is <form>
      When I scan the repository
      Then the snapshot holds "<files>"

      Examples:
        | form                 | files                             |
        | of version 2         | a/b/c1.txt a/b/c2.txt d.txt       |
        | of version 4         | a/b/c1.txt a/b/c2.txt d.txt       |
        | split                | a/b/c1.txt a/b/c2.txt d.txt       |
        | without a checksum   | a/b/c1.txt a/b/c2.txt d.txt       |
        | sparse               | d.txt                             |
        | a sparse one         | d.txt                             |
        | unmerged             | a/b/c1.txt a/b/c2.txt d.txt       |
        | one with intents     | a/b/c1.txt a/b/c2.txt d.txt e.txt |
        | stale                | a/b/c1.txt a/b/c2.txt d.txt       |

    Scenario: Object names of SHA-256
      Given a repository of SHA-256 with the files
        | path  | content |
        | a.txt | a       |
      When I scan the repository
      Then the snapshot holds "a.txt"
      And its revision is HEAD's

    Scenario: A damaged index is the input's fault
      Given a repository with the files
        | path  | content |
        | a.txt | a       |
      And the file ".git/index" holds "DIRC and nothing else of the kind"
      When I scan the repository
      Then the scan complains of "git ls-files failed"

    Scenario: An index of version 4 whose paths have little in common
      Given a repository with two paths of 180 letters and a short one
      And its index is of version 4
      When I scan the repository
      Then the snapshot holds those three paths

    Scenario Outline: An index that is <damage>
      Given a repository with the files
        | path  | content |
        | a.txt | a       |
      And its index is <damage>
      When I scan the repository
      Then the scan complains of "<complaint>"

      Examples:
        | damage                | complaint            |
        | cut to 8 bytes        | git ls-files failed  |
        | cut to 40 bytes       | index                |
        | replaced by a folder  | .git/index: Is a directory |

    Scenario: An index that names a path outside
      Given a repository with the files
        | path  | content |
        | a.txt | a       |
      And its index names the path "../../etc/passwd"
      When I scan the repository
      Then the scan complains of "outside of the work tree"

    Scenario: A subdirectory of a repository, under the rules of its parents
      Given a repository with the files
        | path       | content |
        | .gitignore | *.log   |
        | top.txt    | t       |
        | sub/a.txt  | a       |
      And the file "sub/noise.log" holds "n"
      And the file "sub/new.txt" holds "n"
      When I scan its directory "sub"
      Then the snapshot holds "a.txt new.txt"
      And its revision is HEAD's

    Scenario: A directory that its repository ignores is read like any folder
      Given a repository with the files
        | path       | content |
        | .gitignore | build/  |
      And the file "build/out.txt" holds "o"
      When I scan its directory "build"
      Then the snapshot holds "out.txt"

    Scenario: A linked work tree
      Given a repository with the files
        | path  | content |
        | a.txt | a       |
      And a linked work tree of it
      And the file "new.txt" holds "new"
      When I scan the linked work tree
      Then the snapshot holds "a.txt"
      And its revision is HEAD's

    Scenario: A bare repository is its HEAD
      Given a repository with the files
        | path         | content |
        | a.txt        | a       |
        | sub/main.py  | import a |
      When I scan a bare clone of it
      Then the snapshot holds "a.txt sub/main.py"
      And its revision is HEAD's
      And "a.txt" has 1 lines and the digest that git gives it
      And the head of "sub/main.py" is "import"

    Scenario: A repository without commits
      Given a repository without commits
      And the file "a.txt" holds "a"
      When I scan the repository
      Then the snapshot holds "a.txt"
      And it has no revision

    Scenario Outline: <pointer> holds <content>
      Given a repository with the files
        | path  | content |
        | a.txt | a       |
      And its file <pointer> holds <content>
      When I scan the repository
      Then the snapshot holds "a.txt"
      And it has no revision

      Examples:
        | pointer         | content                             |
        | .git/HEAD       | "ref: refs/heads/none\0more\n"      |
        | .git/HEAD       | "ref: refs/../../../main\n"         |
        | .git/HEAD       | "ref: HEAD\n"                       |
        | .git/HEAD       | "0123\n"                            |
        | .git/refs/heads/main | "ref: refs/heads/main\n"       |

    Scenario: A commondir that holds a NUL is none
      Given a repository with the files
        | path  | content |
        | a.txt | a       |
      And its file .git/commondir holds "..\0.."
      When I scan the repository
      Then the snapshot holds "a.txt"

    Scenario: A HEAD that is detached
      Given a repository with the files
        | path  | content |
        | a.txt | a       |
      And its HEAD is detached
      When I scan the repository
      Then its revision is HEAD's

    Scenario: Folders that look like repositories, and the one that is
      Given a repository with the files
        | path  | content |
        | a.txt | a       |
      And a folder in it with a file .git that names no repository
      And a folder in it with an empty folder .git
      When I scan the repository
      Then the snapshot holds "a.txt empty/x"
      And it skips "linked" as a "nested repository"

    Scenario: A bare repository without a commit
      Given a bare repository without commits
      When I scan the repository
      Then the snapshot holds ""
      And it has no revision

    Scenario: Large files of a bare repository are planned by their size, and heads are read one by one
      Given a repository with the files
        | path    | content |
        | a.txt   | a       |
        | b.txt   | 0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789 |
      When I scan a bare clone of it, files over 100 bytes by their size
      Then the snapshot holds "a.txt b.txt"
      And the heads of "a.txt b.txt a.txt" can be read, and those of "gone.txt" can't

    Scenario Outline: Without a usable git the snapshot is the same
      Given a repository with the files
        | path         | content     |
        | .gitignore   | *.log\n/out |
        | a.txt        | a           |
        | out/kept.txt | o           |
      And the files "new.txt noise.log out/more.txt" hold something
      And a nested repository "inner"
      When I scan it where git is <state>
      Then the snapshot equals the usual one but for the history

      Examples:
        | state    |
        | absent   |
        | old      |
        | no git   |
        | no program |

  Rule: Outside of git it holds every file that no .gitignore excludes

    Scenario: Nested ignore rules
      Given a folder with the files
        | path                | content        |
        | .gitignore          | *.log\n/build/ |
        | a.txt               | a              |
        | a.log               | a              |
        | build/b.txt         | b              |
        | sub/.gitignore      | !kept.log      |
        | sub/kept.log        | k              |
        | sub/build/b.txt     | b              |
      When I scan the repository
      Then the snapshot holds ".gitignore a.txt sub/.gitignore sub/build/b.txt sub/kept.log"
      And it has no revision

    Scenario: Rules that leave nothing are left out
      Given a folder with the files
        | path       | content |
        | .gitignore | /*      |
        | a.txt      | a       |
      When I scan the repository
      Then the snapshot holds ".gitignore a.txt"

    Scenario: An empty folder
      Given a folder with the files
        | path |
      When I scan the repository
      Then the snapshot holds ""

    @property
    Scenario: The walk agrees with git on any tree and any rules
      Then for any tree and any ignore rules the walk finds what git finds

  Rule: Globs choose among these files

    Scenario Outline: Include and exclude
      Given a folder with the files
        | path          | content |
        | docs/a.md     | a       |
        | src/a.py      | a       |
        | src/sub/b.py  | b       |
        | src/sub/b.txt | b       |
      When I scan it with <globs>
      Then the snapshot holds "<files>"

      Examples:
        | globs                                       | files                                |
        | include ["*.py"]                            | src/a.py src/sub/b.py                |
        | include ["/src/"]                           | src/a.py src/sub/b.py src/sub/b.txt  |
        | exclude ["sub/"]                            | docs/a.md src/a.py                   |
        | include ["src"] and exclude ["*", "!*.txt"] | src/sub/b.txt                        |

    Scenario: A suffix that only its reader knows has the reader's language
      Given a folder with the files
        | path    | content |
        | a.astro | a       |
      When I scan the repository
      Then "a.astro" has 2 bytes, 1 lines and the language "javascript"

    Scenario: Globs that match nothing
      Given a folder with the files
        | path | content |
        | a.md | a       |
      When I scan it with include ["*.py"]
      Then the scan complains of "no file matches --include '*.py'"

    Scenario Outline: No directory to scan
      Given a folder with the files
        | path | content |
        | a.md | a       |
      When I scan its directory "<path>"
      Then the scan complains of "<complaint>"

      Examples:
        | path    | complaint         |
        | nowhere | no such directory |
        | a.md    | not a directory   |
