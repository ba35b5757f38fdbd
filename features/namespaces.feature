Feature: Machines that share nothing but a network

  Rule: Over TLS between namespaces the same comes out as by threads

    Scenario: Two workers, a scheduler and a client, each in a namespace of its own
      Given 6 directories of 5 files in a repository
      And machines that share nothing but a network
      When the codemod runs there, 4 at once
      Then it ends with status 0
      And 6 leaves succeeded, at most 4 at once, each settled once
      And the branch holds what the same command makes of the whole tree

    Scenario: Without certificates nobody gets in
      Given 1 directories of 5 files in a repository
      And machines that share nothing but a network
      When a client without certificates asks for workers
      Then it ends with status 6
      And it complains of "no scheduler"

    Scenario Outline: A worker <whose end>
      Given 6 directories of 5 files in a repository
      And machines that share nothing but a network
      When a worker <whose end> in the middle of leaves
      Then it ends with status 0
      And 6 leaves succeeded, each settled once
      And no command is left there

      Examples:
        | whose end                        |
        | is killed                        |
        | is stopped, and goes on later    |
        | is cut off, and connected again  |
