Feature: Java, Kotlin and Scala files refer to each other by packages and names

  Rule: An import means the file that declares its longest known prefix

    Scenario: Classes, nested classes, static members and functions
      Given the source files
        | path      | text                                                                     |
        | a/A.java  | package a;\npublic class A { public static int N; class In {} }          |
        | a/f.kt    | package a\n\nfun Int.doubled() = 2 * this\nval <T> List<T>.tail get() = 1 |
        | b/B.java  | package b;\nimport a.A;\nclass B {}                                      |
        | b/C.java  | package b;\nimport a.A.In;\nclass C {}                                   |
        | b/D.java  | package b;\nimport static a.A.N;\nclass D {}                             |
        | b/E.java  | package b;\nimport static a.A.*;\nclass E {}                             |
        | b/g.kt    | package b\nimport a.doubled\n                                            |
        | b/h.kt    | package b\nimport a.tail as rest\n                                       |
        | b/S.scala | package b\nimport a.{A => X, _}\nclass S                                 |
      When their references are followed
      Then the references between the files are
        | from      | to       |
        | b/B.java  | a/A.java |
        | b/C.java  | a/A.java |
        | b/D.java  | a/A.java |
        | b/E.java  | a/A.java |
        | b/g.kt    | a/f.kt   |
        | b/h.kt    | a/f.kt   |
        | b/S.scala | a/A.java |

    Scenario: A Scala import may begin in a package around the file
      Given the source files
        | path      | text                                     |
        | a/A.scala | package x.a\nclass A                     |
        | b/B.scala | package x\npackage b\nimport a.A\nclass B |
      When their references are followed
      Then the references between the files are
        | from      | to        |
        | b/B.scala | a/A.scala |

  Rule: A capitalised word may be a type of the own package or of one imported as a whole

    Scenario: Without an import
      Given the source files
        | path          | text                                                     |
        | main/Able.java | package a;\nclass Able extends Base { Gone g; }             |
        | main/Base.kt  | package a\nopen class Base                               |
        | test/AT.java  | package a;\nclass AT { @Mark void f() { new Able(); } }     |
        | main/Mark.java | package a;\n@interface Mark {}                          |
        | b/Base.java   | package b;\nclass Base {}                                |
      When their references are followed
      Then the references between the files are
        | from         | to                         |
        | main/Able.java | main/Base.kt            |
        | test/AT.java | main/Able.java main/Mark.java |

    Scenario: By an import of the whole package
      Given the source files
        | path     | text                                                 |
        | a/A.java | package a;\npublic class A {}                        |
        | a/Brew.java | package a;\npublic class Brew {}                  |
        | a/f.kt   | package a\nfun brew(cups: Int) {}                    |
        | b/C.java | package b;\nimport a.*;\nclass C { Brew b; }            |
        | b/d.kt   | package b\nimport a.*\nval d = brew(2)               |
        | b/E.java | package b;\nimport a.*;\nclass E { int brew; }       |
        | a/g.kt   | package a\nprivate fun spill() {}\nval own = 1       |
        | b/h.kt   | package b\nimport a.*\nval h = spill()               |
        | build.gradle.kts | import a.Brew\nval own = brew(1)             |
      When their references are followed
      Then the references between the files are
        | from     | to       |
        | b/C.java | a/Brew.java |
        | b/d.kt   | a/f.kt   |
        | build.gradle.kts | a/Brew.java |

    Scenario: A name that is imported from elsewhere is not the one of the package
      Given the source files
        | path     | text                                                   |
        | a/A.java | package a;\nimport org.x.Base;\nclass A extends Base {} |
        | a/Base.java | package a;\nclass Base {}                           |
      When their references are followed
      Then no file refers to another
      And the packages from outside are
        | file     | packages |
        | a/A.java | org.x    |

    Scenario: Words in comments and strings are no references
      Given the source files
        | path     | text                                                                              |
        | a/A.java | package a;\n/* Base */ // Base\nclass A { String s = "Base \" Base"; char c = '"'; } |
        | a/Base.java | package a;\nclass Base {}                                                      |
      When their references are followed
      Then no file refers to another

    Scenario: A type with its package in the code
      Given the source files
        | path     | text                                              |
        | a/A.java | package org.a;\npublic class A {}                 |
        | b/B.java | package org.b;\nclass B { org.a.A f = null; }     |
      When their references are followed
      Then the references between the files are
        | from     | to       |
        | b/B.java | a/A.java |

    Scenario Outline: <case>
      Given a source "<path>" of "<text>"
      When it is extracted
      Then it declares "<names>"

      Examples:
        | case                                      | path    | text                                                                    | names                                |
        | A Java type inside of another             | A.java  | package p;\nclass A {\n  class Inner {}\n}                              | package p \| p.A                     |
        | A Kotlin function of a function has no name | a.kt  | package p\nfun <T> (() -> T).twice() {}\nfun named() {}                 | package p \| p.named                 |

    Scenario: An import list with a comma at its end
      Given a source "a.scala" of "package p\nimport q.r.{C, }\nclass A"
      When it is extracted
      Then it refers to "q.r.C"

  Rule: Among several declarations of a name the nearest is meant

    Scenario: Two copies of a package
      Given the source files
        | path                | text                                 |
        | android/src/A.java  | package a;\npublic class A {}        |
        | src/A.java          | package a;\npublic class A {}        |
        | android/test/T.java | package b;\nimport a.A;\nclass T {}  |
        | test/T.java         | package b;\nimport a.A;\nclass T {}  |
      When their references are followed
      Then the references between the files are
        | from                | to                 |
        | android/test/T.java | android/src/A.java |
        | test/T.java         | src/A.java         |

    Scenario: What is expected of each platform is meant, not what is actual on one
      Given the source files
        | path              | text                                                        |
        | common/src/File.kt | package io\nexpect class File\nexpect fun open(): File       |
        | jvm/src/File.kt   | package io\nactual class File\nactual fun open() = File()    |
        | js/src/File.kt    | package io\nactual class File\nactual fun open() = File()    |
        | jvm/src/use.kt    | package io\nval file = open()                               |
      When their references are followed
      Then the references between the files are
        | from            | to                 |
        | jvm/src/File.kt | common/src/File.kt |
        | js/src/File.kt  | common/src/File.kt |
        | jvm/src/use.kt  | common/src/File.kt |

    Scenario: Files without a package see each other only in their folder
      Given the source files
        | path        | text                  |
        | x/Main.java | class Main { Aid a; } |
        | x/Aid.java  | class Aid {}          |
        | y/Main.java | class Main { Aid a; } |
      When their references are followed
      Then the references between the files are
        | from        | to         |
        | x/Main.java | x/Aid.java |

  Rule: What is not in the tree is external; the platform and generated classes say nothing

    Scenario: Names of external packages
      Given the source files
        | path     | text                                                                                         |
        | a/A.java | package a;\nimport java.util.*;\nimport javax.sql.DataSource;\nimport org.junit.jupiter.api.Test;\nimport static org.hamcrest.Matchers.is;\nimport a.made.Generated;\nclass A {} |
        | a/b.kt   | package a\nimport kotlin.math.max\nimport assertk.assertThat\nimport kotlinx.coroutines.*    |
      When their references are followed
      Then the packages from outside are
        | file     | packages                       |
        | a/A.java | org.hamcrest org.junit.jupiter |
        | a/b.kt   | assertk kotlinx.coroutines     |
