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
        | hostile_trees | git/command.py | if work == before:               | if True:              |
        | startup  | cli/overview.py  | COMMANDS = {                      | import numpy; COMMANDS = { |

  Rule: Exactly as many leaves run as were asked for, each once, in dependency order

    Scenario Outline: <file>: <instead of> -> <stands>
      When in "<file>" instead of "<instead of>" stands "<stands>"
      Then "<feature>" fails

      Examples: Concurrency
        | feature     | file                         | instead of                      | stands                        |
        | run_command | workspace/rooms.py           | if looks != self._looks:        | if False:                     |
        | run_command | workspace/rooms.py           | if room.is_as_made():           | if True:                      |
        | run_command | workspace/rooms.py           | os.ftruncate(descriptor, os.pwrite(descriptor, text, 0)) | os.pwrite(descriptor, text, 0) |
        | run_command | workspace/briefs.py          | (file.tell(), len(text))        | (0, len(text))                |
        | run_command | process.py                   | if room < 1:                    | if False:                     |
        | run_command | process.py                   | return min(wanted, room)        | return wanted                 |
        | concurrency | engine.py                    | peak = max(peak, schedule.running) | peak = 0                   |
        | concurrency | plugins/executors/threads.py | self._free = limit              | self._free = limit + 1        |
        | concurrency | plugins/executors/threads.py | self._free = limit              | self._free = limit - 1 or 1   |
        | concurrency | plugins/executors/threads.py | ThreadPoolExecutor(limit,       | ThreadPoolExecutor(1,         |
        | schedule    | schedule.py                  | if not self._open[leaf]:        | if True:                      |
        | schedule    | schedule.py                  | (-self._level[leaf],            | (self._level[leaf],           |
        | schedule    | schedule.py                  | != outcome.attempt:             | == -1:                        |
        | schedule    | schedule.py                  | outcome.attempt < self._attempts | outcome.attempt <= self._attempts |
        | schedule    | engine.py                    | executor.close()                | pass                          |
        | process     | logs.py                      | return not self.cut and os.fstat(self.descriptor).st_size == 0 | return True |
        | process     | logs.py                      | if not log.is_ours() or         | if                            |
        | process     | logs.py                      | self._place_empty(path)         | pass                          |
        | process     | logs.py                      | exchange(self.path, path)       | self.path.rename(path)        |
        | process     | logs.py                      | except FileExistsError:\n            path.unlink() | except FileExistsError:\n            flags &= ~os.O_EXCL |
        | recording   | recording.py                 | self._journal.append()          | pass                          |
        | recording   | recording.py                 | if self._running >= COMPANY:    | if True:                      |
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
        | decompose | decompose.py | if len(workset.files) <= workset.limits.min_files and | if False and |
        | decompose | decompose.py | splitters if left > 1 else splitters[-1:] | splitters          |

  Rule: A journal is read as it was written, and nothing acknowledged is lost or repeated

    Scenario Outline: <file>: <instead of> -> <stands>
      When in "<file>" instead of "<instead of>" stands "<stands>"
      Then "<feature>" fails

      Examples: The journal
        | feature            | file                | instead of                                  | stands                        |
        | journal_durability | journal/file.py         | if self._pending and not self._fault: | if False:                 |
        | journal_durability | journal/database.py     | records = new.number, crc = new.crc   | records = new.number      |
        | journal_runs     | leafwork.py               | with self._opening:               | if True:                      |
        | journal_damage     | journal/reading.py  | if tails != [(len(rows), crc)]:             | if False:                     |
        | journal_damage     | journal/reading.py  | (crc := crc32(body, crc)) != stated         | (crc := stated) != stated     |
        | journal_damage     | journal/reading.py  | if version > VERSION:                       | if version > 9:               |
        | journal_damage     | journal/reading.py  | if wal.lost_frames(logged, valid) and       | if False and                  |
        | journal_damage     | journal/wal.py      | ended = committed != 0                      | ended = False                 |
        | journal_damage     | journal/runs.py     | if not is_ours(opened.run.header, state_dir): | if False:                   |
        | journal_damage     | journal/runs.py     | or not is_ours(header, state_dir)           | or False                      |
        | journal_durability | journal/file.py     | if self._durable < ticket:                  | if False:                     |
        | journal_durability | journal/file.py     | batch = tuple(self._pending)                | batch = tuple(self._pending[:1]) |
        | journal_durability | journal/file.py     | self._fault = error                         | pass                          |
        | journal_durability | journal/durable.py  | file.flush()\n        os.fsync(descriptor)   | file.flush()                  |
        | journal_durability | journal/durable.py  | try:\n        os.fsync(descriptor)           | try:\n        pass           |
        | journal_durability | journal/database.py | "PRAGMA synchronous = FULL")\n    connection.execute("PRAGMA full | "PRAGMA synchronous = NORMAL")\n    connection.execute("PRAGMA full |
        | journal_durability | journal/runs.py     | sync_directory(root)                        | pass                          |
        | journal_durability | journal/fold.py     | if state.settled and state.settled.status in DONE | if not state.settled    |
        | journal_fold       | journal/fold.py     | self._let_go(lease).abandoned = True\n        self.interrupted | self._let_go(lease)\n        self.interrupted |
        | journal_fold       | journal/fold.py     | attempt.started.leaf != event.leaf:         | False:                        |
        | journal_fold       | journal/fold.py     | event.lease <= self.last_lease or           | False or                      |
        | journal_fold       | journal/events.py   | extra="forbid", strict=True                 | extra="ignore", strict=True   |
        | journal_fold       | journal/events.py   | extra="forbid", strict=True                 | extra="forbid", strict=False  |
        | journal_runs       | journal/runs.py     | _after(newest) if stamp <= newest else stamp | stamp                        |
        | journal_runs       | journal/runs.py     | ended and ended.scope_violations            | False                         |
        | journal_runs       | journal/results.py  | _digest(change) != edit.digest or rest      | False                         |
        | journal_runs       | keys.py             | leaf.id, leaf.digest,                       | leaf.id,                      |
        | journal_runs       | keys.py             | sorted(set(self.environment))               | list(self.environment)        |

  Rule: What leaves changed comes onto a branch, and nothing else is touched

    Scenario Outline: <file>: <instead of> -> <stands>
      When in "<file>" instead of "<instead of>" stands "<stands>"
      Then "<feature>" fails

      Examples: The merge
        | feature          | file                     | instead of                        | stands                        |
        | merge_branch     | mergeback/steps.py       | waiting[after] -= 1               | waiting[after] = 0            |
        | merge_branch     | mergeback/publish.py     | if now is not None and now != left: | if False:                   |
        | merge_branch     | mergeback/publish.py     | if place:                         | if False:                     |
        | merge_branch     | mergeback/publish.py     | git_dir=engine, input=wanted.encode(), env=_shallow(repository), | git_dir=engine, input=wanted.encode(), |
        | merge_branch     | mergeback/publish.py     | f"{made[0].stem}.keep" if made else None | None                   |
        | merge_branch     | mergeback/__init__.py    | if not dry_run:\n        publish_branch | if True:\n        publish_branch |
        | merge_branch     | git/command.py           | *("-c", "core.hooksPath=/dev/null"), | *(),                        |
        | merge_changes    | mergeback/stream.py      | _ESCAPED.get(byte, bytes((byte,))) | bytes((byte,))               |
        | merge_changes    | mergeback/stream.py      | sorted(_line(write) for write in step.writes) | sorted((_line(write) for write in step.writes), reverse=True) |
        | merge_changes    | mergeback/endings.py     | if not wide or                    | if True or                    |
        | merge_changes    | mergeback/endings.py     | git.run(["update-index", "-z", "--index-info"], git_dir=engine, index=index, input=lines) | pass |
        | merge_changes    | mergeback/threeway.py    | agreed.append(member)             | pass                          |
        | merge_changes    | mergeback/steps.py       | .casefold().split(":")[0]         | .split(":")[0]                |
        | merge_changes    | mergeback/steps.py       | for above in _above(path):        | for above in ():              |
        | merge_validation | mergeback/steps.py       | good, bad = 0, len(rest)          | good, bad = len(rest) - 1, len(rest) |
        | merge_validation | mergeback/steps.py       | if not sound:                     | if False:                     |

  Rule: Candidates share one bound, and no failure is swallowed

    Scenario Outline: <file>: <instead of> -> <stands>
      When in "<file>" instead of "<instead of>" stands "<stands>"
      Then "<feature>" fails

      Examples: Candidates
        | feature        | file         | instead of                                   | stands                             |
        | search_budgets | searching/lanes.py | self._taken >= self._width:                  | self._taken > self._width:         |
        | search_best    | searching/lanes.py | self._closed or not self._taken)             | True)                              |
        | search_endings | searching/selection.py | any(attempt.status is Status.ERROR           | all(attempt.status is Status.ERROR |
        | search_laws    | searching/attempts.py | is ended.unit:                               | is not None:                       |
        | search_endings | searching/attempts.py | self._rules.deterministic and iteration.rank | iteration.rank                     |

  Rule: A hostile repository is read, never obeyed

    Scenario Outline: <file>: <instead of> -> <stands>
      When in "<file>" instead of "<instead of>" stands "<stands>"
      Then "<feature>" fails

      Examples: Hostile ground
        | feature       | file            | instead of                                    | stands             |
        | hostile_trees | scan/reading.py | if not S_ISREG(os.fstat(descriptor).st_mode): | if False:          |
        | hostile_git   | git/command.py  | path=os.pathsep.join(path)                    | path=None          |
        | scan_listing  | git/repository.py | plain_bytes(file, 4096).partition(b"\0")[0]  | plain_bytes(file, 4096) |
        | hostile_trees | scan/reading.py | data = _read_on(descriptor, data, cap)        | data = data[:1]    |
        | plan_file     | planfile.py     | if path in seen:                              | if False:          |
        | plan_file     | planfile.py     | if _walk(plan.root, known) != [node.id for node in plan.nodes]: | if False: |

  Rule: What is left out is counted, and what is over stays over

    Scenario Outline: <file>: <instead of> -> <stands>
      When in "<file>" instead of "<instead of>" stands "<stands>"
      Then "<feature>" fails

      Examples: Edges
        | feature        | file                              | instead of                              | stands                     |
        | briefs         | analysis.py                       | if paragraph and (not stripped or markup): | if paragraph and not stripped: |
        | briefs         | analysis.py                       | if len(files) > MAX_FILES:              | if False:                  |
        | schedule       | schedule.py                       | and outcome.leaf not in self._ended:    | :                          |
        | python         | searching/stopping.py             | if self._event.is_set():                | if False:                  |
        | languages_rust | plugins/languages/rust_crates.py  | MAX_STEPS = 40                          | MAX_STEPS = 4000           |
        | languages_ruby | plugins/languages/ruby.py         | if len(nesting) < _DEPTH:               | if True:                   |

      Examples: Reports
        | feature  | file                       | instead of | stands |
        | report | report/timeline.py | lanes.give(bars[lease].lane) | pass |
        | report | report/page.py | if value is not None and value is not False and value not in | if value and value not in |
        | report | report/serve.py | hmac.compare_digest(token.encode("utf-8", "replace"), self.server.token.encode()) | True |
        | report | report/causes.py | APART = 0.55 | APART = 2.0 |
        | report | report/gather.py | if leaf.id in text[:HEAD]: | if True: |
        | report | plugins/renderers/sarif.py | MAX_RESULTS = 25_000 | MAX_RESULTS = 26_000 |
        | terminal | cli/live.py | ROWS = 8 | ROWS = 80 |
