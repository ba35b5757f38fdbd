Feature: References between Python files

  Rule: A reference is read from the statement itself, never from a string or a comment

    Scenario Outline: How statements spell references
      Given a source "pkg/a.py" of "<source>"
      When it is extracted
      Then it refers to "<references>"

      Examples:
        | source                                              | references              |
        | import os, numpy.linalg as la                       | os \| numpy.linalg      |
        | from pkg.core import Basic as B, S                  | pkg.core:Basic,S        |
        | from . import x                                     | .:x                     |
        | from .import x                                      | .:x                     |
        | from ..core.add import *                            | ..core.add:*            |
        | from a import (b,  # one\n    c as d,\n)             | a:b,c                   |
        | from a import b, \\n    c                           | a:b,c                   |
        | from a import \\n    b                              | a:b                     |
        | from a \\n    import b                              | a:b                     |
        | import a; import b                                  | a \| b                  |
        | x = 1; from a import b                              | a:b                     |
        | try: import a\nexcept ImportError: import b         | a \| b                  |
        | if TYPE_CHECKING:\n    from a import b              | a:b                     |
        | def f():\n    from a import b                       | a:b                     |
        | m = importlib.import_module("a.b")                  | a.b                     |
        | m = __import__('a.b')                               | a.b                     |
        | m = import_module(name)                             | nothing                 |
        | cimport a                                           | a                       |
        | """\nimport a\n"""\nimport b                        | b                       |
        | '''\nimport a\n'''\nimport b                        | b                       |
        | x = '"""'\nimport b                                 | b                       |
        | """One.\n\n>>> import a\n"""\nimport b              | b                       |
        | x = "a: import b"                                   | nothing                 |
        | # import a\nimport b  # import c                    | b                       |
        | y = "import a"                                      | nothing                 |
        | important = 1\nimport_a = 2                         | nothing                 |
        | import a\nfrom a import b\nimport a                 | a \| a:b                |
        | from .a import\nfrom .b import c                    | .a: \| .b:c             |
        | x = '''a\n\''' b\n'''\nfrom .c import d     | .c:d                    |

    Scenario Outline: What bytes a file may hold
      Given a source "a.py" of the bytes "<bytes>"
      When it is extracted
      Then it refers to "<references>"

      Examples:
        | bytes                                 | references |
        | \xef\xbb\xbfimport a\nimport b        | a \| b     |
        | import a\r\nfrom b import (c,\r\n d)  | a \| b:c,d |
        | import a\rimport b\r                  | a \| b     |
        | # \xe9\nimport a                      | a          |
        | \x0cimport a                          | a          |

    @property
    Scenario: The byte search agrees with Python's own parser
      When import statements are written in every order, place and layout
      Then the references are those that the parser sees

  Rule: A file that certainly does not parse is reported, and its references are kept

    Scenario Outline: Certain at first sight
      Given a source "a.py" of the bytes "<bytes>"
      When it is extracted
      Then the problem is "<problem>"

      Examples:
        | bytes                                          | problem                        |
        | import a\n\x00                                 | holds NUL bytes: no UTF-8 text |
        | \xff\xfei\x00m\x00                             | holds NUL bytes: no UTF-8 text |
        | import a\nx = "\xe9"                           | line 2: not UTF-8              |
        | """One."""\nx = """\nimport a\n                | line 2: string without end     |

    Scenario: An encoding that is declared is believed
      Given a source "a.py" of the bytes "# -*- coding: latin-1 -*-\nx = '\xe9'"
      When it is extracted
      Then there is no problem

    Scenario Outline: What the parser says of a small file
      Given a source "a.py" of "<source>"
      When it is extracted
      Then the problem is in line <line>

      Examples:
        | source               | line |
        | def broken(:         | 1    |
        | x = 1\ny = (1,\n     | 2    |
        | x = 1\nprint "hello" | 2    |
        | x = = 1              | 1    |
        | x = 'a               | 1    |

    Scenario: A file with an open bracket meets the parser
      Given a python file of 200 lines that ends with "x = (1,"
      When it is extracted
      Then the problem is in line 200

    Scenario: A large file is shown to the parser only when it looks broken
      Given a python file of 5,000 lines that ends with "except ValueError, error: pass"
      When it is outlined
      Then the problem is in line 5000

    Scenario: Deep nesting is no crash
      Given a python file with 5,000 nested parentheses
      When it is outlined
      Then the problem is in line 1

    Scenario: What is too much for the parser is no crash
      Given a python file with 60,000 minus signs and an open bracket
      When it is outlined
      Then the problem is "too much for the parser: MemoryError"

    Scenario: A file of a megabyte never meets the parser
      Given a python file of 200,000 lines that ends with "x = (1,"
      When it is outlined
      Then there is no problem

    Scenario Outline: An outline repeats what was certain at first sight
      Given a source "a.py" of the bytes "<bytes>"
      When it is outlined
      Then the problem is "<problem>"

      Examples:
        | bytes                | problem                        |
        | import a\n\x00       | holds NUL bytes: no UTF-8 text |
        | import a\nx = "\xe9" | line 2: not UTF-8              |

    Scenario: A file that parses has no problem, whatever its brackets say
      Given a source "a.py" of "def smile(): # :-)\n    return ':-('"
      When it is outlined
      Then there is no problem

  Rule: A name resolves to the module, or to the package together with the file from which it re-exports the name

    Scenario: Modules, packages and relative names
      Given the source files
        | path               | text                                         |
        | pkg/__init__.py    |                                              |
        | pkg/a.py           | from . import b\nfrom .sub import deep       |
        | pkg/b.py           | import pkg.sub.deep                          |
        | pkg/sub/__init__.py |                                             |
        | pkg/sub/deep.py    | from ..a import f\nfrom ... import nothing   |
      When their references are followed
      Then the references between the files are
        | from            | to              |
        | pkg/a.py        | pkg/b.py        |
        | pkg/a.py        | pkg/sub/deep.py |
        | pkg/b.py        | pkg/sub/deep.py |
        | pkg/sub/deep.py | pkg/a.py        |

    Scenario: A re-exported name leads through any number of packages
      Given the source files
        | path                  | text                                 |
        | pkg/__init__.py       | from .core import Basic as Root      |
        | pkg/core/__init__.py  | from .basic import *                 |
        | pkg/core/basic.py     | __all__ = ["Basic"]                  |
        | use.py                | from pkg import Root                 |
      When their references are followed
      Then the references between the files are
        | from                 | to                   |
        | pkg/__init__.py      | pkg/core/__init__.py |
        | pkg/__init__.py      | pkg/core/basic.py    |
        | pkg/core/__init__.py | pkg/core/basic.py    |
        | use.py               | pkg/__init__.py      |
        | use.py               | pkg/core/basic.py    |

    Scenario: Of several stars the one that has the name counts
      Given the source files
        | path            | text                                      |
        | pkg/__init__.py | from .a import *\nfrom .b import *         |
        | pkg/a.py        | __all__ = ["x"]                           |
        | pkg/b.py        | __all__ = ("y",)                          |
        | use.py          | from pkg import x                         |
      When their references are followed
      Then the references between the files are
        | from            | to              |
        | pkg/__init__.py | pkg/a.py        |
        | pkg/__init__.py | pkg/b.py        |
        | use.py          | pkg/__init__.py |
        | use.py          | pkg/a.py        |

    Scenario: A single star leads on even where the module lists no names
      Given the source files
        | path            | text                                          |
        | pkg/__init__.py | from .a import *\nfrom .b import own           |
        | pkg/a.py        | def x(): pass                                 |
        | pkg/b.py        | __all__ = ["own"]\ndef own(): pass             |
        | use.py          | from pkg import x, own, b                     |
      When their references are followed
      Then the references between the files are
        | from            | to                                     |
        | pkg/__init__.py | pkg/a.py pkg/b.py                      |
        | use.py          | pkg/__init__.py pkg/a.py pkg/b.py      |

    Scenario: Packages that re-export each other come to an end
      Given the source files
        | path          | text                |
        | a/__init__.py | from b import x     |
        | b/__init__.py | from a import x     |
        | use.py        | from a import x     |
      When their references are followed
      Then the references between the files are
        | from          | to            |
        | a/__init__.py | b/__init__.py |
        | b/__init__.py | a/__init__.py |
        | use.py        | a/__init__.py |
        | use.py        | b/__init__.py |

    Scenario: Dots beyond the top, modules that are gone, a name that is both taken and made
      Given the source files
        | path              | text                                                               |
        | top.py            | from ...far import x                                               |
        | pkg/__init__.py   | from .gone import A\nfrom .lost import *\nfrom .fast import B\n__all__ = ["B"] |
        | pkg/fast.py       | def B(): pass                                                      |
        | pkg/fast.pyi      |                                                                    |
        | user.py           | from pkg import A, B, C                                            |
        | json/data.py      |                                                                    |
        | other.py          | import json\nfrom pkg import B                                     |
      When their references are followed
      Then the references between the files are
        | from            | to                          |
        | pkg/__init__.py | pkg/fast.py                 |
        | user.py         | pkg/__init__.py pkg/fast.py |
        | other.py        | pkg/__init__.py pkg/fast.py |

    Scenario: Several roots in one repository, each nearest to its users
      Given the source files
        | path                     | text                 |
        | one/src/pkg/__init__.py  |                      |
        | one/src/pkg/a.py         |                      |
        | one/tests/test_a.py      | import pkg.a\nimport helpers |
        | one/tests/helpers.py     |                      |
        | two/src/pkg/__init__.py  |                      |
        | two/src/pkg/a.py         |                      |
        | two/tests/test_a.py      | from pkg import a    |
      When their references are followed
      Then the references between the files are
        | from                | to                   |
        | one/tests/test_a.py | one/src/pkg/a.py     |
        | one/tests/test_a.py | one/tests/helpers.py |
        | two/tests/test_a.py | two/src/pkg/a.py     |

    Scenario: Namespace packages, stubs and Cython
      Given the source files
        | path                          | text                                      |
        | src/google/cloud/a/__init__.py |                                          |
        | src/google/cloud/b/c.py       | import google.cloud.a\nfrom d import e    |
        | src/d/__init__.pyi            |                                           |
        | src/d/e.pyx                   | from d cimport f                          |
        | src/d/f.pxd                   |                                           |
      When their references are followed
      Then the references between the files are
        | from                    | to                             |
        | src/d/e.pyx             | src/d/f.pxd                    |
        | src/google/cloud/b/c.py | src/d/e.pyx                    |
        | src/google/cloud/b/c.py | src/google/cloud/a/__init__.py |

  Rule: What is not in the repository is a package from outside, unless it is Python's own

    Scenario: Third-party and standard packages
      Given the source files
        | path            | text                                                         |
        | pkg/__init__.py |                                                              |
        | pkg/a.py        | import os.path, numpy.linalg\nfrom yaml import load\nimport pkg._c |
      When their references are followed
      Then the packages from outside are
        | file | packages |
        | pkg/a.py | numpy yaml |

    Scenario: A file named like a standard module does not take its place
      Given the source files
        | path          | text                        |
        | app/email.py  |                             |
        | app/send.py   | import email                |
      When their references are followed
      Then no file refers to another

    Scenario: The standard library's own repository refers to itself
      Given the source files
        | path              | text                       |
        | Lib/abc.py        |                            |
        | Lib/ast.py        |                            |
        | Lib/base64.py     |                            |
        | Lib/bisect.py     |                            |
        | Lib/calendar.py   |                            |
        | Lib/cmd.py        |                            |
        | Lib/code.py       |                            |
        | Lib/copy.py       |                            |
        | Lib/csv.py        |                            |
        | Lib/json/__init__.py |                         |
        | Lib/json/tool.py  | import abc                 |
        | Tools/x.py        | import csv                 |
      When their references are followed
      Then the references between the files are
        | from             | to         |
        | Lib/json/tool.py | Lib/abc.py |
        | Tools/x.py       | Lib/csv.py |

    Scenario: A script in another directory is no module
      Given the source files
        | path          | text                    |
        | one/docker.py |                         |
        | two/run.py    | import docker, helpers  |
        | two/helpers.py |                        |
      When their references are followed
      Then the references between the files are
        | from       | to             |
        | two/run.py | two/helpers.py |
      And the packages from outside are
        | file       | packages |
        | two/run.py | docker   |

    Scenario: A package for tests only is not seen from elsewhere
      Given the source files
        | path                             | text          |
        | tests/fixtures/yaml/__init__.py  |               |
        | app.py                           | import yaml   |
      When their references are followed
      Then the packages from outside are
        | file | packages |
        | app.py | yaml |

  Rule: An outline says what a reader must know before opening the file

    Scenario: Documentation and public definitions
      Given the source file "a.py"
        """
        # A licence.
        '''Adds numbers. And more.'''

        class Sum(Base[int],
                  metaclass=Meta):
            '''A sum: of terms.

            Its details.
            '''

            def __init__(self, a: int = len("):"), *, b: "x" = {1: 2}) -> None: ...

            def _hidden(self): pass

            async def total(self) -> dict[str, int]:
                '''All of it'''
                def inner(): pass

        def _private(): pass

        def add(a, b):
            x = '''
        def not_one(): pass
        '''
        """
      When it is outlined
      Then it says "Adds numbers."
      And it defines
        | line | kind     | name         | signature                                                               | doc              |
        | 4    | class    | Sum          | class Sum(Base[int], metaclass=Meta)                                    | A sum: of terms. |
        | 11   | method   | Sum.__init__ | def __init__(self, a: int = len("):"), *, b: "x" = {1: 2}) -> None      |                  |
        | 15   | method   | Sum.total    | async def total(self) -> dict[str, int]                                 | All of it        |
        | 21   | function | add          | def add(a, b)                                                           |                  |

    Scenario: A list of public names decides what is public
      Given a source "a.py" of "__all__ = ['_f']\ndef _f(): pass\ndef g(): pass"
      When it is outlined
      Then it defines
        | name |
        | _f   |
