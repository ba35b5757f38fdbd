Feature: A leaf sees skeletons of what it needs outside

  Rule: What is needed most for its size comes first, and the budget holds

    Scenario: The file that two refer to goes before the one that one refers to
      Given the files
        | path | tokens | refers to |
        | a/1  | 400    | b/1, b/2  |
        | a/2  | 400    | b/1       |
        | b/1  | 1000   |           |
        | b/2  | 1000   |           |
        | c/1  | 1000   |           |
      When each directory is given skeletons of 100 tokens
      Then the halo of "a" is "b/1"
      And the halo of "c" is ""

    Scenario: With room for both, both, and nothing that nobody needs
      Given the files
        | path | tokens | refers to |
        | a/1  | 400    | b/1, b/2  |
        | a/2  | 400    | b/1       |
        | b/1  | 1000   |           |
        | b/2  | 1000   |           |
        | c/1  | 1000   |           |
      When each directory is given skeletons of 200 tokens
      Then the halo of "a" is "b/1, b/2"
      And 0 of the references are unseen

    Scenario: Without a budget all references out are unseen
      Given the files
        | path | tokens | refers to |
        | a/1  | 400    | a/2, b/1  |
        | a/2  | 400    |           |
        | b/1  | 1000   |           |
      When each directory is given skeletons of 0 tokens
      Then 0.5 of the references are unseen

    Scenario: What has no skeleton is not seen
      Given the files
        | path | tokens | refers to |
        | a/1  | 400    | b/1       |
        | b/1  | 0      |           |
      When each directory is given skeletons of 100 tokens
      Then the halo of "a" is ""

    @property
    Scenario: Whatever refers to whatever and changed with it
      Then halos stay outside of their leaves and within their budgets, and more of it leaves less unseen

  Rule: Skeletons stand in the brief, within the halo's share of the tokens, and never among the files

    Scenario: With a tenth of the tokens
      Given packages of functions that call each other, in a repository
      When I run `autonomy plan --halo 10% --max-tokens 4k --max-files 8`
      Then it ends with status 0
      And it complains of "skeletons of outside files"
      And the skeletons in each brief take at most 400 tokens and are of no file of the leaf
      And no body of a function is in a brief

    Scenario: With a third of the tokens more references are seen
      Given packages of functions that call each other, in a repository
      When I run `autonomy plan --halo 10% --max-tokens 4k --max-files 8 -q -o ten.json`
      And I run `autonomy plan --halo 33% --max-tokens 4k --max-files 8 -q -o third.json`
      Then "third.json" leaves fewer references unseen than "ten.json"

    Scenario: Without a halo there are none
      Given packages of functions that call each other, in a repository
      When I run `autonomy plan --max-tokens 4k --max-files 8`
      Then it ends with status 0
      And there is no skeleton in any brief

  Rule: A skeleton is documentation, signatures and types

    Scenario: A file with definitions
      When the skeleton is made of "app/mail.py", which refers to "app/net.py"
        """
        '''Send mail. And more.'''
        import app.net
        def send(to: str, body: str = "```") -> bool:
            '''Put it on its way.'''
            return app.net.send(to, body)
        """
      Then the skeleton reads
        """
        ### `app/mail.py`

        Send mail.

        ````
        def send(to: str, body: str = "```") -> bool  — Put it on its way.
        ````
        """

    Scenario: A file that only hands on tells to what it refers
      When the skeleton is made of "app/index.ts", which refers to "app/mail.ts"
        """
        export * from './mail'
        """
      Then the skeleton reads
        """
        ### `app/index.ts`

        refers to `app/mail.ts`
        """

    Scenario: An empty file has none
      When the skeleton is made of "app/__init__.py", which refers to ""
        """
        """
      Then the skeleton reads
        """
        """
