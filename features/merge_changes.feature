Feature: Changes of any kind are merged byte by byte

  Rule: A file's bytes, its mode and its name come through as they are

    Scenario: Everything that git can hold
      Given a repository with the files
        | path      | content |
        | plain     | 1       |
        | tool      | 1       |
        | dir/gone  | 1       |
        | dir/moved | 1       |
        | file      | 1       |
        | tree/leaf | 1       |
      And leaves that changed
        | leaf    | path              | becomes        |
        | modes   | tool              | ! 1\n          |
        | modes   | link              | -> ../no where |
        | renames | dir/moved         | -              |
        | renames | new/moved         | 1\n            |
        | deletes | dir/gone          | -              |
        | bytes   | binary            | \x00\xff\r\n\n |
        | bytes   | crlf              | a\r\nb\r\n     |
        | bytes   | empty             |                |
        | names   | a\nb\x22\x5c\xff  | n              |
        | names   | -rf               | n              |
        | names   | \x20lead          | n              |
        | shapes  | file              | -              |
        | shapes  | file/within       | 2              |
        | shapes  | tree/leaf         | -              |
        | shapes  | tree              | 2              |
      When the run is merged
      Then the branch holds what a dictionary holds after the same changes

    Scenario: More than fits into memory at once
      Given a repository with the files
        | path | content |
        | a    | 1       |
      And 7 leaves of 2 megabytes, merged 4 at a time
      When the run is merged
      Then the branch has 7 commits on the base
      And the branch holds what a dictionary holds after the same changes

    @property
    Scenario: Any base and any changes of different files
      Then for any disjoint changes the branch holds what a dictionary holds

  Rule: Line ends are stored as git would store them

    Scenario Outline: Files with CRLF, where <rule>
      Given a repository where <rule>, with a file of CRLF ends
      And a leaf that edits one line of it
      When the run is merged
      Then the change is 1 line in 1 file
      And a checkout of the branch has nothing to commit

      Examples:
        | rule                       |
        | nothing is said of ends    |
        | .gitattributes say crlf    |
        | .gitattributes say auto    |
        | core.autocrlf is true      |
        | .gitattributes came later  |

  Rule: Leaves on the same ground are merged three ways, and where they disagree the branch is not made

    Scenario: Two leaves edit different ends of one file
      Given a repository with the files
        | path | content       |
        | a    | 1\n2\n3\n4\n5 |
      And leaves that changed
        | leaf | path | becomes           |
        | one  | a    | ONE\n2\n3\n4\n5\n |
        | idle | b    | b\n               |
        | two  | a    | 1\n2\n3\n4\nTWO\n |
      When the run is merged
      Then the branch has the commits "one, idle, two" on the base
      And "a" is "ONE\n2\n3\n4\nTWO\n" on the branch

    Scenario: Two leaves make the same change
      Given a repository with the files
        | path | content |
        | a    | 1       |
      And leaves that changed
        | leaf | path | becomes |
        | one  | a    | 2\n     |
        | two  | a    | 2\n     |
        | two  | b    | 2\n     |
      When the run is merged
      Then the branch has the commits "one, two" on the base
      And "a" is "2\n" on the branch

    Scenario: One moves a file that the other edits
      Given a repository with the files
        | path | content                   |
        | a    | 1\n2\n3\n4\n5\n6\n7\n8\n9 |
      And leaves that changed
        | leaf  | path | becomes                         |
        | moves | a    | -                               |
        | moves | b    | 1\n2\n3\n4\n5\n6\n7\n8\n9\n     |
        | edits | a    | ONE\n2\n3\n4\n5\n6\n7\n8\n9\n   |
      When the run is merged
      Then "b" is "ONE\n2\n3\n4\n5\n6\n7\n8\n9\n" on the branch

    Scenario Outline: They disagree: <how>
      Given a repository with the files
        | path | content |
        | a    | 1       |
        | d/b  | 1       |
      And leaves that changed
        | leaf  | path       | becomes  |
        | one   | <one path> | <one>    |
        | other | c          | 2        |
        | two   | <two path> | <two>    |
      When the run is merged
      Then the conflict of "one" and "two" over "<path>" is told, and no branch is made
      And their commits are kept for a merge by hand

      Examples:
        | how                       | one path | one  | two path | two | path |
        | one line                  | a        | 2    | a        | 3   | a    |
        | deleted and edited        | a        | -    | a        | 3   | a    |
        | a file and a link         | n        | 2    | n        | -> 3 | n   |
        | both add it               | n        | 2    | n        | 3   | n    |
        | a file and a directory    | n        | 2    | n/m      | 3   | n    |
        | a directory and a file    | n/m      | 2    | n        | 3   | n    |

    Scenario: A dry run tells of conflicts and keeps nothing
      Given a repository with the files
        | path | content |
        | a    | 1       |
      And leaves that changed
        | leaf | path | becomes |
        | one  | a    | 2       |
        | two  | a    | 3       |
      When the run is merged dry
      Then the conflicts are over "a"
      And no object has come into the repository

    Scenario: All conflicts are told at once
      Given a repository with the files
        | path | content |
        | a    | 1       |
        | b    | 1       |
      And leaves that changed
        | leaf  | path | becomes |
        | one   | a    | 2       |
        | two   | a    | 3       |
        | three | b    | 2       |
        | four  | b    | 3       |
        | five  | a    | 4       |
      When the run is merged
      Then the conflicts are over "a, a, b"

    @property
    Scenario: Who is on the same ground
      Then for any changes the groups of overlapping leaves are those found by brute force

  Rule: A change to a name that no commit may hold stops the merge

    Scenario Outline: <name>
      Given a repository with the files
        | path | content |
        | a    | 1       |
      And leaves that changed
        | leaf | path   | becomes |
        | evil | <name> | 2       |
      When the run is merged
      Then the conflict of "evil" alone over "<name>" is told, and no branch is made

      Examples:
        | name            |
        | .git/config     |
        | sub/.GIT/hooks  |
        | a/../../b       |
        | /etc/passwd     |
        | git~1/config    |
        | .git./config    |
