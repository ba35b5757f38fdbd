Feature: Go files refer to the files that declare what they use

  Rule: A symbol of an imported package means the file that declares it

    Scenario: Functions, types, variables and constants, by any alias
      Given the source files
        | path        | text                                                                                               |
        | go.mod      | module x.org/m // the module                                                                       |
        | lib/f.go    | package lib\n\nfunc F() {}                                                                         |
        | lib/t.go    | package lib\n\ntype (\n\tT struct{}\n\tU int\n)                                                    |
        | lib/c.go    | package lib\n\nconst (\n\tA, B = 1, 2\n)\nvar V = 1                                                |
        | lib/a_test.go | package lib_test\n\nvar x = 1                                                        |
        | go-more/m.go | package more\n\nfunc M() {}                                                          |
        | e.go        | package m\n\nimport "x.org/m/go-more"\n\nfunc e() { more.M() }                    |
        | lib/f_test.go | package lib_test\n\nimport "x.org/m/lib"\n\nfunc TestF() { lib.F() }                             |
        | a.go        | package m\n\nimport "x.org/m/lib"\n\nfunc g() { lib.F() }                                          |
        | b.go        | package m\n\nimport (\n\t"fmt"\n\tl "x.org/m/lib" // (lib)\n)\n\nvar t l.U                         |
        | c.go        | package m\n\nimport "x.org/m/lib"\n\nvar x = lib.B + lib.V                                         |
        | d.go        | package m\n\nimport _ "x.org/m/lib"\n                                                              |
      When their references are followed
      Then the references between the files are
        | from          | to                         |
        | lib/f_test.go | lib/f.go                   |
        | a.go          | lib/f.go                   |
        | e.go          | go-more/m.go               |
        | b.go          | lib/t.go                   |
        | c.go          | lib/c.go                   |
        | d.go          | lib/f.go lib/t.go lib/c.go |
      And no package from outside is needed

    Scenario: A word means the file of the own package that declares it
      Given the source files
        | path      | text                                                                    |
        | p/a.go    | package p\n\nfunc use() { help(); s.other(); local := 1; _ = local }     |
        | p/b.go    | package p\n\nfunc help() {}\nfunc other() {}                               |
        | p/d.go    | package p\n\nvar local = 2                                                      |
        | p/x_test.go | package p_test\n\nfunc f() { help() }                                 |
        | q/c.go    | package q\n\nfunc help() {}                                              |
      When their references are followed
      Then the references between the files are
        | from   | to     |
        | p/a.go | p/b.go |

    Scenario: Comments and strings of every kind are no code
      Given the source files
        | path   | text                                                                   |
        | p/a.go | package p\n\n// help\n/* help */\nvar s = "help \" help" + `help` + 'h' |
        | p/b.go | package p\n\nfunc help() {}                                             |
      When their references are followed
      Then no file refers to another

  Rule: Import paths lead to directories by the modules of the repository

    Scenario: Several modules, a replacement, a major version, a vendored package
      Given the source files
        | path                    | text                                                                                          |
        | go.mod                  | module x.org/m\n\nrequire (\n\tk8s.io/api v1.2.3\n\tq.io/a/b/c v1.0.0\n\tx.org/fork v0.0.1\n)\n\nreplace x.org/fork v0.0.1 => ./forked\n |
        | sub/go.mod              | module "x.org/m/sub/v2"                                                                       |
        | sub/s/s.go              | package s\n\nfunc S() {}                                                                      |
        | forked/y/y.go           | package y\n\nfunc Y() {}                                                                      |
        | vendor/z.io/z/z.go      | package z\n\nfunc Z() {}                                                                      |
        | main.go                 | package main\n\nimport (\n\t"x.org/m/sub/v2/s"\n\t"x.org/fork/y"\n\t"z.io/z"\n\t"k8s.io/api/core/v1"\n\t"q.io/a/b/c/d"\n\t"x.org/m/made"\n\t"github.com/u/r/pkg/deep"\n)\n\nfunc main() { s.S(); y.Y(); z.Z(); v1.X(); deep.D(); d.D(); made.M() } |
      When their references are followed
      Then the references between the files are
        | from    | to                                             |
        | main.go | sub/s/s.go forked/y/y.go vendor/z.io/z/z.go    |
      And the packages from outside are
        | file    | packages                  |
        | main.go | github.com/u/r k8s.io/api q.io/a/b/c |

    Scenario: Without a go.mod the path's tail is the directory
      Given the source files
        | path     | text                                                                 |
        | pkg/a.go | package pkg\n\nfunc A() {}                                           |
        | main.go  | package main\n\nimport "github.com/u/r/pkg"\n\nfunc main() { pkg.A() } |
      When their references are followed
      Then the references between the files are
        | from    | to       |
        | main.go | pkg/a.go |

  Rule: What is cut off or hidden is read as far as it goes

    Scenario: A group without an end, a method of a hidden type, a name that is not exported
      Given the source files
        | path     | text                                                        |
        | go.mod   | module x.org/app                                            |
        | a/a.go   | package a\nfunc Shown() {}\nconst (\n\tFirst = 1\n\tSecond |
        | b/b.go   | package b\nimport "x.org/app/a"\nvar x = a.First + a.hidden |
        | b/c.go   | package b\nimport "x.org/app/a"\nvar y = a.First            |
      When their references are followed
      Then the references between the files are
        | from   | to     |
        | b/b.go | a/a.go |
        | b/c.go | a/a.go |

    Scenario: Its outline
      Given the source file "a.go"
        """
        package a
        func (h *hidden) Run() {}
        func (s *Shown) Run() {}
        const (
        	First = 1
        	second = 2
        """
      When it is outlined
      Then it defines
        | line | kind   | name      | signature               |
        | 3    | method | Shown.Run | func (s *Shown) Run()   |
        | 5    | const  | First     | First                   |
