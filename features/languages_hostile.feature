Feature: No content of a file stops or slows a language down

  Rule: Reading never raises and takes time in proportion to the file

    Scenario Outline: Every language reads <content>
      Given 60,000 times "<piece>" after "<start>"
      When every language reads it
      Then none of them has raised or been slow

      Examples:
        | content                          | start        | piece          |
        | spaces                           |              | \s             |
        | spaces at the end of a line      | import\s     | \s\n           |
        | NUL bytes                        |              | \x00           |
        | bytes that are no text           |              | \xff\xfe\x80   |
        | comments that never end          |              | /*             |
        | stars in a comment               | /*           | *              |
        | quotes                           |              | "              |
        | apostrophes                      |              | '              |
        | triple quotes                    |              | """            |
        | escaped quotes                   | "            | \\"            |
        | backslashes                      | "            | \\             |
        | backticks                        |              | `              |
        | round brackets                   | f            | (              |
        | square brackets                  | x            | [              |
        | angle brackets                   | x            | <              |
        | braces                           | use\sa::     | {              |
        | closing braces                   |              | }              |
        | hashes                           |              | #              |
        | raw string openers               |              | r#"            |
        | includes without an end          |              | #include\s"    |
        | includes of one endless line     |              | #include\s<a>  |
        | imports without a name           |              | import\s       |
        | imports of one endless line      |              | import\sa.b.C; |
        | one endless dotted name          |              | a.             |
        | one endless path                 | use\s        | a::            |
        | one endless word                 |              | Aa             |
        | classes without a name           |              | class\s        |
        | nested classes                   |              | class\sA{\n    |
        | functions without an end         |              | \nfunc\sf(     |
        | functions of one endless line    |              | fn\sf()\s{}\s  |
        | static types                     |              | static\sint\s  |
        | modules                          |              | mod\sa;\n      |
        | namespaces                       |              | namespace\sA{  |
        | attributes                       |              | #[a]\n         |
        | annotations                      |              | @A(            |
        | documentation                    |              | /**\sa\s*/\n   |
        | documentation lines              |              | ///\sa\n       |
        | line continuations               |              | \\\n           |
        | carriage returns                 |              | import\sa\r    |
        | define                           |              | \n#define\sA(  |
        | imports with open brackets       |              | from\sa\simport\s( |
        | endless brackets of an import    | from\sa\simport\s( | a,\s           |
        | imports that are words           |              | import\simport_ |
        | imports after a colon            |              | if\sx:\simport\s |
        | imports in texts                 |              | """\nimport\sa\n |
        | imports in texts of one line     |              | """\simport\sa; |
        | calls of import                  |              | import(a       |
        | lists of exports                 |              | export\s{a,    |
        | stars of exports                 |              | export\s*\s    |
        | imports for their effect         |              | import"a\n     |
        | requires in brackets             |              | require('a'    |
        | requires of one endless line     |              | require\s'a'\s |
        | templates                        |              | import(`${`    |
        | scripts                          |              | <script>       |
        | modules of Ruby                  |              | \nmodule\sA\n\s |
        | definitions without an end       |              | \ndef\sf(      |
        | texts in texts                   |              | #{"            |
        | heredocs                         | <?php\s      | <<<A\n         |
        | tags of PHP                      |              | <?php\s?>      |
        | uses of PHP                      | <?php\s      | use\sA\\B,     |
        | braces of uses                   | <?php\suse\sA\\{ | a,             |
        | includes of PHP                  | <?php\s      | include\s__DIR__\s.\s |
        | functions of PHP                 | <?php\s      | \nfunction\sf( |
        | objects of JSON                  |              | [{"a":         |
        | commas of JSON                   | [            | ,\s            |

    Scenario: Every language reads UTF-16
      Given 10,000 times "import a.b.C;\nclass A {}\n" in UTF-16
      When every language reads it
      Then none of them has raised or been slow

    Scenario: Every language reads nothing
      Given an empty text
      When every language reads it
      Then none of them has raised or been slow

    @property
    Scenario: Every language reads whatever Hypothesis makes of its own words
      When every language reads texts that are made of pieces of all languages
      Then none of them has raised or been slow

  Rule: Resolving takes time in proportion to the files and their references

    Scenario Outline: <case>
      Given 5,000 folders that each hold
        | path   | text   |
        | <one>  | <text> |
        | <other> | <more> |
      When their references are followed with a limit
      Then <edges> references lead from file to file

      Examples:
        | case                             | one    | text                        | other     | more                       | edges |
        | headers of one name              | a.c    | #include <x.h>              | x.h       | int x;                     | 5000  |
        | headers of one name, all missing | a.c    | #include <gone/x.h>         | x.h       | int x;                     | 0     |
        | classes of one name              | A.java | package a; class A { Node n; } | Node.java | package a; class Node {} | 5000  |
        | classes without a package        | A.java | class A { Node n; }         | Node.java | class Node {}              | 5000  |
        | one program in one package       | a.go   | package main\nfunc a() { fix() } | b.go | package main\nfunc fix() {} | 5000  |

    Scenario: Re-exports in circles
      Given 30 modules of a crate that each take everything from all others
      When their references are followed with a limit
      Then 870 references lead from file to file
