Feature: Whatever a command does, the user's repository and home stay as they are

  Rule: Nothing outside of its slot changes, and the next leaf finds everything as it was

    @goal
    Scenario Outline: Sabotage in <kind>, by <user>
      Given a user's repository, isolated by <kind>
      When leaves of <user> do the following, each followed by one that looks around
        | it                                                | command                                                                                                                                     |
        | deletes its git directory                         | rm -rf .git                                                                                                                                 |
        | points its git to the user's repository           | rm -rf .git; echo "gitdir: $REPO/.git" >.git; echo >>a.txt; git commit -qam evil; git reset -q --hard                                       |
        | links its git to the user's repository            | rm -rf .git; ln -s "$REPO/.git" .git; git add -A; git commit -qm evil; git clean -qffdx                                                     |
        | writes into the user's file by its path           | echo evil >>$REPO/b.txt                                                                                                                     |
        | empties the user's file by its path               | truncate -s 0 $REPO/b.txt; : >$REPO/new.txt                                                                                                 |
        | deletes the user's repository by its path         | rm -rf $REPO                                                                                                                                |
        | moves the user's repository away                  | mv $REPO $REPO.gone                                                                                                                         |
        | edits through a link                              | ln -s $USERHOME/notes.txt n; echo evil >>n; ln -sf $REPO/.git/config c; echo evil >>c                                                       |
        | edits through a hard link                         | ln $USERHOME/notes.txt h; echo evil >>h; ln $REPO/b.txt i; echo evil >>i                                                                    |
        | configures the user's git                         | git -C $REPO config user.name evil; git -C $REPO config core.fsmonitor evil                                                                 |
        | installs a hook                                   | echo evil >$REPO/.git/hooks/pre-commit; chmod +x $REPO/.git/hooks/pre-commit                                                                |
        | tags, branches and moves refs                     | git -C $REPO tag evil; git -C $REPO branch evil; git -C $REPO update-ref refs/heads/main HEAD~1; git -C $REPO update-ref -d refs/heads/main |
        | stashes                                           | git -C $REPO stash -u; git stash -u                                                                                                         |
        | checks out and cleans the user's tree             | git -C $REPO checkout -q -f HEAD; git -C $REPO clean -qffdx                                                                                 |
        | resets the user's tree                            | git -C $REPO reset -q --hard                                                                                                                |
        | commits on the user's branch                      | git -C $REPO add -A; git -C $REPO commit -qm evil                                                                                           |
        | leaves locks                                      | touch $REPO/.git/index.lock $REPO/.git/HEAD.lock $REPO/.git/refs/heads/main.lock; touch .git/index.lock                                     |
        | empties the user's index                          | rm -f $REPO/.git/index; git -C $REPO read-tree --empty                                                                                      |
        | collects garbage                                  | git -C $REPO reflog expire --expire=now --all; git -C $REPO gc -q --prune=now                                                               |
        | adds and prunes work trees                        | git -C $REPO worktree add -q $TMPDIR/evil; git -C $REPO worktree prune                                                                      |
        | pushes to the user's repository                   | git push -q -f $REPO HEAD:refs/heads/main HEAD:refs/heads/evil                                                                              |
        | rewrites HEAD                                     | echo 'ref: refs/heads/evil' >$REPO/.git/HEAD                                                                                                |
        | makes files in the user's home                    | echo evil >$USERHOME/.bashrc; mkdir $USERHOME/evil; rm $USERHOME/notes.txt                                                                  |
        | deletes the program's own state                   | rm -rf $STATE/git $STATE/slots; mv $STATE $STATE.gone                                                                                       |
        | leaves a daemon that writes when it is gone       | (setsid sh -c 'while [ -e a.txt ] \|\| [ -e /proc ]; do echo evil >>$REPO/b.txt; done' &) 2>/dev/null                                       |
        | leaves sixty daemons                              | for i in $(seq 60); do (setsid sleep 86400 &); done                                                                                         |
        | ends the program that started it                  | test -n "$NOSIGNALS" \|\| { kill -TERM $PPID; kill -KILL $PPID; }                                                                           |
        | goes 3,000 directories deep                       | python3 -c "import os; [(os.mkdir('deep'), os.chdir('deep')) for _ in range(3000)]"                                                         |
        | leaves FIFOs, sockets and devices                 | mkfifo p; python3 -c "import socket; socket.socket(socket.AF_UNIX).bind('s')"; mknod z c 1 5; mkfifo .gitattributes                         |
        | leaves ignore files that never end                | rm .gitignore; mkfifo .gitignore d/.gitignore; mkdir e; ln -s /dev/zero e/.gitignore; echo >e/f                                             |
        | leaves a file of five terabytes                   | truncate -s 5T big                                                                                                                          |
        | locks everything                                  | chmod 000 a.txt; chmod -R 000 d; chmod 000 .                                                                                                |
        | mounts and unmounts                               | umount -l $REPO; umount $REPO; mount -t tmpfs none $REPO; mount --bind / .                                                                  |
        | leaves a program that takes the owner's rights    | cp /bin/sh evil; chmod 6755 evil                                                                                                            |
        | fills its memory of the tree with a million signs | python3 -c "open('x' * 200 + '.py', 'w').write('x' * 3000000)"                                                                              |
      Then nothing of the user's has ever changed
      And whoever looked around found the tree as it was
      And nothing of it is alive

      Examples:
        | kind     | user             |
        | overlay  | root             |
        | worktree | root             |
        | overlay  | an ordinary user |
        | worktree | an ordinary user |

    Scenario: An overlay catches what is written to the user's files by their paths, also without Landlock
      Given a user's repository, isolated by overlay, where writes outside are not denied
      When a leaf runs there: `echo >>$REPO/a.txt; rm $REPO/d/x.txt; echo evil >$REPO/.git/config; git -C $REPO stash -qu`
      Then nothing of the user's has changed

    @probe
    Scenario: The probe sees a write that nothing denies
      Given a user's repository, isolated by worktree, where writes outside are not denied
      When a leaf runs there: `echo >>$REPO/a.txt`
      Then something of the user's has changed

  Rule: What was written out of scope is named

    Scenario Outline: Writes by absolute path in <kind>
      Given a user's repository, isolated by <kind>
      When a leaf runs there: `echo >>d/x.txt; echo evil >>$REPO/a.txt; echo evil >>$REPO/d/n`
      Then it changed "<changes>"

      Examples:
        | kind     | changes           |
        | overlay  | +a.txt +d/n +d/x.txt |
        | worktree | +d/x.txt          |

    Scenario: A write that is denied is told to the command
      Given a user's repository, isolated by worktree
      When a leaf runs there: `echo evil >>$REPO/a.txt`
      Then its log says "Permission denied"

  Rule: A disk that is full ends the leaf, not the run

    Scenario Outline: A leaf fills the disk of the slots, in <kind>
      Given a user's repository, isolated by <kind>, with 24 MB for slots
      When a leaf runs there `head -c 30000000 /dev/urandom >fill`, and another one looks around
      Then the second leaf finds the tree as it was
      And nothing of the user's has changed

      Examples:
        | kind     |
        | overlay  |
        | worktree |
