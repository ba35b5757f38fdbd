Feature: A commit of the working tree as it stands

  Rule: It holds what the user sees, ignored files aside

    Scenario: Changed, added, deleted and untracked files
      Given a repository with the files
        | path       | content |
        | kept.txt   | kept    |
        | edited.txt | old     |
        | gone.txt   | gone    |
        | staged.txt | old     |
        | .gitignore | *.log   |
      And the file "edited.txt" holds "new"
      And the file "staged.txt" holds "staged"
      And the file "staged.txt" is staged
      And the file "gone.txt" is deleted
      And the file "untracked.txt" holds "u"
      And the file "noise.log" holds "n"
      When I capture the working tree
      Then the captured tree is
        | path          | content |
        | .gitignore    | *.log\n |
        | edited.txt    | new     |
        | kept.txt      | kept\n  |
        | staged.txt    | staged  |
        | untracked.txt | u       |
      And its parent is HEAD

    Scenario: A clean working tree is HEAD itself
      Given a repository with the files
        | path  | content |
        | a.txt | a       |
      When I capture the working tree
      Then it is HEAD

    Scenario: The same working tree is the same commit
      Given a repository with the files
        | path  | content |
        | a.txt | a       |
      And the file "a.txt" holds "changed"
      When I capture the working tree twice
      Then both are the same commit

    Scenario Outline: <before> gives way to <after>
      Given a repository with the files
        | path  | content |
        | x/y   | y       |
        | z     | z       |
      And <after> stands where <before> was
      When I capture the working tree
      Then the captured tree holds "<paths>"

      Examples:
        | before           | after            | paths    |
        | the directory x  | a file           | x z      |
        | the file z       | a directory      | x/y z/in |
        | the file z       | a symbolic link  | x/y z    |
        | the file z       | a fifo           | x/y      |

    Scenario: Without a commit it is the first one
      Given a repository without commits
      And the file "a.txt" holds "a"
      When I capture the working tree
      Then the captured tree holds "a.txt"

    Scenario: Files that a sparse checkout left out stay in it
      Given a repository with the files
        | path       | content |
        | a/b/c1.txt | 1       |
        | d.txt      | 2       |
      And its index is sparse
      And the file "d.txt" holds "changed"
      When I capture the working tree
      Then the captured tree holds "a/b/c1.txt d.txt"

    Scenario: A nested repository is left out, a submodule stays at its commit
      Given a repository with the files
        | path  | content |
        | a.txt | a       |
      And a submodule "sub"
      And a nested repository "inner"
      When I capture the working tree
      Then the captured tree holds ".gitmodules a.txt sub"

    Scenario: A bare repository is its HEAD
      Given a repository with the files
        | path  | content |
        | a.txt | a       |
      When I capture a bare clone of it
      Then it is HEAD

    Scenario: A bare repository without a commit can't be captured
      Given a bare repository without commits
      When I capture it
      Then the scan complains of "no commit yet, and no work tree"

    Scenario: Line endings follow the attributes, as in a commit of the user's
      Given a repository with the files
        | path           | content          |
        | .gitattributes | *.txt text eol=crlf |
        | a.txt          | a                |
      And "a.txt" is written anew with the line ends of DOS
      When I capture the working tree
      Then the captured tree is
        | path           | content               |
        | .gitattributes | *.txt text eol=crlf\n |
        | a.txt          | one\ntwo\n            |

    Scenario: A split index, captured again
      Given a repository with the files
        | path       | content |
        | a/b/c1.txt | 1       |
        | d.txt      | 2       |
      And its index is split
      When I capture the working tree
      And I capture the working tree
      Then it is HEAD

    Scenario: A repository without a configuration and without rules of its own
      Given a repository with the files
        | path  | content |
        | a.txt | a       |
      And the file "b.txt" holds "b"
      And the file ".git/config" is deleted
      And the file ".git/info/exclude" is deleted
      When I capture the working tree
      Then the captured tree holds "a.txt b.txt"

    Scenario: What git leaves out is no tree to start from
      Given a repository with the files
        | path  | content |
        | a.txt | a       |
      And a chain of 3000 directories with the files "x"
      When I capture it
      Then the scan complains of "git ls-files: "

    Scenario: An index that can't be copied
      Given a repository with the files
        | path  | content |
        | a.txt | a       |
      And its index is replaced by a folder
      When I capture it
      Then the scan complains of ".git/index"
