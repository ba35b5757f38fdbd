@mutants
Feature: The laws can fail

  Each row spoils one line of the program, in a copy. The feature named in the row, which passes on the program as it is,
  must then fail: a law that holds on the mutant proves nothing. `nox -s mutants` runs this feature.

  Rule: A command ends with the code that says why

    Scenario Outline: <file>: <instead of> -> <stands>
      When in "<file>" instead of "<instead of>" stands "<stands>"
      Then "<feature>" fails

      Examples: Ends of a command
        | feature  | file             | instead of                        | stands                |
        | endings  | cli/exits.py     | 70, 130, 141                      | 1, 130, 141           |
        | endings  | cli/exits.py     | 70, 130, 141                      | 70, 1, 141            |
        | endings  | cli/exits.py     | 70, 130, 141                      | 70, 130, 1            |
        | endings  | cli/exits.py     | if sys.stdout is None:            | if False:             |
        | endings  | cli/exits.py     | if sys.stderr is None:            | if False:             |
        | endings  | cli/exits.py     | return status or flushed          | return status         |
        | endings  | cli/commands.py  | " ".join(error.format_message().split()) | error.format_message() |
        | startup  | __main__.py      | import sys                        | import sys, json      |
        | startup  | cli/overview.py  | COMMANDS = {                      | import numpy; COMMANDS = { |

  Rule: Exactly as many leaves run as were asked for, each once, in dependency order

    Scenario Outline: <file>: <instead of> -> <stands>
      When in "<file>" instead of "<instead of>" stands "<stands>"
      Then "<feature>" fails

      Examples: Concurrency
        | feature     | file                         | instead of                      | stands                        |
        | concurrency | engine.py                    | peak = max(peak, schedule.running) | peak = 0                   |
        | concurrency | plugins/executors/threads.py | self._free = limit              | self._free = limit + 1        |
        | concurrency | plugins/executors/threads.py | self._free = limit              | self._free = limit - 1 or 1   |
        | concurrency | plugins/executors/threads.py | ThreadPoolExecutor(limit,       | ThreadPoolExecutor(1,         |
        | schedule    | schedule.py                  | if not self._open[leaf]:        | if True:                      |
        | schedule    | schedule.py                  | (-self._level[leaf],            | (self._level[leaf],           |
        | schedule    | schedule.py                  | != outcome.attempt:             | == -1:                        |
        | schedule    | schedule.py                  | outcome.attempt < self._attempts | outcome.attempt <= self._attempts |
        | schedule    | engine.py                    | executor.close()                | pass                          |
        | schedule    | engine.py                    | (schedule.rank(each.leaf), each.attempt, | (each.seconds, |

  Rule: Leaves partition the files, and a split that makes no progress is none

    Scenario Outline: <file>: <instead of> -> <stands>
      When in "<file>" instead of "<instead of>" stands "<stands>"
      Then "<feature>" fails

      Examples: The tree
        | feature   | file         | instead of                        | stands                     |
        | decompose | decompose.py | PROGRESS = 0.95                   | PROGRESS = 1               |
        | decompose | decompose.py | _check_partition(root)\n    return | return                    |
        | decompose | decompose.py | if depth >= workset.limits.max_depth: | if depth > workset.limits.max_depth: |
        | decompose | decompose.py | if len(workset.files) <= workset.limits.min_files: | if False: |
        | decompose | decompose.py | splitters if left > 1 else splitters[-1:] | splitters          |
