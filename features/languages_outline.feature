Feature: A file's documentation and public definitions, read without opening it

  Rule: A definition has its line, its whole signature and the first sentence of its documentation

    Scenario: C: functions with linkage, types, and macros of a header
      Given the source file "pool.h"
        """
        /* SPDX-License-Identifier: GPL-2.0 */
        /*
         * lib/pool.h
         *
         * A pool of things. It grows.
         */
        #ifndef POOL_H
        /** struct pool - all of it. */
        struct pool {
            int size;
        };
        typedef struct pool *pool_t;
        #define POOL_OF(p) ((p)->size)

        /* Not about it. */

        int count_of(struct pool *);

        // Takes one. Never fails.
        int pool_take(struct pool *p,
                      void (*done)(int));
        static inline int pool_size(void) { return 1; }
        extern int count;
        int x = take(1);
        """
      When it is outlined
      Then it says "A pool of things."
      And it defines
        | line | kind     | name      | signature                                                | doc                       |
        | 9    | struct   | pool      | struct pool                                              | struct pool - all of it. |
        | 12   | type     | pool_t    | typedef struct pool *pool_t;                             |                           |
        | 13   | macro    | POOL_OF   | #define POOL_OF(p)                                       |                           |
        | 17   | function | count_of  | int count_of(struct pool *)                              |                           |
        | 20   | function | pool_take | int pool_take(struct pool *p, void (*done)(int))         | Takes one.                |
        | 22   | function | pool_size | static inline int pool_size(void)                        |                           |

    Scenario: C: what is static in a source file is nobody's business
      Given the source file "pool.c"
        """
        #include "pool.h"

        static int grow(struct pool *p)
        {
            return 1;
        }

        int
        pool_take (struct pool *p)
        {
            return grow(p);
        }
        """
      When it is outlined
      Then it says nothing
      And it defines
        | line | kind     | name      | signature                       |
        | 8    | function | pool_take | int pool_take (struct pool *p) |

    Scenario: C: what is commented out is not there
      Given the source file "pool.c"
        """
        #include "pool.h"
        /*
        int take(int old);
        struct old {
        */
        int give(int a);
        """
      When it is outlined
      Then it defines
        | line | kind     | name | signature       |
        | 6    | function | give | int give(int a) |

    Scenario: C: comments and strings do not end a signature
      Given the source file "pool.c"
        """
        extern "C" int give(int a, /* never 0; or { */ int b);

        int keep(const char *why /* as in ":-(" */)
        /* K&R; */
        {
            return '{';
        }
        """
      When it is outlined
      Then it says nothing
      And it defines
        | line | kind     | name | signature                                                |
        | 1    | function | give | extern "C" int give(int a, /* never 0; or { */ int b) |
        | 3    | function | keep | int keep(const char *why /* as in ":-(" */)           |

    Scenario: C: a comment that follows code leaves what stands below it alone
      Given the source file "pool.c"
        """
        int first(void); /* done */
        int second(void); // not /* a comment
        """
      When it is outlined
      Then it defines
        | line | kind     | name   | signature        |
        | 1    | function | first  | int first(void)  |
        | 2    | function | second | int second(void) |

    Scenario: Java: what is public or protected, and all of an interface
      Given the source file "Shop.java"
        """
        /*
         * Licensed to the Foundation under one or more agreements.
         */
        package a;

        import java.util.List;

        /**
         * Sells {@link Thing}s. Opens at nine.
         * @since 1.0
         */
        @Open(at = "nine")
        public final class Shop<T extends Thing> implements Place {
            private int money;
            public static final int MAX = 3;

            /** Sells one. */
            @Override
            public <R> List<R> sell(T thing,
                                    int price) throws Closed {
                return null;
            }

            void inner() {}
        }
        interface Place {
            int size();
            default void open(String s) { s.trim(); }
        }
        """
      When it is outlined
      Then it says "Sells Things."
      And it defines
        | line | kind      | name  | signature                                                        | doc           |
        | 13   | class     | Shop  | public final class Shop<T extends Thing> implements Place        | Sells Things. |
        | 15   | field     | MAX   | public static final int MAX                                      |               |
        | 19   | method    | sell  | public <R> List<R> sell(T thing, int price) throws Closed        | Sells one.    |
        | 24   | method    | inner | void inner()                                                     |               |
        | 26   | interface | Place | interface Place                                                  |               |
        | 27   | method    | size  | int size()                                                       |               |
        | 28   | method    | open  | default void open(String s)                                      |               |

    Scenario: Kotlin: what is not private, at the top level and in types
      Given the source file "shop.kt"
        """
        package a

        /** Sells things. */
        class Shop(
          val name: String = "a",
        ) : Place {
          val size: Int get() = 1
          override fun open() {}
          private fun count() = 2
          fun `sell it`(thing: Thing) {
            val local = 1
          }
        }

        /** Doubles. */
        suspend fun <T> List<T>.doubled(): List<T> = this + this
        internal val hidden = 1
        typealias Shops = List<Shop>
        """
      When it is outlined
      Then it says "Sells things."
      And it defines
        | line | kind      | name    | signature                                   | doc           |
        | 4    | class     | Shop    | class Shop(val name: String = "a") : Place | Sells things. |
        | 7    | val       | size    | val size: Int get()                         |               |
        | 10   | fun       | sell it | fun `sell it`(thing: Thing)                 |               |
        | 16   | fun       | doubled | suspend fun <T> List<T>.doubled(): List<T>  | Doubles.      |
        | 18   | typealias | Shops   | typealias Shops                             |               |

    Scenario: Go: what is exported
      Given the source file "shop.go"
        """
        // Copyright 2020 The Authors
        // Licensed under the MIT license.

        //go:build linux

        // Package shop sells things. Slowly.
        package shop

        // Shop is open.
        type Shop struct {
        	Size int
        }

        // Sell sells one.
        func (s *Shop) Sell(ctx context.Context, n map[string]int) (int, error) {
        	return 0, nil
        }

        func New() *Shop { return nil }

        func hidden() {}

        const (
        	// Max is the most.
        	Max int = 3
        	min     = 1
        )
        """
      When it is outlined
      Then it says "Package shop sells things."
      And it defines
        | line | kind   | name      | signature                                                              | doc              |
        | 10   | type   | Shop      | type Shop struct                                                       | Shop is open.    |
        | 15   | method | Shop.Sell | func (s *Shop) Sell(ctx context.Context, n map[string]int) (int, error) | Sell sells one.  |
        | 19   | func   | New       | func New() *Shop                                                       |                  |
        | 25   | const  | Max       | Max int                                                                | Max is the most. |

    Scenario: Rust: what is public, and the methods of public traits
      Given the source file "shop.rs"
        """
        //! Sells things.
        //! And more.

        /// A shop. It has a size.
        #[derive(Debug)]
        pub struct Shop<T = u8> {
            size: T,
        }

        impl<T> Shop<T> {
            /// Opens.
            pub async fn open(&self, at: &'static str) -> Result<(), Error> {
                Ok(())
            }
            fn hidden() {}
            pub(crate) fn half() {}
        }

        pub trait Place {
            fn size(&self) -> usize;
        }

        pub const MAX: usize = 3;
        mod inner;
        """
      When it is outlined
      Then it says "Sells things."
      And it defines
        | line | kind   | name        | signature                                                               | doc     |
        | 6    | struct | Shop        | pub struct Shop<T = u8>                                                 | A shop. |
        | 12   | fn     | Shop::open  | pub async fn open(&self, at: &'static str) -> Result<(), Error>         | Opens.  |
        | 19   | trait  | Place       | pub trait Place                                                         |         |
        | 20   | fn     | Place::size | fn size(&self) -> usize                                                 |         |
        | 23   | const  | MAX         | pub const MAX: usize                                                    |         |

    Scenario: C#: what is not private, and all of an interface
      Given the source file "Shop.cs"
        """
        using System;

        namespace A
        {
            /// <summary>
            /// Sells <see cref="Thing"/> things. Slowly.
            /// </summary>
            [Serializable]
            public sealed class Shop : IPlace
            {
                private int money;
                public int Size { get; set; }
                public Task<T> Sell<T>(T thing, string s = "a") where T : class => null;
            }

            interface IPlace
            {
                int Size { get; }
                void Open(int at);
            }
        }
        """
      When it is outlined
      Then it says "Sells Thing things."
      And it defines
        | line | kind   | name | signature                                                  | doc                 |
        | 9    | class  | Shop | public sealed class Shop : IPlace                          | Sells Thing things. |
        | 12   | field  | Size | public int Size                                            |                     |
        | 13   | method | Sell | public Task<T> Sell<T>(T thing, string s = "a") where T : class |                |
        | 19   | method | Open | void Open(int at)                                          |                     |

    Scenario: C#: what is said of a directive is not said of the file
      Given the source file "Bodies.cs"
        """
        #pragma warning disable CA1002 // Do not expose generic lists

        namespace A
        {
            /// <summary>The bodies of a list.</summary>
            public class Bodies
            {
            }
        }
        """
      When it is outlined
      Then it says "The bodies of a list."

    Scenario: Scala: what is not private
      Given the source file "Shop.scala"
        """
        package a

        /** Sells things. */
        case class Shop(name: String) extends Place {
          private val money = 1
          override def open(): Unit = ()
          /** Sells. */
          def sell[T](thing: T)(implicit at: Clock): Option[T] = None
        }
        """
      When it is outlined
      Then it says "Sells things."
      And it defines
        | line | kind  | name | signature                                              | doc           |
        | 4    | class | Shop | case class Shop(name: String) extends Place            | Sells things. |
        | 8    | def   | sell | def sell[T](thing: T)(implicit at: Clock): Option[T]   | Sells.        |

    Scenario: Kotlin: a function without a name of its own is left out
      Given the source file "a.kt"
        """
        package p
        fun <T> (() -> T).twice() {}
        fun named() {}
        """
      When it is outlined
      Then it defines
        | line | kind | name  | signature   |
        | 3    | fun  | named | fun named() |

    Scenario: A wall of annotations hides what stands above it
      Given a source "A.java" of "// Said far above.\n@A\n@A\n@A\n@A\n@A\n@A\n@A\n@A\n@A\n@A\n@A\n@A\n@A\npublic class B {}"
      When it is outlined
      Then it defines
        | kind  | name | doc |
        | class | B    |     |

  Rule: What documents a file is said before its code, and is no licence and no list of authors

    Scenario Outline: <case>
      Given a source "tool.c" of "<text>"
      When it is outlined
      Then it says "<doc>"

      Examples:
        | case                             | text                                                     | doc         |
        | after the licence                | /* Copyright (c) 2020 A */\n/* A tool. */\n\nint a(int); | A tool.     |
        | with a mode line and its name    | /* -*- linux-c -*-\n * File: a.c - a tool.\n */\n\nint x; | a tool. |
        | that names another file          | /* Based on: b.c */\n\nint x; | Based on: b.c |
        | after its own name               | /* tool.c - a tool. */\n\nint x;                         | a tool.     |
        | lines                            | // A tool\n// for all.\n\nint x;                         | A tool for all. |
        | a definition called like the file | int x;\n/** A tool. */\nstruct tool {\n};\n              | A tool.     |

    Scenario Outline: What is called like the file speaks for it: <path>
      Given a source "<path>" of "<text>"
      When it is outlined
      Then it says "A tool."

      Examples:
        | path            | text                                                              |
        | tool_box.py     | import a\nclass ToolBox:\n    '''A tool.'''\n |
        | tool.service.ts | import a from "a"\n/** A tool. */\nexport class ToolService {}\n |
        | tool_box.rb     | module Shop\n  # A tool.\n  class ToolBox\n  end\nend\n       |
        | ToolBox.php     | <?php\nuse A;\n/** A tool. */\nclass ToolBox {}\n               |

    Scenario Outline: Rust: a crate speaks in <case>
      Given a source "lib.rs" of "<text>"
      When it is outlined
      Then it says "A tool."

      Examples:
        | case                     | text                                    |
        | lines                    | //! A tool.\n//! It grows.\n\nuse a; |
        | a block                  | /*!\nA tool.\n\n# Uses * and /\n*/\nuse a; |
        | a block without an end   | /*!\nA tool.\n                        |

    Scenario Outline: Nothing from <case>
      Given a source "tool.c" of "<text>"
      When it is outlined
      Then it says nothing

      Examples:
        | case | text |
        | a comment on the first function  | /* Goes. */\nint go(int x);                              |
        | a comment that follows the code  | int x;\n\n/* A tool. */\n\nint y;                        |
        | authors                          | /* Authors: A, B */\n\nint y;                            |
