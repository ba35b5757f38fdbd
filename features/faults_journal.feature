@faults
Feature: No system call that fails or kills loses anything

  Each row runs once per call: the first such call of a short run meets its fate, then the second, and so on until the
  run comes to its end unharmed (strace counts the calls of each thread apart). `behave --tags=@faults` takes some minutes.

  Rule: A run that is killed at any system call is resumed with all that it acknowledged, and repeats none of it

    Scenario Outline: Killed at each <call>
      When each <call> of a run meets "signal=KILL"
      Then at least <reached> runs ended by it, all with status -9 or 137
      And all went on to their end, without loss or repetition

      Examples:
        | call      | reached |
        | fsync     | 6       |
        | fdatasync | 7       |
        | pwrite64  | 30      |
        | write     | 8       |
        | rename    | 3       |
        | ftruncate | 1       |
        | unlink    | 2       |
        | mkdir     | 5       |
        | flock     | 1       |

  Rule: A run whose disk refuses any system call ends with exit code 6, without a traceback

    Scenario Outline: <error> at each <call>
      When each <call> of a run meets "error=<error>"
      Then at least <reached> runs ended by it, all with status 6 or 6
      And all went on to their end, without loss or repetition

      Examples:
        | error  | call      | reached |
        | ENOSPC | fsync     | 6       |
        | ENOSPC | fdatasync | 7       |
        | ENOSPC | pwrite64  | 30      |
        | ENOSPC | rename    | 3       |
        | ENOSPC | mkdir     | 4       |
        | EIO    | fsync     | 6       |
        | EIO    | fdatasync | 7       |
        | EIO    | pwrite64  | 30      |
        | EDQUOT | pwrite64  | 30      |
        | EDQUOT | mkdir     | 4       |
        | EROFS  | mkdir     | 4       |
        | EMFILE | mkdir     | 4       |
