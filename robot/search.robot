*** Settings ***
Documentation       Several candidates for each subplan, from a shell.
Resource            autonomy.resource


*** Variables ***
${PER_FILE}             --min-files 1 --max-files 1


*** Test Cases ***
An Agent That Needs Two Attempts Converges
    A Repository With Files    a/one.txt    b/two.txt    c/three.txt
    A Script    agent    for file; do echo "line $AUTONOMY_ATTEMPT" >> "$file"; done
    A Script    wants_three    for file; do test $(wc -l < "$file") -ge 3 || { echo too short; exit 1; }; done
    Shell    PATH="$PWD/..:$PATH" autonomy run ${PER_FILE} --loop-budget 3 --validate "wants_three {files}" --json -- agent {files}
    It Ends With Status    0
    Every Subplan Took Two Attempts, The First With The Complaint    too short
    The Repository Is Untouched
    Shell    autonomy merge
    It Ends With Status    0
    Shell    git show "$(git for-each-ref --format='%(refname)' refs/heads/autonomy)":a/one.txt
    It Prints    line 2

The Worst Case Is Printed Before The Start
    A Repository With Files    a/one.txt
    Shell    autonomy run --loop-budget 3 --concurrency-budget 4 --retries 1 --dry-run -- true
    It Ends With Status    0
    Should Contain    ${ENDED.stderr}    at most 24 commands

The First Success Leaves No Process Behind
    A Repository With Files    a/one.txt
    Shell    autonomy run --concurrency-budget 3 -- sh -c 'test $AUTONOMY_CANDIDATE = 2 || exec sleep 987654'
    It Ends With Status    0
    Shell    ! pgrep -f '[s]leep 987654'
    It Ends With Status    0

A Candidate That Is Twice As Fast Is Measured And Kept
    [Tags]    slow
    A Repository With Files    a/one.txt
    Shell    echo 1500000 > a/one.txt && git commit -qam Slow --author 'Ada <ada@example.org>'
    A Script    bench    exec python3 -c 'print(sum(i * 0 for i in range(int(open("a/one.txt").read()))))'
    A Script    agent    test $AUTONOMY_CANDIDATE = 1 || echo 500000 > a/one.txt
    Shell    PATH="$PWD/..:$PATH" autonomy run --concurrency-budget 2 --select best --bench bench --same-output --profile winner --json -- agent
    It Ends With Status    0
    Candidate 2 Is Accepted And Candidate 1 Is "not_faster"
    Shell    cat .autonomy/runs/*/logs/*.profile.log
    It Prints    <genexpr>

Options That Can't Be Meant
    [Template]    Is A Usage Error
    --loop-budget 0                loop_budget
    --concurrency-budget 0         concurrency_budget
    --select best                  --bench
    --bench true                   --select best
    --repair astrology             no strategy named 'astrology'
    --escalate "agent 'x"          --escalate
    --profile winner               --profile winner needs --bench
    --isolation none --loop-budget 2    can't keep candidates apart


*** Keywords ***
Every Subplan Took Two Attempts, The First With The Complaint
    [Arguments]    ${complaint}
    ${report} =    Evaluate    json.loads($ENDED.stdout)
    FOR    ${subplan}    IN    @{report}[subplans]
        Length Should Be    ${subplan}[attempts]    2
        Should Contain    ${subplan}[attempts][0][verdicts][0][message]    ${complaint}
        Should Be Equal    ${subplan}[attempts][1][status]    succeeded
    END
    Length Should Be    ${report}[subplans]    3

Candidate 2 Is Accepted And Candidate 1 Is "${reason}"
    ${report} =    Evaluate    json.loads($ENDED.stdout)
    Should Be Equal As Integers    ${report}[subplans][0][accepted]    2
    Should Be Equal    ${report}[failures][0][class]    ${reason}

Is A Usage Error
    [Arguments]    ${options}    ${complaint}
    A Repository With Files    a/one.txt
    Shell    autonomy run ${options} -q -- true
    It Ends With Status    2
    It Complains In One Line Of    ${complaint}
