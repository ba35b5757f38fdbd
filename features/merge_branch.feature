Feature: What leaves changed comes onto a branch of the run's own

  Rule: One commit per leaf, in dependency order, that says where it comes from

    Scenario: Leaves that wait for each other
      Given a repository with the files
        | path | content |
        | a    | 1       |
        | b    | 1       |
        | c    | 1       |
      And leaves that changed
        | leaf  | path | becomes | waits for |
        | top   | a    | 2       | core      |
        | top   | d    | 2       | base      |
        | base  | b    | 2       | core      |
        | core  | c    | 2       |           |
        | idle  |      |         |           |
      When the run is merged
      Then the branch has the commits "core, base, top" on the base
      And its last commit names its run, leaf, attempt, candidate and command
      And "idle" is told to have changed nothing

    Scenario: Leaves that did not succeed stay out
      Given a repository with the files
        | path | content |
        | a    | 1       |
      And leaves that changed
        | leaf | path | becomes |
        | good | a    | 2       |
        | bad  | b    | 2       |
      And the leaf "bad" has failed
      When the run is merged
      Then the branch has the commits "good" on the base

    Scenario: All in one commit
      Given a repository with the files
        | path | content |
        | a    | 1       |
      And leaves that changed
        | leaf | path | becomes |
        | one  | a    | 2       |
        | two  | b    | 2       |
      When the run is merged as one commit
      Then the branch has 1 commit on the base
      And its message names "one" and "two"

    Scenario: Nothing was changed
      Given a repository with the files
        | path | content |
        | a    | 1       |
      And leaves that changed
        | leaf | path | becomes |
        | idle |      |         |
      When the run is merged
      Then there is no branch

    Scenario: The same run merged twice is the same branch
      Given two leaves that changed a repository
      When the run is merged twice
      Then both merges made the same commit

  Rule: Nothing of the user's is touched, and nothing of theirs is run

    Scenario: A repository full of traps and of work in progress
      Given two leaves that changed a repository
      And uncommitted, staged, ignored and stashed work in it
      And hooks and settings in it that run a command
      When the run is merged
      Then the branch has 2 commits on the base
      And the user's files, index, stash, config, hooks and refs are as they were
      And no command was run

    Scenario: A dry run writes nothing at all into the repository
      Given two leaves that changed a repository
      When the run is merged dry
      Then there is no branch
      And no object has come into the repository
      And 2 leaves are told to be merged

  Rule: What is merged outlives garbage collection, and so does what a merge will need

    Scenario: Everything that is not anchored is collected after the merge
      Given two leaves that changed a repository
      And uncommitted, staged, ignored and stashed work in it
      When the run is merged
      Then the repository is whole without the engine, and keeps the branch

    Scenario Outline: The base vanishes from the user's branches before the merge, in <kind>
      Given two leaves that changed <kind>
      And uncommitted, staged, ignored and stashed work in it
      When everything is reset and collected between the run and the merge
      Then the branch has 2 commits on the base
      And the repository is whole without the engine, and keeps the branch

      Examples:
        | kind            |
        | a repository    |
        | a shallow clone |

    Scenario: Garbage is collected while merges go on
      Given two leaves that changed a repository
      When 5 runs are merged while git collects garbage
      Then the repository is whole without the engine, and keeps all branches

  Rule: Any repository will do

    Scenario Outline: <kind>
      Given two leaves that changed <kind>
      When the run is merged
      Then the branch has 2 commits on the base
      And the repository is whole without the engine, and keeps the branch

      Examples:
        | kind                                    |
        | a repository without commits            |
        | a shallow clone                         |
        | a linked work tree                      |
        | a bare repository                       |
        | a repository with SHA-256 names         |
        | a repository in a folder of odd letters |

  Rule: A branch that is somebody else's is not moved

    Scenario Outline: The branch <state>
      Given two leaves that changed a repository
      And its branch <state>
      When the run is merged
      Then it is refused with exit code <code>, and the message tells "<hint>"
      And the branch is as it was

      Examples:
        | state                          | code | hint           |
        | exists already                 | 4    | --into         |
        | was moved after a merge        | 4    | --into         |
        | is checked out                 | 4    | is checked out |
        | can't be, as `autonomy` is one | 2    | --into         |
        | is locked                      | 6    | .lock          |

    Scenario: A name that is none
      Given two leaves that changed a repository
      When the run is merged into "a..b"
      Then it is refused with exit code 2, and the message tells "--into"

    Scenario: Somebody makes the branch while the merge goes on
      Given two leaves that changed a repository
      When the run is merged, and somebody makes its branch at the last moment
      Then it is refused with exit code 4, and the message tells "none was changed"

    Scenario: A repository that loses objects
      Given two leaves that changed a repository
      When the run is merged, and an object of it is lost on the way
      Then it is refused with exit code 6, and the message tells "no ref was set"
      And there is no branch
      And no object has come into the repository

    Scenario: Objects that can't be written
      Given two leaves that changed a repository
      When the run is merged on a full disk
      Then it is refused with exit code 6, and the message tells "pack"
      And there is no branch
      And no object has come into the repository

    Scenario: Another name may be chosen
      Given two leaves that changed a repository
      And its branch exists already
      When the run is merged into "mine"
      Then the branch has 2 commits on the base
