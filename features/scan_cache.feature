Feature: A second scan reads only what changed

  Rule: Whatever happened in between, it finds what a first scan would find

    @property
    Scenario: Any sequence of changes
      Then after any changes a second scan equals a first one

    Scenario: A change that keeps size and time, made at once
      Given a repository with the files
        | path  | content |
        | a.txt | a       |
      Then fifty such changes in a row are all seen

    Scenario: Files before and after a changed one keep their own references and problems
      Given a folder with the files
        | path | content                             |
        | a.c  | #include <a>\n#include <b>          |
        | b.c  | #include <c>                        |
        | c.c  | #include <d>\n#include <a>          |
        | d.py | def (:                              |
        | e.c  | #include <e>\n#include <c>          |
      And it has been scanned
      And the file "aa.c" holds "#include <w>\n"
      And the file "b.c" holds "#include <x>\n#include <y>\n#include <z>\n"
      When I scan the repository
      Then the snapshot equals that of a first scan

    Scenario Outline: A file that is <age> than the scan
      Given a folder with the files
        | path | content |
        | a.c  | a       |
      And it has been scanned when the file was <age>
      When I scan it and watch which files are opened
      Then "<opened>" have been opened

      Examples:
        | age               | opened |
        | no older          | a.c    |
        | a second older    |        |

    Scenario: Only changed files are opened
      Given a repository with the files
        | path    | content |
        | a.c     | a       |
        | b.c     | b       |
        | sub/c.c | c       |
      And it has been scanned
      And the file "b.c" holds "changed"
      When I scan it and watch which files are opened
      Then "b.c" have been opened

    Scenario: Another size cap reads everything again
      Given a repository with the files
        | path  | content    |
        | a.txt | 0123456789 |
      And it has been scanned
      When I scan it with max_file_bytes 5
      Then "a.txt" has 11 bytes, 0 lines and the language "text"

    Scenario: Files that come into the sample are counted
      Given a folder with 60 files of text
      And it has been scanned
      And every other one is deleted
      When I scan the repository
      Then the snapshot equals that of a first scan

    Scenario: Files that leave the sample are counted no more
      Given a folder with 60 files of text
      And it has been scanned
      And 30 new ones have appeared
      When I scan the repository
      Then the snapshot equals that of a first scan

  Rule: A cache that can't be trusted is rebuilt

    Scenario Outline: A cache that is <damage>
      Given a repository with the files
        | path | content      |
        | a.c  | #include "b" |
        | b.c  | b            |
      And it has been scanned
      And its cache is <damage>
      When I scan the repository
      Then the snapshot equals that of a first scan
      And the next scan reads no file

      Examples:
        | damage                     |
        | empty                      |
        | cut in the middle          |
        | altered in one byte        |
        | of another format          |
        | of another version         |
        | a directory                |
        | a link to another file     |
        | unreadable as columns      |
        | short of a digest          |
        | of other lengths           |

    Scenario: A repository that can't be written to is scanned without a cache
      Given a repository with the files
        | path  | content |
        | a.txt | a       |
      And nobody may write to it
      When I scan the repository as an ordinary user
      Then the snapshot holds "a.txt"

    Scenario Outline: A <thing> at <place>
      Given a repository with the files
        | path  | content |
        | a.txt | a       |
      And a <thing> stands at "<place>"
      When I scan the repository
      Then the snapshot holds "a.txt"
      And "a.txt" has 1 lines and the digest that git gives it

      Examples:
        | place                  | thing            |
        | .autonomy              | file             |
        | .autonomy/cache        | file             |
        | .autonomy/cache/clock  | link to a.txt    |

    Scenario: A file that can't be read leaves no table that would vouch for it
      Given a repository with the files
        | path  | content |
        | a.txt | a       |
        | b.txt | b       |
      And it has been scanned
      And everybody may write here
      When I scan the repository as an ordinary user who can't read "b.txt"
      Then there is no table

    Scenario: The state hides itself from git
      Given a repository with the files
        | path  | content |
        | a.txt | a       |
      When I scan the repository
      Then git sees no change

  Rule: A finished answer is returned only for a tree in which nothing has changed

    Scenario: Nothing has changed
      Given a repository with a finished answer
      Then the answer is returned

    Scenario Outline: <change>
      Given a repository with a finished answer
      When this happens: <change>
      Then no answer is returned

      Examples:
        | change                                        |
        | a file is edited                              |
        | a file is edited and its time set back        |
        | a file is deleted                             |
        | a file is replaced by a link                  |
        | a file appears                                |
        | a file appears in an empty directory          |
        | a file appears among ignored ones             |
        | a directory appears                           |
        | a directory is replaced by a link to its copy |
        | an ignore rule is edited                      |
        | an ignore rule that ignores itself is edited  |
        | a rule in .git/info/exclude is added          |
        | something is committed                        |
        | a branch is switched                          |
        | a file is no longer tracked                   |
        | the table is damaged                          |
        | the answer is damaged                         |
        | another question is asked                     |

    Scenario: A look that git refreshed its index for changes nothing
      Given a repository with a finished answer
      When this happens: git is asked for its status
      Then the answer is returned

    Scenario Outline: With the index trusted, <change>
      Given a repository with a finished answer
      When this happens: <change>
      Then with the index trusted <outcome>

      Examples:
        | change                 | outcome                |
        | nothing                | the answer is returned |
        | a file is edited       | the answer is returned |
        | something is committed | no answer is returned  |
        | something is staged    | no answer is returned  |
        | a branch is switched   | no answer is returned  |

    Scenario: A subdirectory hangs on the rules above it
      Given a subdirectory of a repository with a finished answer
      When this happens: an ignore rule above it is edited
      Then no answer is returned

    Scenario: A plain folder that becomes a part of a repository
      Given a folder with a finished answer
      When this happens: the folder above becomes a repository
      Then no answer is returned

    Scenario: Of many questions the last sixteen are remembered
      Given a repository with a finished answer
      When 20 more questions are answered
      Then the last 16 of them get their answers, and no other does

    Scenario: Where nothing can be kept nothing is remembered
      Given a folder with the files
        | path  | content |
        | a.txt | a       |
      When 1 more questions are answered
      Then no answer is returned

    Scenario: A damaged table is written anew
      Given a repository with a finished answer
      When this happens: the table is damaged
      And the repository is scanned once more
      Then the answer is returned

    Scenario: The quick way in loads nothing that starts slowly
      Given a repository with a finished answer
      Then asking for it imports nothing slow and starts nothing
