*** Settings ***
Documentation       A plan of a repository, from a shell.
Resource            autonomy.resource


*** Test Cases ***
A Plan Leaves The Repository As It Was
    A Repository Of 40 Files
    Shell    autonomy plan . --max-parallel 10
    It Ends With Status    0
    The Repository Is Untouched

Every Tracked File Is In One Leaf
    A Repository Of 40 Files
    Shell    git ls-files
    @{tracked} =    Evaluate    sorted($ENDED.stdout.splitlines())
    Shell    autonomy plan --json
    @{held} =    Evaluate    sorted(file for node in json.loads($ENDED.stdout)["nodes"] for file in node["files"])
    Should Be Equal    ${held}    ${tracked}

A Reader Of One Line Is No Error Of Ours
    A Repository Of 2000 Files
    Shell    autonomy plan --json | head -1
    It Shows No Traceback
    It Prints    {

A Folder That Is Not There
    Shell    autonomy plan ./nowhere
    It Ends With Status    3
    It Prints Nothing
    It Complains In One Line Of    nowhere
