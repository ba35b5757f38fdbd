Feature: Files that belong together share a leaf

  Rule: Each signal ties files, and its weight switches it off

    Scenario: References tie files of different directories
      Given the files
        | path | refers to |
        | a/1  | b/1       |
        | a/2  | b/2       |
        | a/3  | b/3       |
        | b/1  | a/1       |
        | b/2  | a/2       |
        | b/3  | a/3       |
      When it is cut into leaves of at most 2 files
      Then the leaves are "a/1 b/1, a/2 b/2, a/3 b/3"

    Scenario: Without references they fall back on their directories
      Given the files
        | path    | refers to |
        | a/apple | b/fig     |
        | a/pear  | b/plum    |
        | b/fig   | a/apple   |
        | b/plum  | a/pear    |
      When it is cut into leaves of at most 2 files, with references 0
      Then the leaves are "a/apple a/pear, b/fig b/plum"

    Scenario Outline: Files that changed together, <case>
      Given the files "a/apple, a/pear, b/fig, b/plum"
      And they changed together
        | commit          |
        | a/apple, b/fig  |
        | a/pear, b/plum  |
        | a/apple, b/fig  |
        | a/pear, b/plum  |
      When it is cut into leaves of at most 2 files, with history <weight>
      Then the leaves are "<leaves>"

      Examples:
        | case         | weight | leaves                        |
        | with history | 1      | a/apple b/fig, a/pear b/plum  |
        | without      | 0      | a/apple a/pear, b/fig b/plum  |

    Scenario: A test lies with what it tests
      Given the files "src/apple.py, src/pear.py, tests/test_apple.py, tests/test_pear.py"
      When it is cut into leaves of at most 2 files, with directory 0
      Then the leaves are "src/apple.py tests/test_apple.py, src/pear.py tests/test_pear.py"

  Rule: Both caps are hard, and leaves are few

    Scenario Outline: <files> files of <tokens> tokens in leaves of at most <most> files and 1000 tokens
      Given <files> files of <tokens> tokens in a chain of references
      When it is cut into leaves of at most <most> files
      Then no leaf is over a cap
      And there are at most <leaves> leaves

      Examples:
        | files | tokens | most | leaves |
        | 100   | 90     | 1000 | 10     |
        | 100   | 1      | 10   | 11     |
        | 300   | 330    | 1000 | 103    |

    Scenario: Groups that fill leaves badly are taken apart
      Given 120 files of 200 tokens in threes that refer to each other
      When it is cut into leaves of at most 1000 files
      Then no leaf is over a cap
      And there are at most 25 leaves

    @property
    Scenario: Any files, references, history and limits
      When Hypothesis draws graphs with history, and cuts them
      Then each cut keeps its caps, holds each file once, and is the same from files listed the other way round

  Rule: A leaf of whole directories is told in few paths

    Scenario: One reference does not break up a small directory
      Given 6 files in each of "a, b, c, d"
      And "b/f0000" refers to "d/f0000"
      And "b/f0001" refers to "d/f0001"
      And "b/f0002" refers to "d/f0002"
      And "a/f0003" refers to "d/f0004"
      When it is cut into leaves of at most 13 files
      Then every directory lies in one leaf

    Scenario: With paths 0 it does
      Given 6 files in each of "a, b, c, d"
      And "b/f0000" refers to "d/f0000"
      And "b/f0001" refers to "d/f0001"
      And "b/f0002" refers to "d/f0002"
      And "a/f0003" refers to "d/f0004"
      When it is cut into leaves of at most 13 files, with paths 0
      Then "a/f0003" and "d/f0004" share a leaf

  Rule: Leaves hang in the directory where they are at home

    Scenario: Directories of several leaves are subplans
      Given the files "core/a/apple, core/a/fig, core/a/pear, core/a/plum, core/b/elm, core/b/fir, core/b/oak, core/b/yew"
      And the files "web/a/ant, web/a/bee, web/a/fly, web/a/wasp, web/b/cod, web/b/eel, web/b/ray, web/b/sole"
      When it is decomposed by auto with max_files 2, min_files 1, max_parallel 1
      Then the subplans above the leaves are "core, core.a, core.b, web, web.a, web.b"

    Scenario: A directory that holds nearly all files is no step of its own
      Given 100 files in each of "src/a, src/b"
      And the file "docs/guide"
      When it is cut into leaves of at most 20 files
      Then no leaf is over a cap

    Scenario: The depth bends the names, never the cap
      Given the files "core/a/apple, core/a/fig, core/a/pear, core/a/plum, core/b/elm, core/b/fir, core/b/oak, core/b/yew"
      And the files "web/a/ant, web/a/bee, web/a/fly, web/a/wasp, web/b/cod, web/b/eel, web/b/ray, web/b/sole"
      When it is decomposed by auto with max_files 2, min_files 1, max_depth 2, max_parallel 1
      Then the subplans above the leaves are "core, web"
      And no leaf has more than 2 files
