Feature: Each leaf works in a tree of its own

  Rule: What a leaf changed is told exactly, whatever it does

    Scenario Outline: In an overlay: <what>
      Given a user's repository, isolated by overlay
      When a leaf runs there: `<script>`
      Then it changed "<changes>"

      Examples:
        | what                                 | script                                                        | changes                                  |
        | nothing                              | true                                                          |                                          |
        | a file                               | echo >>a.txt                                                  | +a.txt                                   |
        | a file that the user had edited      | echo >>b.txt                                                  | +b.txt                                   |
        | a file that git does not know yet    | echo >>new.txt                                                | +new.txt                                 |
        | a deletion                           | rm a.txt                                                      | -a.txt                                   |
        | a directory deleted                  | rm -r d                                                       | -d/sub/z.txt -d/x.txt -d/y.txt           |
        | a directory deleted and made again   | rm -r d; mkdir d; echo n >d/n                                 | +d/n -d/sub/z.txt -d/x.txt -d/y.txt      |
        | a directory renamed                  | mv d e                                                        | -d/sub/z.txt -d/x.txt -d/y.txt +e/sub/z.txt +e/x.txt +e/y.txt |
        | a directory renamed by git           | git mv d e                                                    | -d/sub/z.txt -d/x.txt -d/y.txt +e/sub/z.txt +e/x.txt +e/y.txt |
        | a renamed directory, edited          | mv d e; echo >>e/sub/z.txt; rm e/x.txt                        | -d/sub/z.txt -d/x.txt -d/y.txt +e/sub/z.txt +e/y.txt |
        | a directory moved into another       | mkdir e; mv d/sub e/sub                                       | -d/sub/z.txt +e/sub/z.txt                |
        | two directories exchanged            | mv d t; mkdir d; echo n >d/n; mv t d/old                      | +d/n +d/old/sub/z.txt +d/old/x.txt +d/old/y.txt -d/sub/z.txt -d/x.txt -d/y.txt |
        | a file where a directory was         | rm -r d; echo f >d                                            | +d -d/sub/z.txt -d/x.txt -d/y.txt        |
        | a directory where a file was         | rm a.txt; mkdir a.txt; echo f >a.txt/f                        | -a.txt +a.txt/f                          |
        | a link where a directory was         | rm -r d; ln -s /etc d                                         | @d -d/sub/z.txt -d/x.txt -d/y.txt        |
        | a program                            | chmod +x a.txt                                                | xa.txt                                   |
        | a program no more                    | chmod -x tool.sh                                              | +tool.sh                                 |
        | a link                               | ln -sf b.txt link                                             | @link                                    |
        | a write through a link               | echo >>link                                                   | +a.txt                                   |
        | a link replaced by a file            | rm link; echo >link                                           | +link                                    |
        | only times                           | touch a.txt d tool.sh                                         |                                          |
        | only the reading of modes            | chmod 600 a.txt; chmod 700 d                                  |                                          |
        | a change and its undoing             | cp a.txt k; echo >>a.txt; cat k >a.txt; rm k                  |                                          |
        | a change that keeps time and size    | touch -r a.txt t; printf 'alphx\n' >a.txt; touch -r t a.txt; rm t | +a.txt                               |
        | an ignored file                      | echo >x.log; mkdir -p build; echo >build/y; echo >>build/out.bin |                                       |
        | a tracked file that is ignored       | echo >>kept.log                                               | +kept.log                                |
        | a cache that ignores itself          | mkdir c; echo '*' >c/.gitignore; echo >c/x                    |                                          |
        | what is ignored no more              | echo >.gitignore; echo >x.log                                 | +.gitignore +x.log                               |
        | a commit                             | echo >>a.txt; git commit -qam x                               | +a.txt                                   |
        | git's own files                      | echo >>.git/config; git tag evil                              |                                          |
        | empty directories                    | mkdir -p e/f/g                                                |                                          |
        | a FIFO, and one in place of a file   | mkfifo p; rm a.txt; mkfifo a.txt                              | -a.txt                                   |
        | a locked file                        | echo >>a.txt; chmod 000 a.txt                                 | +a.txt                                   |
        | a locked directory                   | echo >d/n; chmod 000 d                                        | +d/n                                     |
        | a new file, hidden in locked ones    | mkdir -p e/f; echo >e/f/n; chmod 000 e/f e                    | +e/f/n                                   |
        | a hard link                          | ln a.txt h; echo >>h                                          | +a.txt +h                                |
        | odd names                            | echo >"$(printf 'a\nb')"; echo >-rf; echo >'q"'               | +-rf +a\nb +q"                           |
        | a name that is not UTF-8             | echo >"$(printf 'a\377')"                                     | +a\xff                                   |
        | the program's own directory          | mkdir -p .autonomy; echo >.autonomy/x                         |                                          |
        | a repository inside                  | git init -q e; echo >e/f                                      | +e/f                                     |

    Scenario Outline: In a work tree: <what>
      Given a user's repository, isolated by worktree
      When a leaf runs there: `<script>`
      Then it changed "<changes>"

      Examples:
        | what                                 | script                                                        | changes                                  |
        | nothing                              | true                                                          |                                          |
        | a file                               | echo >>a.txt                                                  | +a.txt                                   |
        | a file that the user had edited      | echo >>b.txt                                                  | +b.txt                                   |
        | a file that git does not know yet    | echo >>new.txt                                                | +new.txt                                 |
        | a deletion                           | rm a.txt                                                      | -a.txt                                   |
        | a directory deleted                  | rm -r d                                                       | -d/sub/z.txt -d/x.txt -d/y.txt           |
        | a directory deleted and made again   | rm -r d; mkdir d; echo n >d/n                                 | +d/n -d/sub/z.txt -d/x.txt -d/y.txt      |
        | a directory renamed                  | mv d e                                                        | -d/sub/z.txt -d/x.txt -d/y.txt +e/sub/z.txt +e/x.txt +e/y.txt |
        | a directory renamed by git           | git mv d e                                                    | -d/sub/z.txt -d/x.txt -d/y.txt +e/sub/z.txt +e/x.txt +e/y.txt |
        | a renamed directory, edited          | mv d e; echo >>e/sub/z.txt; rm e/x.txt                        | -d/sub/z.txt -d/x.txt -d/y.txt +e/sub/z.txt +e/y.txt |
        | a directory moved into another       | mkdir e; mv d/sub e/sub                                       | -d/sub/z.txt +e/sub/z.txt                |
        | two directories exchanged            | mv d t; mkdir d; echo n >d/n; mv t d/old                      | +d/n +d/old/sub/z.txt +d/old/x.txt +d/old/y.txt -d/sub/z.txt -d/x.txt -d/y.txt |
        | a file where a directory was         | rm -r d; echo f >d                                            | +d -d/sub/z.txt -d/x.txt -d/y.txt        |
        | a directory where a file was         | rm a.txt; mkdir a.txt; echo f >a.txt/f                        | -a.txt +a.txt/f                          |
        | a link where a directory was         | rm -r d; ln -s /etc d                                         | @d -d/sub/z.txt -d/x.txt -d/y.txt        |
        | a program                            | chmod +x a.txt                                                | xa.txt                                   |
        | a program no more                    | chmod -x tool.sh                                              | +tool.sh                                 |
        | a link                               | ln -sf b.txt link                                             | @link                                    |
        | a write through a link               | echo >>link                                                   | +a.txt                                   |
        | a link replaced by a file            | rm link; echo >link                                           | +link                                    |
        | only times                           | touch a.txt d tool.sh                                         |                                          |
        | only the reading of modes            | chmod 600 a.txt; chmod 700 d                                  |                                          |
        | a change and its undoing             | cp a.txt k; echo >>a.txt; cat k >a.txt; rm k                  |                                          |
        | a change that keeps time and size    | touch -r a.txt t; printf 'alphx\n' >a.txt; touch -r t a.txt; rm t | +a.txt                               |
        | an ignored file                      | echo >x.log; mkdir -p build; echo >build/y; echo >>build/out.bin |                                       |
        | a tracked file that is ignored       | echo >>kept.log                                               | +kept.log                                |
        | a cache that ignores itself          | mkdir c; echo '*' >c/.gitignore; echo >c/x                    |                                          |
        | what is ignored no more              | echo >.gitignore; echo >x.log                                 | +.gitignore +x.log                               |
        | a commit                             | echo >>a.txt; git commit -qam x                               | +a.txt                                   |
        | git's own files                      | echo >>.git/config; git tag evil                              |                                          |
        | empty directories                    | mkdir -p e/f/g                                                |                                          |
        | a FIFO, and one in place of a file   | mkfifo p; rm a.txt; mkfifo a.txt                              | -a.txt                                   |
        | a locked file                        | echo >>a.txt; chmod 000 a.txt                                 | +a.txt                                   |
        | a locked directory                   | echo >d/n; chmod 000 d                                        | +d/n                                     |
        | a new file, hidden in locked ones    | mkdir -p e/f; echo >e/f/n; chmod 000 e/f e                    | +e/f/n                                   |
        | a hard link                          | ln a.txt h; echo >>h                                          | +a.txt +h                                |
        | odd names                            | echo >"$(printf 'a\nb')"; echo >-rf; echo >'q"'               | +-rf +a\nb +q"                           |
        | a name that is not UTF-8             | echo >"$(printf 'a\377')"                                     | +a\xff                                   |
        | the program's own directory          | mkdir -p .autonomy; echo >.autonomy/x                         |                                          |
        | a repository inside                  | git init -q e; echo >e/f                                      | +e/f                                     |

  Rule: A patch is what a person would have got by hand

    Scenario Outline: The patch from <kind> makes a copy of the repository what the command would have made of it
      Given a user's repository, isolated by <kind>
      When a leaf edits, adds, deletes, renames, links and locks at random, 8 times
      Then each patch makes of a copy what the command makes of a copy

      Examples:
        | kind     |
        | overlay  |
        | worktree |

  Rule: A leaf sees the tree as the user sees it

    Scenario Outline: Uncommitted and untracked files are there in <kind>
      Given a user's repository, isolated by <kind>
      When a leaf runs there: `cat b.txt new.txt; git status --short; cat link`
      Then it printed "beta, edited new alpha"

      Examples:
        | kind     |
        | worktree |

    Scenario: An overlay has ignored files too, at the path that they have always had
      Given a user's repository, isolated by overlay
      When a leaf runs there: `echo leaf >a.txt; cat "$REPO/a.txt" "$REPO/.venv/lib.py" build/out.bin; pwd`
      Then it printed "leaf v = 1 b$REPO"

    Scenario Outline: git works in <kind>, and what it records stays there
      Given a user's repository, isolated by <kind>
      When a leaf runs there: `echo >>a.txt; git add a.txt; git commit -qm leaf; git log --format=%s -1; git stash list`
      Then it printed "leaf"
      And nothing of the user's has changed

      Examples:
        | kind     |
        | overlay  |
        | worktree |

    Scenario Outline: A plan of a directory inside the repository, in <kind>
      Given a user's repository, isolated by <kind>, of which "d" was planned
      When a leaf runs there: `echo >>x.txt; rm sub/z.txt; echo >>../a.txt`
      Then it changed "+../a.txt -sub/z.txt +x.txt"

      Examples:
        | kind     |
        | overlay  |
        | worktree |

    Scenario Outline: A linked work tree, whose git directory lies elsewhere, in <kind>
      Given a linked work tree of a user's repository, isolated by <kind>
      When a leaf runs there: `echo >>a.txt; git tag evil; git config user.name evil; git stash -q; git stash pop -q`
      Then it changed "+a.txt"
      And nothing of the user's has changed

      Examples:
        | kind     |
        | overlay  |
        | worktree |

  Rule: A slot that is used again is as new

    Scenario Outline: After a leaf that <did>
      Given a user's repository, isolated by worktree
      When a leaf runs there `<script>`, and another one looks around
      Then the second leaf finds the tree as it was

      Examples:
        | did                                | script                                                            |
        | edited, added and deleted          | echo >>a.txt; echo >n; rm -r d                                    |
        | swapped files and directories      | rm -r d a.txt; echo >d; mkdir a.txt; echo >a.txt/f                |
        | left ignored files                 | mkdir -p build/x; echo >build/x/y; echo >x.log                    |
        | changed what git does on checkout  | echo '* text eol=crlf' >.gitattributes; echo '* ident' >d/.gitattributes; echo >>a.txt; rm d/x.txt |
        | locked directories                 | mkdir -p l/m; echo >l/m/n; chmod 000 l/m l d/sub                  |
        | went 3,000 directories deep        | python3 -c "import os; [(os.mkdir('deep'), os.chdir('deep')) for _ in range(3000)]" |
        | left FIFOs and links               | mkfifo p; rm a.txt; mkfifo a.txt; ln -s / root; rm -r d; ln -s .. d |
        | deleted the git directory          | rm -rf .git; echo >>a.txt                                         |
        | pointed git to the user            | rm -rf .git; echo "gitdir: $REPO/.git" >.git; echo >>a.txt        |
        | left an index.lock and a hook      | touch .git/index.lock; echo 'echo hi' >.git/hooks; echo >>a.txt   |
        | kept time and size                 | touch -r a.txt t; printf 'alphx\n' >a.txt; touch -r t a.txt       |
        | emptied the whole tree             | rm -rf -- * .[!.]*                                                |
        | changed modes                      | chmod -R a-w d; chmod 777 a.txt; chmod 000 b.txt                  |
        | made hard links                    | ln a.txt d/hard; ln -f b.txt a.txt; echo >>b.txt                  |

    Scenario: Bytecode of a leaf before is never run
      Given a user's repository, isolated by worktree
      When a leaf leaves bytecode of "print('B')" for mod.py, and the next one imports mod
      Then the second leaf printed "A"

    Scenario Outline: A slot that was <swapped> is given up, and the leaf after it gets a new one
      Given a user's repository, isolated by worktree, where writes outside are not denied
      When a leaf runs there `<script>`, and another one looks around
      Then the second leaf finds the tree as it was
      And nothing of the user's has changed

      Examples:
        | swapped                                   | script                                          |
        | replaced by a link to the user's tree     | S=$PWD; cd /; rm -rf "$S"; ln -s "$REPO" "$S"   |
        | replaced by another directory             | S=$PWD; cd ..; mv tree old; mkdir tree          |
        | deleted                                   | S=$PWD; cd /; rm -rf "$S"                       |

    Scenario Outline: <count> slots leased at once, in <kind>
      Given a user's repository, isolated by <kind>
      When <count> leaves lease their slots together
      Then each has edited its own tree

      Examples:
        | kind     | count |
        | overlay  | 24    |
        | worktree | 24    |

    Scenario Outline: Nothing is left of <kind> when the run has ended
      Given a user's repository, isolated by <kind>
      When a leaf runs there: `echo >n; mkdir -p x/y; chmod 000 x`
      Then no slot is left

      Examples:
        | kind     |
        | overlay  |
        | worktree |

  Rule: The machine decides which kind there is, and the program says why

    Scenario: The best that works
      Given a user's repository
      When isolation is chosen, of any kind
      Then the choice is overlay

    Scenario: The state lies inside of the repository
      Given a user's repository
      When isolation is chosen, of any kind, with the state inside of the repository
      Then the choice is worktree, because "lies inside the repository"

    Scenario: No right to mount
      Given a user's repository
      When isolation is chosen, of any kind, where mounting is forbidden
      Then the choice is worktree, because "Operation not permitted"

    Scenario: Files of another owner, for an ordinary user
      Given a user's repository
      When an ordinary user chooses isolation, of any kind, and a file belongs to root
      Then the choice is worktree, because "belongs to another user"

    Scenario: An ordinary user gets an overlay too
      Given a user's repository
      When an ordinary user chooses isolation, of any kind
      Then the choice is overlay

    Scenario Outline: What does not work is refused when it is asked for
      Given a folder that is no repository
      When isolation is chosen, of the kind <kind>
      Then it is refused with "<refusal>"

      Examples:
        | kind      | refusal                                  |
        | worktree  | 6: no isolation: worktree:               |
        | astrology | 2: --isolation astrology: no such kind   |

    Scenario Outline: A directory renamed by <how>, for an ordinary user, whose overlay can't do it
      Given a user's repository, isolated by overlay
      When a leaf of an ordinary user runs there: `<script>`
      Then it changed "-d/sub/z.txt -d/x.txt -d/y.txt +e/sub/z.txt +e/x.txt +e/y.txt"

      Examples:
        | how    | script                                           |
        | git    | git mv d e                                       |
        | Python | python3 -c "import os; os.rename('d', 'e')"      |
        | mv     | mv d e                                           |
