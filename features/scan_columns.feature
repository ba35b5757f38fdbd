Feature: What a snapshot says of each file

  Rule: The digest is git's name for the bytes of the working tree, however they came there

    Scenario Outline: The digest of <what>
      Given a repository with the files
        | path  | content |
        | a.txt | a\nb    |
      And "a.txt" has undergone <what>
      When I scan the repository
      Then the digest of "a.txt" is that of its bytes

      Examples:
        | what                                            |
        | nothing special                                 |
        | a change that keeps size and time               |
        | line endings that git converts                  |
        | an identifier that git expands                  |
        | text in UTF-16 that git converts                |
        | an entry that git is told to assume unchanged   |

    Scenario: A copy of a tree has the same snapshot, with or without its repository
      Given a repository with the files
        | path      | content         |
        | a.py      | import b        |
        | b.py      | x = 1           |
        | sub/c.txt | one two three   |
      When I scan a plain copy of it
      Then the snapshot equals that of the repository but for revision and history

  Rule: Size, lines, language and references come from one read of the file

    Scenario Outline: A file that holds <content>
      Given a folder with the bytes <content> in "<path>"
      When I scan the repository
      Then "<path>" has <size> bytes, <lines> lines and the language "<language>"

      Examples:
        | path       | content                         | size | lines | language   |
        | a.py       | "x = 1\n"                       | 6    | 1     | python     |
        | a.py       | "x = 1"                         | 5    | 1     | python     |
        | a.py       | ""                              | 0    | 0     | python     |
        | Makefile   | "all:\n\ttrue\n"                | 11   | 2     | makefile   |
        | tool       | "#!/usr/bin/env python3\n"      | 23   | 1     | python     |
        | tool       | "#!/usr/bin/env -S A=1 node\n"  | 27   | 1     | javascript |
        | tool       | "#!/bin/bash -e\n\n"            | 16   | 2     | shell      |
        | tool       | "#!"                            | 2    | 1     |            |
        | tool       | "nothing\n"                     | 8    | 1     |            |
        | image.png  | "\x89PNG\n\0\n"                 | 7    | 0     |            |
        | go.mod     | "module m\n"                    | 9    | 1     |            |

    Scenario: References and declarations are pooled names
      Given a folder with the files
        | path | content     |
        | a.c  | #include <b> |
        | b.c  | #include <b> |
      When I scan the repository
      Then the references of "a.c" and "b.c" are the same names

    Scenario: A binary file is planned by its size and not read for references
      Given a folder with the bytes "#include <b>\n\0" in "a.c"
      When I scan the repository
      Then "a.c" refers to nothing

    Scenario: A file over the size cap is planned by its size and not read for references
      Given a folder with the files
        | path  | content             |
        | big.c | #include <stdlib.h> |
      When I scan it with max_file_bytes 10
      Then "big.c" has 20 bytes, 0 lines and the language "c"
      And "big.c" refers to nothing
      And the digest of "big.c" is that of its bytes

    Scenario: Five gigabytes of nothing are not read
      Given a folder with a file "huge.bin" of 5000000000 bytes
      When I scan the repository
      Then "huge.bin" has 5000000000 bytes, 0 lines and the language ""

  Rule: Tokens are estimated from a sample of the repository itself

    Scenario: Text that is denser than its language's average
      Given a folder with 30 files ".py" of dense text and 30 of loose text in another folder
      When I scan both
      Then a byte of the dense text counts at least twice as many tokens

    @property
    Scenario: Words, numbers, runs of signs and line starts are what an expression finds of them
      Then each text weighs what its pieces weigh

    Scenario: A large binary file does not fill a leaf
      Given a folder with a file "image.png" of 9000000 bytes
      When I scan the repository
      Then "image.png" counts 1000 tokens
