Feature: A brief says as much as a reader takes in

  Rule: What is too long is counted, what can't be read is named

    Scenario: A leaf of very many files
      Given a tree of 230 files in one folder
      When the brief of "many/f000.py" is written, by leaves of at most 300 files
      Then it lists 200 files and says "and 30 more"

    Scenario: A file of very many definitions
      Given a tree with a header of 40 functions
      When the brief of "a.h" is written, by leaves of at most 300 files
      Then it lists 12 definitions and says "and at least 28 more"

    Scenario: A file that everybody needs
      Given a tree of 40 modules and 40 tests that all refer to "core.py"
      When the brief of "core.py" is written, by leaves of at most 1 files
      Then the brief says "and 56 more leaves"
      And the brief says "and 16 more", of the tests that reach it

    Scenario: A read me that goes on after its first paragraph
      Given the tree
        | path      | text                                                                                        |
        | README.md | # Title\nThis is the tool that turns a tree into parts of a tree.\n## Use\nNothing of this. |
        | a.py      | x = 1                                                                                       |
      When the brief of "a.py" is written, by leaves of at most 300 files
      Then the brief says "This is the tool that turns a tree into parts of a tree."
      And the brief does not say "Nothing of this"

    Scenario: Files that vanish before they are read
      Given the tree
        | path      | text                                                             |
        | README.md | This is the tool that turns a tree into parts of a tree.        |
        | a.py      | """The first part of all."""                                     |
        | b.py      | """The second part of all."""                                    |
      And "README.md, b.py" vanish after the scan
      When the brief of "a.py" is written, by leaves of at most 300 files
      Then the brief says "The first part of all."
      And the brief says "b.py: No such file or directory"

    Scenario: What does not parse, and what only looks so because its head alone was read
      Given the tree
        | path   | text                                     |
        | old.py | def f():\n    return f\nprint "an old one" |
      And "long.py" is a tuple of 20,000 numbers
      When the brief of "old.py" is written, by leaves of at most 300 files
      Then the brief says "line 3: Missing parentheses"
      And the brief does not say "was never closed"
