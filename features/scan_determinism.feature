Feature: The same tree gives the same snapshot

  Rule: Nothing of the machine reaches a snapshot

    Scenario Outline: Another <difference>
      Given a repository of many files, with names in many scripts
      When it is scanned again with another <difference>
      Then both snapshots are equal

      Examples:
        | difference              |
        | hash seed               |
        | locale                  |
        | working directory       |
        | home of the user        |
        | variables for git       |
        | order of creation       |
        | path of the repository  |
