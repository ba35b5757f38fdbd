Feature: A file stays in its leaf unless it must move

  Rule: What has not changed does not move

    Scenario: The same tree again
      Given 90 files with references, cut into leaves of at most 10
      When it is cut again from where it was
      Then no file has moved
      And the leaves are the same

    Scenario: One file more
      Given 90 files with references, cut into leaves of at most 12
      When the file "a/new" is added and it is cut again from where it was
      Then no file has moved
      And all leaves but one are the same

    Scenario: One file more where the leaves of its directory are full
      Given 40 files in each of "app, lib", cut into leaves of at most 40
      When the file "app/new" is added and it is cut again from where it was
      Then no file has moved
      And no leaf is over a cap
      And all leaves but one are the same

    Scenario: A file that was renamed stays where it was
      Given 90 files with references, cut into leaves of at most 10
      When "a/f0003" is renamed to "z/elsewhere" and it is cut again from where it was
      Then no file has moved

    @property
    Scenario: Any change of files and limits
      When Hypothesis draws a graph, cuts it, changes files and limits, and cuts it again
      Then each cut keeps its caps, holds each file once, and without a change moves nothing

    Scenario: Where nearly nothing has changed nothing is put right
      Given the files
        | path    | refers to |
        | a/apple | b/fig     |
        | a/pear  | b/plum    |
        | b/fig   |           |
        | b/plum  |           |
      And they were cut into "a/apple a/pear" and "b/fig b/plum"
      When the file "c/new" is added and it is cut again from where it was
      Then no file has moved

    Scenario: A renamed file is not taken for a new one
      Given the files "a/apple, a/pear, b/fig, b/plum"
      And they were cut into "a/apple a/pear" and "b/fig b/plum"
      When "a/apple" is renamed to "b/new" and it is cut again from where it was
      Then the leaves are "a/pear b/new, b/fig b/plum"

  Rule: The caps outrank the past

    Scenario: A smaller leaf sheds what it holds least
      Given 90 files with references, cut into leaves of at most 10
      When it is cut again from where it was, into leaves of at most 8
      Then no leaf has more than 8 of the files
      And at most 30 files have moved

  Rule: plan.lock says where each file was

    Scenario: A lock is read back as it was written
      Given a plan of 3 leaves with a file named "naïve \udcff.py"
      When its lock is written and read
      Then the lock names the leaf of every file

    Scenario Outline: <case> is no lock
      When the lock "<text>" is read
      Then reading it fails with "plan.lock: "

      Examples:
        | case              | text                                        |
        | Half a line       | {"schema":                                  |
        | Another version   | {"schema": "autonomy.lock/v2", "leaves": {}} |
        | A list            | []                                          |
        | Leaves of numbers | {"schema": "autonomy.lock/v1", "leaves": {"a": 1}} |
