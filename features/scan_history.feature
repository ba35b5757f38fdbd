Feature: Which files changed together

  Rule: A row is one commit of the newest, without merges, of two to twenty files that are still there

    Scenario: Commits of two and more files, newest first
      Given a repository whose commits changed
        | files        |
        | a b c        |
        | a            |
        | b c          |
        | a c gone     |
      And the file "gone" is deleted
      When I scan the repository
      Then its commits are "a c; b c; a b c"

    Scenario: What changed nothing takes nothing from the commit before it
      Given a repository whose commits changed
        | files |
        | a b   |
        |       |
        | b c   |
      When I scan the repository
      Then its commits are "b c; a b"

    Scenario: A commit of very many files says nothing
      Given a repository whose commits changed
        | files                                              |
        | a b c d e f g h i j k l m n o p q r s t u          |
        | a b c d e f g h i j k l m n o p q r s t            |
      When I scan the repository
      Then it has 1 commit of 20 files

    Scenario: Only the newest are read
      Given a repository whose commits changed
        | files |
        | a b   |
        | b c   |
        | c d   |
      When I scan it with history 2
      Then its commits are "c d; b c"

    Scenario: None are read when none are asked for
      Given a repository whose commits changed
        | files |
        | a b   |
      When I scan it with history 0
      Then its commits are ""

    Scenario: Merges are left out
      Given a repository whose commits changed
        | files |
        | a b   |
      And a merge of two branches that changed "c" and "d"
      When I scan the repository
      Then its commits are "a b"

    Scenario: A merge takes no place among the newest
      Given a repository whose commits changed
        | files |
        | a b   |
      And a merge of a branch that changed "c" and "d"
      When I scan it with history 1
      Then its commits are "c d"

    Scenario: A commit after a scan is seen by the next one
      Given a repository whose commits changed
        | files |
        | a b   |
      And it has been scanned
      And a merge of a branch that changed "c" and "d"
      When I scan the repository
      Then its commits are "c d; a b"

    Scenario: A subdirectory has the part of each commit that lies in it
      Given a repository whose commits changed
        | files               |
        | sub/a sub/b top     |
        | sub/a top           |
      When I scan its directory "sub"
      Then its commits are "a b"

    Scenario: A shallow clone has none
      Given a repository whose commits changed
        | files |
        | a b   |
        | b c   |
      When I scan a shallow clone of it
      Then its commits are ""

    Scenario: A repository whose objects are lost has none
      Given a repository whose commits changed
        | files |
        | a b   |
      And its objects are lost
      When I scan the repository
      Then its commits are ""
      And the snapshot holds "a b"

    Scenario: Names with line ends and slashes of commits' own
      Given a repository whose commits changed
        | files       |
        | a\nb c\\d   |
        | \nfirst z   |
      When I scan the repository
      Then its commits are "\nfirst z; a\nb c\\d"
