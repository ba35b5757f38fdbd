Feature: A repository becomes a tree of subplans

  Rule: Children partition their parent, and leaves partition the files

    Scenario: Every node is reached from the root, and every file from a leaf
      Given 40 files in each of "core/io, core/net, ui, docs/a, docs/b"
      When it is decomposed with max_files 7
      Then every node but the root is the child of exactly one node
      And the leaves hold each file exactly once

    Scenario: A splitter that loses a file is named, not believed
      Given 40 files in each of "src"
      When it is decomposed by a splitter that loses the last file
      Then decomposing fails with "splitter 'somebody' broke the partition: 40 files in, 39 out"

    Scenario: A splitter that gives a file twice is named, not believed
      Given 40 files in each of "src"
      When it is decomposed by a splitter that gives the first file twice
      Then decomposing fails with "splitter 'somebody' broke the partition: 40 files in, 41 out"

    @property
    Scenario Outline: Any tree of files, any limits, by <strategy>
      When Hypothesis draws trees, references and limits for the strategy <strategy>
      Then each plan partitions its files, keeps its bounds and its shape

      Examples:
        | strategy  |
        | auto      |
        | directory |
        | cluster   |
        | chunk     |

  Rule: A workset is a leaf for a reason that is written on it

    Scenario Outline: <case>
      Given the files
        | path | tokens   |
        | a/1  | <first>  |
        | a/2  | <others> |
        | b/3  | <others> |
        | b/4  | <others> |
      When it is decomposed with max_files <files>, max_tokens 1000, min_files <min>, max_depth <depth>, max_parallel 1
      Then the reasons of the leaves are "<reasons>"

      Examples:
        | case                                           | first | others | files | min | depth | reasons                   |
        | All files fit                                  | 100   | 100    | 4     | 1   | 12    | fits                      |
        | At min_files nothing is split                  | 900   | 900    | 64    | 4   | 12    | min_files                 |
        | At max_depth nothing is split                  | 100   | 100    | 1     | 1   | 0     | max_depth                 |
        | One file over max_tokens is a leaf of its own  | 5000  | 300    | 64    | 1   | 12    | oversize_file, fits, fits |
        | Leaves over max_files are split                | 100   | 100    | 1     | 1   | 12    | fits, fits, fits, fits    |

    Scenario: Where no splitter makes progress the branch ends
      Given 30 files in each of "src"
      When it is decomposed by a splitter that gives everything back
      Then the reasons of the leaves are "no_progress"

  Rule: A split that makes no progress is none

    Scenario: 399 + 1 is not progress
      Given 400 files in each of "src"
      When it is decomposed by a splitter that takes one file away at a time
      Then the reasons of the leaves are "no_progress"

    Scenario: A README beside a great directory does not hide what is in it
      Given 200 files in each of "src/a, src/b"
      And the file "README.md"
      When it is decomposed with max_files 250, max_parallel 1
      Then the names of the leaves are "src.a, src.b"

    Scenario: 400 files in one flat directory end quickly
      Given 400 files in each of "src"
      When it is decomposed with max_files 50, max_parallel 1
      Then the tree is 1 deep
      And there are 8 leaves

    Scenario: 60 nested directories with one child each are no levels
      Given 100 files in each of "a/b/c/d/e/f/g/h/i/j/k/l/m/n/o/p/q/r/s/t/u/v/w/x/y/z/a/b/c/d/e/f/g/h/i/j/k/l/m/n/o/p/q/r/s/t/u/v/w/x/y/z/a/b/c/d/e/f/g/h"
      When it is decomposed with max_files 50
      Then the tree is 1 deep

    Scenario: A path of 3,000 directories is split like any other
      Given 60 files in a directory 3000 levels deep
      When it is decomposed with max_files 10
      Then the tree is 1 deep

  Rule: Depth is what the layout asks for, no more

    Scenario Outline: 40 files in 3 directories, by <strategy>
      Given 14 files in each of "app, lib"
      And 12 files in each of "app/views/forms"
      When it is decomposed by <strategy> with the default limits
      Then the tree is at most 2 deep
      And there are at least 8 leaves

      Examples:
        | strategy  |
        | auto      |
        | directory |
        | cluster   |
        | chunk     |

    Scenario Outline: A layout of four levels gives four levels, by <strategy>
      Given 4 directories in 4 directories in 4 directories, 20 files each
      When it is decomposed by <strategy> with max_files 20, max_tokens 2000
      Then the tree is at least 3 deep
      And no leaf has more than 20 files

      Examples:
        | strategy  |
        | auto      |
        | directory |

    Scenario: The depth never costs the cap
      Given 4 directories in 4 directories in 4 directories, 20 files each
      When it is decomposed with max_files 20, max_depth 2
      Then the tree is at most 2 deep
      And no leaf has more than 20 files

    Scenario: Small siblings are packed together
      Given 2 files in each of "a, b, c, d, e, f, g, h, i, j"
      And 60 files in each of "z"
      When it is decomposed with max_files 60, max_parallel 1
      Then there are 2 leaves

  Rule: The workers are fed, as far as min_files allows

    Scenario Outline: <files> files for <workers> workers
      Given <files> files in each of "src"
      When it is decomposed with max_parallel <workers>, min_files 5
      Then there are <leaves> leaves

      Examples:
        | files | workers | leaves |
        | 60    | 10      | 10     |
        | 60    | 1       | 1      |
        | 12    | 10      | 2      |
        | 9     | 10      | 1      |

  Rule: Identity comes from paths and contents, and from nothing else

    Scenario: The same files elsewhere give the same plan
      Given 30 files in each of "src/a, src/b"
      When it is planned here, and in another directory, locale, time zone and hash seed, made in another order
      Then the plans are the same to the byte

    Scenario: An edit changes digests on its way to the root, and no id
      Given 30 files in each of "src/a, src/b"
      When a file of "src/a" is edited and it is planned again
      Then every id stays
      And exactly the digests from the leaf of that file up to the root change

    Scenario: A name is unique, short and made of paths
      Given 10 files in each of "app/Ünï cödé, app/a b, app/--force, app/x;rm -rf"
      When it is decomposed with max_files 3
      Then every name is unique, at most 64 signs long, and plain

  Rule: The metrics are what they say

    Scenario: Cutting between two directories that do not know each other cuts nothing
      Given the files
        | path  | refers to |
        | a/1   | a/2       |
        | a/2   | a/3       |
        | a/3   |           |
        | b/1   | b/2, b/3  |
        | b/2   |           |
        | b/3   |           |
      When it is decomposed with max_files 3, min_files 1, max_parallel 1
      Then the edge cut is 0
      And a random split of the same sizes would cut 0.6

    Scenario: The lower bound counts files, tokens and files over the limit
      Given the files
        | path | tokens |
        | a/1  | 5000   |
        | a/2  | 900    |
        | a/3  | 900    |
        | b/1  | 300    |
      When it is decomposed with max_tokens 1000, min_files 1, max_parallel 1
      Then at least 4 leaves are needed

  Rule: A splitter that is asked about what fits has an answer, too

    Scenario Outline: <strategy>
      When <strategy> is asked to split 10 files into leaves of at most 64
      Then its parts hold "<sizes>" files

      Examples:
        | strategy | sizes |
        | chunk    | 5 5   |
        | tfidf    |       |

    Scenario: One file has nothing to cut
      Given the file "a/x"
      When it is decomposed with max_files 5
      Then a random split of the same sizes would cut 0

  Rule: A leaf is called like a place in the repository that holds what it holds

    Scenario Outline: <case>
      When worksets of these files are named: "<files>"
      Then the last one is called "<name>"

      Examples:
        | case                                            | files                                   | name       |
        | The directory of most of it                     | src/a/x:9 src/b/y:1 t/z:1               | src.a      |
        | Two directories                                 | src/a/x:5 src/b/y:5 t/z:1               | src        |
        | Two that have nothing in common                 | src/x:5 lib/y:5 t/z:1                   | lib+src    |
        | What is taken: the heaviest file in there       | src/x:9; src/y:7 src/z.py:8 t/test_z:9  | src.z      |
        | Taken twice                                     | src/x:9; src/x:9; src/x:9               | src.x~2    |
        | One heavy file beside a directory of many       | src/a:1 src/b:1 src/c:1 src/d:1 x:6       | src        |
        | No directory                                    | x:1 y:2                                 | y          |
        | Signs that a file system or a shell would mind  | a b/ü"x/f:1                             | a-b.x      |
