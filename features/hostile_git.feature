Feature: Git is hostile ground

  Rule: Nothing that a repository configures is ever run

    Scenario Outline: A trap set by <trap>, which plain git runs into
      Given a repository with a trap set by <trap>
      When plain git springs the trap
      Then foreign code has run

      Examples:
        | trap                              |
        | the configuration                 |
        | the hooks                         |
        | filters and text conversions      |
        | the file system monitor           |
        | an included file                  |
        | a bare repository inside          |
        | a submodule                       |
        | a promised object                 |
        | signatures in the log             |

    Scenario Outline: A trap set by <trap>, which the scan passes by
      Given a repository with a trap set by <trap>
      When I scan and capture it in every way
      Then no foreign code has run

      Examples:
        | trap                              |
        | the configuration                 |
        | the hooks                         |
        | filters and text conversions      |
        | the file system monitor           |
        | an included file                  |
        | a bare repository inside          |
        | a submodule                       |
        | a promised object                 |
        | signatures in the log             |

    Scenario: Only git itself is started, and nothing by git
      Given a repository with a trap set by the configuration
      When I scan it under a tracer of new programs
      Then only git has been started

    Scenario: A relative entry of PATH is no place to find git
      Given a repository with the files
        | path | content |
        | a    | a       |
      And a program "git" in its root that leaves a mark
      When I scan it with PATH set to ".:" and the usual one, from its root
      Then no foreign code has run

  Rule: The repository stays as it was

    Scenario: A scan and a capture change no byte of .git
      Given a repository with the files
        | path  | content |
        | a.txt | a       |
      And the file "a.txt" holds "changed"
      And the file "new.txt" holds "new"
      When I scan and capture it in every way
      Then no byte of its git directory has changed

    Scenario: A working tree that the configuration moves elsewhere is not touched
      Given a repository with the files
        | path  | content |
        | a.txt | a       |
      And its configuration moves the working tree to another folder
      When I scan the repository
      Then the snapshot holds "a.txt"

    Scenario: A common directory that is not git's own is not believed
      Given a repository with the files
        | path  | content |
        | a.txt | a       |
      And its commondir names another repository
      When I scan the repository
      Then the snapshot holds "a.txt"
      And its revision is its own HEAD's

  Rule: One module starts git

    Scenario: No other module of the program names it as a program
      Then only the package "autonomy.git" starts git
