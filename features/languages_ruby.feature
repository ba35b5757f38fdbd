Feature: References between Ruby files

  Rule: A required path means the file beside, or the one on the nearest load path

    Scenario Outline: How statements spell references
      Given a source "a.rb" of "<source>"
      When it is extracted
      Then it refers to "<references>"

      Examples:
        | source                                     | references                 |
        | require 'a/b'                              | require a/b                |
        | require_relative "../a"                    | relative ../a              |
        | require_dependency('a')                    | require a                  |
        | load "a.rb"                                | require a.rb               |
        | autoload :Foo, "a/foo"                     | require a/foo \| Foo       |
        | # require 'a'                              | nothing                    |
        | require "#{dir}/a"                         | nothing                    |
        | x.require 'a'; prerequire 'b'              | nothing                    |
        | class A < Foo::B; Bar.new(Baz::C.call); end | Bar \| Baz::C \| Foo::B  |
        | x = "Foo #{Bar} baz" # Qux                 | Bar                        |
        | has_many :posts, class_name: "::Blog::Post" | Blog::Post                |
        | =begin\nFoo\n=end\nBar                     | Bar                        |
        | Foo\n__END__\nBar                          | Foo                        |
        | :Foo; { Bar: 1 }; String; MAX_SIZE         | Bar                        |

    Scenario: Beside, on the own library's path, on another's
      Given the source files
        | path                | text                                                              |
        | one/lib/one.rb      | require 'one/a'\nrequire_relative 'one/b'\nrequire 'two'           |
        | one/lib/one/a.rb    |                                                                   |
        | one/lib/one/b.rb    |                                                                   |
        | two/lib/two.rb      | require 'helper'                                                  |
        | two/lib/helper.rb   |                                                                   |
        | one/lib/helper.rb   |                                                                   |
        | one/test/a_test.rb  | require 'helper'\nrequire_relative '../../../outside'              |
      When their references are followed
      Then the references between the files are
        | from               | to                                                |
        | one/lib/one.rb     | one/lib/one/a.rb one/lib/one/b.rb two/lib/two.rb  |
        | two/lib/two.rb     | two/lib/helper.rb                                 |
        | one/test/a_test.rb | one/lib/helper.rb                                 |

    Scenario: Gems and the standard library
      Given the source files
        | path | text                                                        |
        | a.rb | require 'rack/test'\nrequire 'json'\nrequire 'rubocop-ast'   |
      When their references are followed
      Then the packages from outside are
        | file | packages         |
        | a.rb | rack rubocop-ast |

  Rule: A constant means the file that opens it, looked up from the innermost module outward

    Scenario: The inner module hides the outer one
      Given the source files
        | path            | text                                                                      |
        | lib/a.rb        | module A\n  class Base\n  end\nend                                         |
        | lib/a/b.rb      | module A\n  module B\n    class Base\n    end\n  end\nend                  |
        | lib/a/b/c.rb    | module A\n  module B\n    class C < Base\n      X = A::Base\n    end\n  end\nend |
        | base.rb         | class Base\nend                                                           |
        | lib/d.rb        | class D < Base\nend                                                       |
      When their references are followed
      Then the references between the files are
        | from         | to                 |
        | lib/a/b/c.rb | lib/a.rb lib/a/b.rb |
        | lib/d.rb     | base.rb            |

    Scenario: Of many files that open a module, the one that is called so is meant
      Given the source files
        | path                    | text                                      |
        | app/models/user.rb      | class User\nend                           |
        | lib/ext/one.rb          | class User\n  def one; end\nend           |
        | lib/html_tag.rb         | class HTMLTag\nend                        |
        | lib/ext/two.rb          | class HTMLTag\nend                        |
        | test/user_test.rb       | class User\nend\nUserTest = Class.new     |
        | lib/kinds.rb            | class Kind\nend                            |
        | test/kinds_test.rb      | class Kind\nend                            |
        | app/models/post.rb      | class Post\n  belongs_to User, HTMLTag, Kind\nend |
      When their references are followed
      Then the references between the files are
        | from               | to                                              |
        | app/models/post.rb | app/models/user.rb lib/html_tag.rb lib/kinds.rb |

    Scenario: A namespace that many files open means none of them
      Given the source files
        | path | text                                  |
        | a.rb | module Deep\n  class A\n  end\nend    |
        | b.rb | module Deep\n  class B\n  end\nend    |
        | c.rb | module Deep\n  class C\n  end\nend    |
        | d.rb | module Deep\n  class D\n  end\nend    |
        | e.rb | include Deep; Deep::Unknown.new; Deep::A |
      When their references are followed
      Then the references between the files are
        | from | to   |
        | e.rb | a.rb |

    Scenario: A gem's module that is reopened does not hold the gem's classes
      Given the source files
        | path             | text                                                   |
        | lib/ours.rb      | module Geo\n  X = 1\nend                               |
        | lib/patches.rb   | module ActiveRecord\n  class Base\n  end\nend          |
        | lib/other.rb     | class Other < ActiveRecord::Base\n  Geo::Point.new\nend |
      When their references are followed
      Then no file refers to another
      And the packages from outside are
        | file         | packages     |
        | lib/other.rb | activerecord |

    Scenario: An autoload without a path, or in a comment, requires nothing
      Given a source "a.rb" of "autoload :Near\n# autoload :Far, 'far'\nautoload :Here, 'here'"
      When it is extracted
      Then it refers to "require here | Far | Here | Near"

    Scenario: A constant that nobody opens, asked for twice
      Given the source files
        | path | text          |
        | a.rb | Nobody.call   |
        | b.rb | Nobody.call   |
      When their references are followed
      Then no file refers to another
      And no package from outside is needed

    Scenario: Modules that are nested deeper than anybody nests
      Given the source file "deep.rb"
        """
        module A
         module B
          module C
           module D
            module E
             module F
              module G
               module H
                module I
                 module J
                  module K
                   module L
                    module M
                    end
                   end
                  end
                 end
                end
               end
              end
             end
            end
           end
          end
         end
        end
        """
      When it is extracted
      Then it declares nothing below "A::B::C::D::E::F::G::H::I::J::K::L"
      And the last that its outline defines is "A::B::C::D::E::F::G::H::I::J::K::L"

  Rule: An outline says what a reader must know before opening the file

    Scenario: Documentation and public definitions
      Given the source file "a.rb"
        """
        # frozen_string_literal: true

        # Talks to the server. Retries.

        require 'x'

        module Net
          # A client:
          # it sends.
          class Client < Base
            def initialize(host, port: 80) # the port
            end

            # Sends +body+.
            #
            # At once.
            def send!(body,
                      now = "def x")
              def inner; end
            end

            def self.open(*) = new

            def hidden # :nodoc:
            end

            private

            def secret; end
          end

          def helper; end
        end
        """
      When it is outlined
      Then it says "Talks to the server."
      And it defines
        | line | kind   | name                    | signature                             | doc                 |
        | 7    | module | Net                     | module Net                            |                     |
        | 10   | class  | Net::Client             | class Client < Base                   | A client: it sends. |
        | 11   | method | Net::Client#initialize  | def initialize(host, port: 80)        |                     |
        | 17   | method | Net::Client#send!       | def send!(body, now = "def x")        | Sends +body+.       |
        | 22   | method | Net::Client.open        | def self.open(*) = new                |                     |
        | 32   | method | Net#helper              | def helper                            |                     |
