Feature: People direct the cut

  Rule: What is pinned holds within the caps

    Scenario: Kept together against their references
      Given 6 files in each of "a, b, c"
      And the pins
        | rule     | globs            |
        | together | a/f0000, c/f0005 |
      When it is cut by them into leaves of at most 6 files
      Then "a/f0000" and "c/f0005" share a leaf

    Scenario: Kept apart although one directory
      Given 6 files in each of "a, b"
      And the pins
        | rule  | globs            |
        | apart | a/f0000, a/f0001 |
      When it is cut by them into leaves of at most 12 files
      Then "a/f0000" and "a/f0001" share no leaf

    Scenario: A leaf of its own
      Given 6 files in each of "a, b"
      And the pins
        | rule  | globs         |
        | alone | a/f000[0-1]   |
      When it is cut by them into leaves of at most 12 files
      Then a leaf is "a/f0000 a/f0001"

    Scenario: A group over the cap fills leaves in its order
      Given 6 files in each of "a, b"
      And the pins
        | rule  | globs |
        | alone | a/    |
      When it is cut by them into leaves of at most 4 files
      Then a leaf is "a/f0000 a/f0001 a/f0002 a/f0003"
      And a leaf is "a/f0004 a/f0005"

    Scenario: A file that two rules set alone goes with the first
      Given 3 files in each of "a, b"
      And the pins
        | rule  | globs   |
        | alone | a/f0000 |
        | alone | a/      |
      When it is cut by them into leaves of at most 6 files
      Then a leaf is "a/f0000"
      And a leaf is "a/f0001 a/f0002"

    @property
    Scenario: Any pins
      When Hypothesis draws graphs and pins, and cuts them, twice
      Then each cut keeps its caps, holds each file once, and obeys its pins

  Rule: Pins that contradict each other are refused

    Scenario: Together and apart
      Given 6 files in each of "a, b"
      And the pins
        | rule     | globs            |
        | together | a/f0000, a/f0001 |
        | apart    | a/f0000, a/f0001 |
      When it is cut by them into leaves of at most 6 files
      Then cutting fails with "pins.together joins a/f0000 with what pins.apart[0] keeps from it"

    Scenario: A glob that is none
      Given 6 files in each of "a, b"
      And the pins
        | rule  | globs |
        | apart | a/, ! |
      When it is cut by them into leaves of at most 6 files
      Then cutting fails with "pins: !: Invalid git pattern: '!'"

    Scenario: A glob that matches no file parts nothing, and the others part all the same
      Given 6 files in each of "a, b"
      And the pins
        | rule  | globs                     |
        | apart | none/, a/f0000, a/f0001 |
      When it is cut by them into leaves of at most 12 files
      Then "a/f0000" and "a/f0001" share no leaf

  Rule: Owners are a leaning

    Scenario: The last pattern that matches names the owner
      Given the files "docs/a.md, docs/b.py, src/a.py, src/b.py"
      When the owners are read
        """
        # comment
        *        @everyone
        *.py     @python   # trailing words
        /docs/   @writers @everyone
        src/b.py
        """
      Then the groups of owners are "docs/a.md docs/b.py; src/a.py"

    Scenario: Files of one owner draw each other
      Given 4 files in each of "a, b, c, d"
      And "a, c" and "b, d" have an owner each
      When it is cut by them into leaves of at most 8 files
      Then "a/f0000" and "c/f0000" share a leaf
      And "b/f0000" and "d/f0000" share a leaf
