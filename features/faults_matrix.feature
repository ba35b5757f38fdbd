@faults
Feature: Each fault ends with the exit code that says so

  Rule: A fault is one line on stderr and an exit code, never a traceback, and what was finished stays finished

    # $RUN, $OVERLAY and $WORKTREE start a run of six subplans in `repo`; the program's state lies in `state`. Mounts are
    # made in a mount namespace of the line's own. The status is the last command's.
    Scenario: The fault matrix
      When each fault of the table meets a repository of six subplans
        | fault                                   | line                                                                                                    | status |
        | none                                    | $RUN true                                                                                               | 0      |
        | none, in an overlay                     | $OVERLAY true                                                                                           | 0      |
        | none, in a work tree                    | $WORKTREE true                                                                                          | 0      |
        | the disk of the runs is full            | mkdir repo/.autonomy; mount -t tmpfs -o size=100k none repo/.autonomy; $RUN sh -c 'seq 9999'            | 6      |
        | it has no inodes left                   | mkdir repo/.autonomy; mount -t tmpfs -o nr_inodes=12 none repo/.autonomy; $RUN true                     | 6      |
        | it is read-only                         | mkdir repo/.autonomy; mount -t tmpfs -o ro none repo/.autonomy; $RUN true                               | 6      |
        | it is there again                       | mkdir repo/.autonomy; mount -t tmpfs -o ro none repo/.autonomy; $RUN true; umount repo/.autonomy; $RUN true | 0  |
        | the state is read-only                  | mkdir state; mount -t tmpfs -o ro none state; $OVERLAY true                                             | 6      |
        | the state's disk is full                | mkdir state; mount -t tmpfs -o size=16k none state; $WORKTREE true                                      | 6      |
        | the state's disk fills up               | mkdir state; mount -t tmpfs -o size=32k none state; $WORKTREE true                                      | 1      |
        | the state is a file                     | touch state; $OVERLAY true                                                                              | 6      |
        | the run's directory is a link           | mkdir out; ln -s ../out repo/.autonomy; $RUN true                                                       | 6      |
        | the run's directory is a file           | touch repo/.autonomy; $RUN true                                                                         | 6      |
        | the state is taken away meanwhile       | autonomy run -q --no-cache -j 1 --isolation none repo -- rm -rf $PWD/state                              | 0      |
        | files can't grow                        | (ulimit -f 8; $RUN true)                                                                                | 6      |
        | too few descriptors                     | (ulimit -n 15; autonomy run -q -j 16 --isolation none repo -- true)                                     | 6      |
        | few descriptors                         | (ulimit -n 24; autonomy run -q -j 16 --isolation none repo -- true)                                     | 0      |
        | no git, a run in a slot                 | PATH=$BIN $OVERLAY true                                                                                 | 6      |
        | no git, a plan                          | PATH=$BIN autonomy plan -q repo                                                                         | 0      |
        | the clock jumps a day at each look      | mkdir py; echo 'import itertools, time; c = itertools.count(0, 86400); time.time = lambda: float(next(c))' >py/sitecustomize.py; PYTHONPATH=py $RUN true | 0 |
        | the clock stands before all runs        | $RUN true; mkdir py; echo 'import time; time.time = lambda: 1.0' >py/sitecustomize.py; PYTHONPATH=py $RUN true; autonomy -C repo resume -q | 0 |
        | stdout is closed                        | $RUN true >&-                                                                                           | 6      |
        | stdout is full                          | $RUN true >/dev/full                                                                                    | 6      |
        | stdout has no reader                    | set -o pipefail; $RUN true \| true                                                                      | 141    |
        | stderr is closed                        | $RUN true 2>&-                                                                                          | 0      |
        | the file of events is full              | autonomy run -q --isolation none --events /dev/full repo -- true                                        | 6      |
        | the file of events has no place         | autonomy run -q --isolation none --events no/where repo -- true                                         | 6      |
        | another run owns the lock               | $RUN true; flock repo/.autonomy/lock $RUN true                                                          | 9      |
        | another run owns the lock, resume       | $RUN true; flock repo/.autonomy/lock autonomy -C repo resume -q                                         | 9      |
        | the journal is cut                      | $RUN true; truncate -s 5000 repo/.autonomy/runs/*/journal.sqlite; autonomy -C repo resume -q             | 5      |
        | the journal is empty                    | $RUN true; truncate -s 0 repo/.autonomy/runs/*/journal.sqlite; autonomy -C repo status                   | 5      |
        | the journal is gone                     | $RUN true; rm repo/.autonomy/runs/*/journal.sqlite; autonomy -C repo resume -q                           | 3      |
        | the journal is newer                    | $RUN true; python -c "import sqlite3, sys; sqlite3.connect(sys.argv[1]).execute('PRAGMA user_version = 9')" repo/.autonomy/runs/*/journal.sqlite; autonomy -C repo resume -q | 5 |
        | the plan of the run is edited           | $RUN true; echo >>$(echo repo/.autonomy/runs/*/plan.json); autonomy -C repo resume -q                    | 2      |
        | the user's key is another one           | $RUN true; echo x >state/key; autonomy -C repo resume -q                                                 | 2      |
        | the results are gone                    | $OVERLAY $EDIT; rm -r repo/.autonomy/runs/*/results/*; autonomy -C repo merge                            | 5      |
        | garbage was collected before the merge  | $OVERLAY $EDIT; git -C repo reflog expire --expire=now --all; git -C repo gc -q --prune=now; autonomy -C repo merge | 0 |
        | the program's git is gone before the merge | $OVERLAY $EDIT; rm -rf state/git; autonomy -C repo merge                                              | 0      |
        | the user's index is locked              | touch repo/.git/index.lock; $OVERLAY $EDIT; autonomy -C repo merge                                       | 0      |
        | HEAD and the branch are locked          | $OVERLAY $EDIT; touch repo/.git/HEAD.lock repo/.git/refs/heads/main.lock; autonomy -C repo merge         | 0      |
        | HEAD moved before the merge             | $OVERLAY $EDIT; git -C repo commit -q --allow-empty -m x; autonomy -C repo merge                         | 0      |
        | two leaves change the same lines        | autonomy run -q --scope off repo -- sh -c 'echo $AUTONOMY_SUBPLAN_ID >new'; autonomy -C repo merge       | 4      |
        | no commit yet                           | git init -q new; echo a >new/a; autonomy run -q new -- true                                              | 3      |
        | no repository                           | mkdir new; echo a >new/a; autonomy run -q new -- true                                                    | 3      |
        | no such directory                       | autonomy run -q nowhere -- true                                                                          | 3      |
        | no such commit                          | autonomy run -q --base nowhere repo -- true                                                              | 3      |
        | nothing to run                          | git init -q new; git -C new commit -q --allow-empty -m x; autonomy run -q --isolation none new -- true   | 0      |
        | nothing has been run                    | autonomy -C repo resume -q                                                                               | 3      |
        | a bare repository                       | git clone -q --bare repo bare; autonomy plan -q bare                                                     | 0      |
        | a shallow clone                         | git clone -q --depth 1 file://$PWD/repo new; autonomy run -q new -- $EDIT; autonomy -C new merge         | 0      |
        | a clone that borrows its objects        | git clone -q --shared repo new; autonomy run -q new -- $EDIT; autonomy -C new merge                      | 0      |
        | a linked work tree                      | git -C repo worktree add -q ../new; autonomy run -q new -- $EDIT; autonomy -C new merge                  | 0      |
        | a sparse work tree                      | git -C repo sparse-checkout set part1; $OVERLAY $EDIT; autonomy -C repo merge                            | 0      |
        | a submodule                             | git -C repo -c protocol.file.allow=always submodule --quiet add $PWD/repo sub; git -C repo commit -qm s; $WORKTREE $EDIT; autonomy -C repo merge | 0 |
        | the command does not exist              | $RUN nowhere                                                                                             | 1      |
        | the command can't be run                | $RUN /etc/passwd                                                                                         | 1      |
        | the command fails                       | $RUN false                                                                                               | 1      |
        | the command is killed                   | $RUN sh -c 'kill -9 $$'                                                                                  | 1      |
        | the command needs more memory than any  | $RUN python -c 'bytearray(1 << 46)'                                                                      | 1      |
        | the command hangs                       | autonomy run -q --isolation none --timeout 0.3 --grace 0.1 repo -- sleep 86400                           | 1      |
        | the command hangs and ignores TERM      | autonomy run -q --isolation none --timeout 0.3 --grace 0.1 repo -- sh -c 'trap "" TERM; sleep 86400; sleep 86400' | 1 |
        | the command kills its parent            | $RUN sh -c 'kill -9 $PPID'; autonomy -C repo resume -q; true                                             | 0      |
        | the command floods its log              | $RUN head -c 30000000 /dev/zero                                                                          | 0      |
        | the command reads what is not there     | $RUN cat                                                                                                 | 0      |
        | the command deletes git's directory     | $OVERLAY rm -rf .git                                                                                     | 0      |
        | the command writes out of scope         | $OVERLAY touch new                                                                                       | 1      |
        | the command fills the slots' disk       | mkdir state; mount -t tmpfs -o size=9m none state; $WORKTREE head -c 20000000 /dev/zero --output=x; $WORKTREE true; true | 0 |
        | the validator does not exist            | autonomy run -q --isolation none --validate nowhere repo -- true                                         | 1      |
        | a bound of none                         | $RUN true; autonomy run -q -j 0 repo -- true                                                             | 2      |
        | no budget                               | autonomy run -q --loop-budget 0 repo -- true                                                             | 2      |
        | the plan is no JSON                     | echo '{' >p; autonomy run -q --plan p repo -- true                                                       | 2      |
        | the plan is too deep                    | head -c 200000 /dev/zero \| tr '\0' '[' >p; autonomy run -q --plan p repo -- true                       | 2      |
        | the plan leaves its root                | autonomy plan -q repo; sed 's,part0/,../../,' repo/.autonomy/plan.json >p; autonomy run -q --plan p repo -- true | 2 |
        | the repository configures a command     | echo 'command = ["evil"]' >repo/autonomy.toml; $RUN true                                                 | 2      |
        | the configuration is no TOML            | echo '[' >repo/autonomy.toml; $RUN true                                                                  | 2      |
        | names that no shell likes               | (cd repo; touch -- -rf 'a b' $'c\nd' $'\xff\xfe' '$(x)' '*'); autonomy run -q repo -- sh -c 'for f; do test -e "$f" \|\| exit 1; done' sh {files} | 0 |
        | a FIFO, a socket, a device, loops       | (cd repo; mkfifo p; ln -s l l; ln -s . d; mknod z c 1 5; ln -s /dev/zero e); $WORKTREE $EDIT             | 0      |
        | 3,000 directories deep                  | python -c "import os; os.chdir('repo'); [(os.mkdir('d'), os.chdir('d')) for _ in range(3000)]"; autonomy plan -q repo; s=$?; rm -rf repo/d; exit $s | 0 |
        | the same, for a slot                    | python -c "import os; os.chdir('repo'); [(os.mkdir('d'), os.chdir('d')) for _ in range(3000)]"; $WORKTREE $EDIT; s=$?; rm -rf repo/d; exit $s | 3      |
        | a file of five terabytes                | truncate -s 5T repo/.git/info/big; truncate -s 5G repo/big; autonomy plan -q repo                        | 0      |
        | no home, no language, no TMPDIR         | env -u HOME -u LANG -u TMPDIR $RUN true                                                                  | 0      |
        | too many files for one command line     | (cd repo; mkdir m; cd m; seq -f %0200g 12000 \| xargs touch); autonomy run -q --isolation none --strategy directory --max-files 20000 -j 1 repo -- true {files} | 0 |
      Then each ended with its status, and none with a traceback
