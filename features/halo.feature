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
      When each directory is given skeletons up to 900 tokens
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
      When each directory is given skeletons up to 1000 tokens
      Then the halo of "a" is "b/1, b/2"
      And 0 of the references are unseen

    Scenario: Without a budget all references out are unseen
      Given the files
        | path | tokens | refers to |
        | a/1  | 400    | a/2, b/1  |
        | a/2  | 400    |           |
        | b/1  | 1000   |           |
      When each directory is given skeletons up to 0 tokens
      Then 0.5 of the references are unseen
