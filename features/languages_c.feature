Feature: C and C++ files refer to each other by #include

  Rule: An include in quotes means the file beside, then the one found from some include root

    Scenario: The file beside the including one comes first
      Given the source files
        | path     | text            |
        | a/main.c | #include "x.h"  |
        | a/x.h    |                 |
        | b/x.h    |                 |
      When their references are followed
      Then the references between the files are
        | from     | to    |
        | a/main.c | a/x.h |

    Scenario: A path with dots is followed from the including file
      Given the source files
        | path         | text                    |
        | lib/io/a.c   | #include "../core/x.h"\n#include "../../../out.h" |
        | lib/core/x.h |                         |
        | core/x.h     |                         |
      When their references are followed
      Then the references between the files are
        | from       | to           |
        | lib/io/a.c | lib/core/x.h |

    Scenario: A file that is not beside is the one with the whole name under the nearest parent
      Given the source files
        | path           | text                  |
        | net/wifi/a.c   | #include "core/x.h"   |
        | net/core/x.h   |                       |
        | sound/core/x.h |                       |
        | net/core/y/x.h |                       |
      When their references are followed
      Then the references between the files are
        | from         | to           |
        | net/wifi/a.c | net/core/x.h |

    Scenario: A header that configure makes is found by its template
      Given the source files
        | path          | text                |
        | src/a.c       | #include "config.h" |
        | config.h.in   |                     |
      When their references are followed
      Then the references between the files are
        | from    | to          |
        | src/a.c | config.h.in |

  Rule: An include in angle brackets means the include root that serves the including folder

    Scenario: A root under a parent of the file wins over one further up
      Given the source files
        | path                       | text               |
        | tools/perf/a.c             | #include <sub/k.h> |
        | drivers/a.c                | #include <sub/k.h> |
        | include/sub/k.h            |                    |
        | tools/include/sub/k.h      |                    |
      When their references are followed
      Then the references between the files are
        | from           | to                    |
        | tools/perf/a.c | tools/include/sub/k.h |
        | drivers/a.c    | include/sub/k.h       |

    Scenario: A neighbour's private root does not win over the public one
      Given the source files
        | path                           | text               |
        | drivers/foo/a.c                | #include <sub/k.h> |
        | include/sub/k.h                |                    |
        | drivers/bar/include/sub/k.h    |                    |
      When their references are followed
      Then the references between the files are
        | from            | to              |
        | drivers/foo/a.c | include/sub/k.h |

    Scenario: Each architecture gets its own asm header, neutral code the generic one
      Given the source files
        | path                         | text              |
        | arch/arm/kernel/a.c          | #include <asm/io.h> |
        | kernel/a.c                   | #include <asm/io.h>\n#include <asm/only.h> |
        | include/asm-generic/only.h   |                   |
        | arch/arm/include/asm/io.h    |                   |
        | arch/mips/include/asm/io.h   |                   |
        | arch/s390/include/asm/io.h   |                   |
        | arch/x86/include/asm/io.h    |                   |
        | include/asm-generic/io.h     |                   |
      When their references are followed
      Then the references between the files are
        | from                | to                        |
        | arch/arm/kernel/a.c | arch/arm/include/asm/io.h |
        | kernel/a.c          | include/asm-generic/io.h include/asm-generic/only.h |

    Scenario: Two variants that fit equally are both meant, a crowd of them is not
      Given the source files
        | path           | text                                 |
        | app/a.c        | #include <plat.h>\n#include <many.h> |
        | linux/plat.h   |                                      |
        | windows/plat.h |                                      |
        | v1/many.h      |                                      |
        | v2/many.h      |                                      |
        | v3/many.h      |                                      |
        | v4/many.h      |                                      |
      When their references are followed
      Then the references between the files are
        | from    | to                          |
        | app/a.c | linux/plat.h windows/plat.h |

    Scenario: Of a crowd of headers of one name each folder's own is meant
      Given 60 folders that each hold
        | path   | text                                      |
        | util.h |                                           |
        | a.c    | #include "d3/util.h"\n#include "d4/util.h" |
      When their references are followed with a limit
      Then 120 references lead from file to file

    Scenario: Of the roots that serve one folder the nearest to it is meant
      Given the source files
        | path                | text             |
        | include/net.h       |                  |
        | include/uapi/net.h  |                  |
        | main.c              | #include <net.h> |
      When their references are followed
      Then the references between the files are
        | from   | to            |
        | main.c | include/net.h |

  Rule: What is not in the tree is external, and the standard library says nothing

    Scenario: Packages are named by their folder or by their header
      Given the source files
        | path     | text                                                                      |
        | a.c      | #include <stdio.h>\n#include <sys/stat.h>\n#include <openssl/ssl.h>\n#include <zlib.h>\n#include <vector>\n#include <mine/made.h> |
        | include/mine/b.h |  |
        | lib/b.cc | #include "gtest/gtest.h"\n#include "made.h"                               |
        | string.h |                                                                           |
        | b.c      | #include <string.h>                                                       |
      When their references are followed
      Then the packages from outside are
        | file     | packages     |
        | a.c      | openssl zlib |
        | lib/b.cc | gtest        |
      And no file refers to another

  Rule: Only directives count

    Scenario Outline: <case>
      Given the source files
        | path | text   |
        | a.c  | <text> |
        | x.h  |        |
      When their references are followed
      Then no file refers to another

      Examples:
        | case                     | text                        |
        | a line comment           | //#include "x.h"            |
        | a spaced line comment    | // #include "x.h"           |
        | a line of a comment      | /*\n * #include "x.h"\n */  |
        | a string                 | char *s = "#include <x.h>"; |
        | a macro                  | #include X_H                |
        | a bracket without an end | #include <x.h               |

    Scenario Outline: <case> is a directive
      Given the source files
        | path | text   |
        | a.c  | <text> |
        | x.h  |        |
      When their references are followed
      Then the references between the files are
        | from | to  |
        | a.c  | x.h |

      Examples:
        | case           | text                     |
        | indented       | \t#\tinclude\t"x.h"      |
        | Windows' ends  | \n#include <x.h>\r\n     |
        | import         | #import "x.h"            |
        | include_next   | #include_next <x.h>      |
        | a comment more | #include "x.h" /* for x */ |
