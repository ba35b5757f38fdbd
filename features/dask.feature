Feature: A Dask cluster of processes

  Rule: The laws of the threads executor hold on a cluster

    Scenario Outline: A codemod by <executor>
      Given 6 directories of 5 files in a repository
      And the executor <executor>
      When the codemod runs there, 4 at once
      Then it ends with status 0
      And 6 leaves succeeded, at most 4 at once, each settled once
      And the branch holds what the same command makes of the whole tree

      Examples:
        | executor |
        | threads  |
        | dask     |

    Scenario Outline: A leaf that fails, one that is late, one that says too much, by <executor>
      Given 6 directories of 5 files in a repository
      And the executor <executor>
      When leaves misbehave there, each in its own way
      Then it ends with status 1
      And each is told as what it was: failed, timed out, killed, out of scope

      Examples:
        | executor |
        | threads  |
        | dask     |

    Scenario Outline: Ctrl-C, by <executor>
      Given 6 directories of 5 files in a repository
      And the executor <executor>
      When commands that never end are interrupted there
      Then it ends with status 130
      And no command is left there
      When it is resumed there with commands that end
      Then it ends with status 0

      Examples:
        | executor |
        | threads  |
        | pool     |
        | dask     |

  Rule: Whatever dies, each leaf ends once, and no command outlives it

    Scenario Outline: SIGKILL of <whom>
      Given 6 directories of 5 files in a repository
      And the executor dask
      When <whom> is killed in the middle of leaves
      Then it ends with status <status>
      And no command is left there
      When it is resumed with threads
      Then it ends with status 0
      And 6 leaves succeeded, each settled once

      Examples:
        | whom          | status |
        | a worker      | 0      |
        | the scheduler | 6      |
        | the client    | -9     |

    Scenario: A leaf that kills its worker each time
      Given 6 directories of 5 files in a repository
      And the executor dask
      When "part02" kills its worker each time with 2 retries, and dead workers are started again
      Then it ends with status 1
      And "part02" failed after 3 attempts, each of which lost its worker
      And every other leaf succeeded, each settled once
      And no command is left there

  Rule: A cluster that can't be used is said so

    Scenario Outline: <what>
      Given 1 directories of 5 files in a repository
      When I run `autonomy run -q --executor <executor> . -- true`
      Then it ends with status 6
      And it complains of "<complaint>"

      Examples:
        | what                    | executor                                                                                  | complaint       |
        | Nobody there            | dask://127.0.0.1:1                                                                        | no scheduler: [Errno 111] Connection refused |
        | No such machine         | dask://no-such-machine.invalid:1 --insecure                                               | no scheduler: [Errno |
