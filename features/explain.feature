Feature: A plan is explained by what is really there

  Rule: The weights of a file's ties are those that the cut was made by

    @property
    Scenario: Any files, references, history and pins
      When Hypothesis draws graphs with history and owners
      Then what each file is told of its ties adds up to what the cut weighed

  Rule: Who is tied how, where a move would lead, and what would cause it

    Scenario: Signals and strengths
      Given a file with references, history, a like name and neighbours in two leaves
      When "a/main" is explained in the leaves "a/main a/util" and "b/core b/test_main c/hub"
      Then the explanation says "held there by 1 reference, 2 shared changes, weight"
      And the explanation says "a/util: it refers to that, changed together 2 times, near in the same directory"
      And the explanation says "b/core: each refers to the other"
      And the explanation says "b/test_main: changed together 2 times, like name"
      And the explanation says "moving it there would cut 1 fewer references and gain a weight of"
      And the explanation says "draws it more than its own leaf does; it stays because"

    Scenario: What has no room says so
      Given a file with references, history, a like name and neighbours in two leaves
      When "a/main" is explained in the leaves "a/main a/util" and "b/core b/test_main c/hub", of at most 3 files
      Then the explanation says "but that leaf would hold 4 files (--max-files 3)"

    Scenario: What holds too many tokens says so
      Given a file with references, history, a like name and neighbours in two leaves
      When "a/main" is explained in the leaves "a/main a/util" and "b/core b/test_main c/hub", of at most 350 tokens
      Then the explanation says "but that leaf would hold 400 tokens (--max-tokens 350)"

    Scenario: What would bring it there
      Given a file with references, history, a like name and neighbours in two leaves
      When "a/util" is explained in the leaves "a/util b/core" and "a/main b/test_main c/hub", by references only
      Then the explanation says "a/main: that refers to it"
      And the explanation leaves out "weight"

    Scenario: A file that nothing is tied to
      Given a file with references, history, a like name and neighbours in two leaves
      When "c/hub" is explained in the leaves "a/main a/util c/hub" and "b/core b/test_main"
      Then the explanation says "no reference, shared commit, like name or neighbour ties it to any file"

    Scenario: What people said of it
      Given a file with references, history, a like name and neighbours in two leaves
      When the rule "together, with 1 more files" of "a/main" is explained
      Then the explanation says "by a rule of the configuration: together, with 1 more files"

  Rule: Rules of the configuration are named

    Scenario: Pins
      Given a small project in a repository
      And the file "autonomy.toml" holds "[pins]\ntogether = [['app/core.py', 'docs/faq.md']]\napart = [['app/core.py', 'docs/guide.md']]\n"
      When I run `autonomy plan -q --max-files 4 --min-files 1 -j 1`
      And I run `autonomy explain app/core.py`
      Then it prints "by a rule of the configuration: together, with 1 more files"
      And it prints "by a rule of the configuration: apart from others"

    Scenario: A splitter that weighs nothing
      Given a small project in a repository
      When I run `autonomy plan -q --max-files 4 --min-files 1 -j 1 --strategy directory`
      And I run `autonomy explain app/core.py`
      Then it ends with status 0
      And it prints "app/models.py: that refers to it"
      And it does not print "weight"
