Feature: Starting costs next to nothing

  Rule: A start imports nothing that it does not need

    Scenario: Asking for the version imports the program's two smallest modules
      When Python imports what "autonomy --version" needs
      Then it has imported only "autonomy, autonomy.__main__" beyond a bare Python

    Scenario Outline: Asking for <what> leaves the heavy libraries alone
      When Python imports what "<line>" needs
      Then it has imported none of "asyncio, networkx, numpy, pydantic, rich, scipy, sklearn, sqlite3"

      Examples:
        | what            | line                |
        | help            | autonomy --help     |
        | an unknown name | autonomy astrology  |
