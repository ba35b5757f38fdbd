Feature: References between PHP files

  Rule: A name is completed by the namespace and the imports of its file

    Scenario: Imports, aliases, groups, the own namespace, full names
      Given the source file "a.php"
        """
        <p>Outside of Php</p>
        <?php
        namespace App\Mail;

        use Lib\Log;
        use Lib\Http\{Client, Server as Web, function get};
        use function Lib\send;
        use const Lib\PORT;
        // use Lib\Not;

        #[Attribute]
        final class Mailer extends Base implements \Stringable
        {
            use Sends;

            public function __construct(private Log $log, Client\Option $o, namespace\Own $x, self $y) {
                new \Lib\Direct('Quoted', "Quoted"); Web::start(PHP_EOL, \strlen(1)); $Variable->run();
                $text = <<<EOT
                Heredoc
                EOT;
            }
        }
        ?>
        <b>Outside</b>
        """
      When it is extracted
      Then it declares "App\Mail\Mailer"
      And it refers to these
        | reference              |
        | Lib\Log                |
        | Lib\Http\Client        |
        | Lib\Http\Server        |
        | Lib\Http\get()         |
        | Lib\send()             |
        | App\Mail\Attribute     |
        | App\Mail\Base          |
        | App\Mail\Own           |
        | App\Mail\Sends         |
        | Lib\Direct             |
        | Lib\Http\Client\Option |
        | Stringable             |

    Scenario: Without a namespace, functions and included files count
      Given the source file "a.php"
        """
        <?php
        require_once __DIR__ . '/b.php';
        include dirname( __FILE__ ) . '/c.php';
        require ABSPATH . WPINC . '/d.php';
        include 'e.php'; // include 'f.php';
        $x = array( 'include' => 'g.php' );
        function own( $y ) { return helper( $y )->method( 1 ); }
        class Thing { function method() { return new wpdb(); } }
        """
      When it is extracted
      Then it declares "Thing | own()"
      And it refers to these
        | reference    |
        | dirname()    |
        | helper()     |
        | wpdb         |
        | file ./b.php |
        | file */d.php |
        | file ./c.php |
        | file e.php   |

  Rule: A name means the file that declares it, else the one where Composer would look

    Scenario: By declaration, by PSR-4, and the nearest of two
      Given the source files
        | path                | text                                                                            |
        | composer.json       | {"autoload": {"psr-4": {"App\\": "src/", "Lib\\": ["lib"]}}}                    |
        | src/User.php        | <?php namespace App; class User extends Model { }                                |
        | src/Model.php       | <?php namespace App; abstract class Model {}                                     |
        | lib/Odd/Name.php    | <?php /* nothing that is found */                                                |
        | src/Use.php         | <?php namespace App; new user(); new \Lib\Odd\Name; new Fixture;                |
        | src/Fixture.php     | <?php namespace App; class Fixture {}                                            |
        | tests/x/Fixture.php | <?php namespace App; class Fixture {}                                            |
      When their references are followed
      Then the references between the files are
        | from         | to                                            |
        | src/User.php | src/Model.php                                 |
        | src/Use.php  | src/User.php lib/Odd/Name.php src/Fixture.php |

    Scenario: Rules that are no rules, files that are not there, lists with a comma at their end
      Given the source files
        | path          | text                                                                        |
        | composer.json | {"autoload": {"psr-4": {"App\\\\": ["lib/", 7], "": "rest/"}}}              |
        | lib/A.php     | <?php\nnamespace Other;\nclass A {\n    function go() {}\n}                 |
        | rest/go.php   | <?php\nfunction far() {}                                                    |
        | u/one.php     | <?php\nuse App\\{A, };\nuse App\\Gone;\ngo();                               |
        | u/two.php     | <?php\nuse App\\A;\nfar();                                                  |
        | u/twin.php    | <?php\nuse App\\A;\nfar();                                                  |
      When their references are followed
      Then the references between the files are
        | from      | to          |
        | u/one.php | lib/A.php   |
        | u/two.php | lib/A.php rest/go.php |
        | u/twin.php | lib/A.php rest/go.php |

    Scenario: Included files, beside or below a directory above
      Given the source files
        | path              | text                                                             |
        | wp/load.php       | <?php require ABSPATH . 'wp/inc/a.php'; include 'b.php'; require $dir . '/deep/c.php'; |
        | wp/b.php          | <?php function one() {}                                           |
        | wp/inc/a.php      | <?php one(); require __DIR__ . '/../../../outside.php'; include $path . 'nowhere.php'; |
        | wp/inc/deep/c.php | <?php                                                             |
      When their references are followed
      Then the references between the files are
        | from         | to                                      |
        | wp/load.php  | wp/inc/a.php wp/b.php wp/inc/deep/c.php |
        | wp/inc/a.php | wp/b.php                                |

    Scenario: Packages from outside
      Given the source files
        | path  | text                                                                              |
        | a.php | <?php namespace App; use Psr\Log\LoggerInterface; use Exception; class A extends \Twig\Node {} |
      When their references are followed
      Then the packages from outside are
        | file  | packages |
        | a.php | Psr Twig |

  Rule: A manifest that cannot be read is reported

    Scenario Outline: Broken manifests
      Given a source "composer.json" of "<source>"
      When it is extracted
      Then the problem is "<problem>"

      Examples:
        | source     | problem                                            |
        | {"name":   | no JSON: Expecting value: line 1 column 9 (char 8) |
        | []         | no JSON object                                     |

  Rule: An outline says what a reader must know before opening the file

    Scenario: Documentation and public definitions
      Given the source file "a.php"
        """
        <?php
        /**
         * Sends mail. Retries.
         *
         * @package App
         */

        namespace App;

        /**
         * A mailer:
         * it sends.
         */
        abstract class Mailer implements Sender
        {
            /** Sends it. */
            public static function send(
                string $to = "function x(",
                array $options = ['a' => 1],
            ): ?Result {
                $f = function ($x) { return $x; };
            }

            private function hidden() {}

            abstract protected function also();
        }

        function helper(int $a): int { return $a; }
        """
      When it is outlined
      Then it says "Sends mail."
      And it defines
        | line | kind     | name         | signature                                                                                          | doc                 |
        | 14   | class    | Mailer       | abstract class Mailer implements Sender                                                             | A mailer: it sends. |
        | 17   | method   | Mailer::send | public static function send(string $to = "function x(", array $options = ['a' => 1]): ?Result       | Sends it.           |
        | 29   | function | helper       | function helper(int $a): int                                                                        |                     |
