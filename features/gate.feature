Feature: A candidate is held to the tests of its base

  Rule: Every test that passes on the base is still there and passes

    Scenario Outline: <case>
      Given the base's tests "<base>"
      When the candidate's tests are "<candidate>"
      Then the gate says "<reason>" and names "<named>"

      Examples:
        | case                               | base         | candidate     | reason        | named |
        | All pass                           | a+ b+        | a+ b+         | passed        |       |
        | There is one more, and it fails    | a+           | a+ b-         | passed        |       |
        | What failed before may still fail  | a+ b-        | a+ b-         | passed        |       |
        | What failed before may be gone     | a+ b-        | a+            | passed        |       |
        | One fails                          | a+ b+        | a+ b-         | tests_failed  | b     |
        | One breaks                         | a+ b+        | a+ b!         | tests_failed  | b     |
        | One is skipped                     | a+ b+        | a+ b?         | tests_failed  | b     |
        | Half are deleted                   | a+ b+ c+ d+  | a+ c+         | tests_missing | b, d  |
        | One of two of the same name is     | a+ a+        | a+            | tests_missing | a     |
        | One of two of the same name fails  | a+ a+        | a+ a-         | tests_failed  | a     |
        | The process ends before any report | a+ b+        |               | no_tests      |       |

    Scenario: A base without a passing test
      Given the base's tests "a- b?"
      When the candidate's tests are "a+ b+"
      Then it raises a usage error that names "no test passes on the base"

    @probe
    Scenario: To count the tests that fail would miss deleted ones
      Given the base's tests "a+ b+"
      When the candidate's tests are "a+"
      Then no test of the candidate fails

  Rule: A report is written beside untrusted code

    Scenario Outline: <what>
      When the test report is <what>
      Then it is rejected as "no_tests"

      Examples:
        | what                         |
        | no XML                       |
        | cut off                      |
        | a document that grows        |

  Rule: A gate is proved on the untouched base and on a seeded break

    Scenario Outline: <case>
      When a gate that says <base> of the base and <broken> of a broken tree is proved
      Then the proof says "<answer>"

      Examples:
        | case                    | base    | broken  | answer                             |
        | It can tell             | yes     | no      | proved                             |
        | It fails on the base    | no      | no      | fails on the untouched base        |
        | It lets everything pass | yes     | yes     | lets a broken candidate pass       |
        | It refuses by raising   | yes     | rejects | proved                             |
