*** Settings ***
Documentation       A real codemod over a real repository: in parts, isolated and merged, it gives the very tree that it gives over
...                 the whole, byte for byte.
Resource            autonomy.resource
Test Template       A Formatter Merged From Its Parts Equals The Formatter Over The Whole


*** Test Cases ***
In Overlays         overlay
In Work Trees       worktree


*** Keywords ***
A Formatter Merged From Its Parts Equals The Formatter Over The Whole
    [Arguments]    ${isolation}
    A Repository Of Installed Packages    networkx    sklearn    asv
    It Has At Least 1000 Files
    Shell    rm -rf ../whole && cp -r . ../whole && cd ../whole && ruff format -q --isolated --no-cache . && git add -A && git write-tree
    It Ends With Status    0
    ${whole} =    Set Variable    ${ENDED.stdout}
    Shell    autonomy run -q -j 10 --isolation ${isolation} -- ruff format -q --isolated --no-cache {files}
    Skip If    ${ENDED.rc} == 6    this machine gives no ${isolation}
    It Ends With Status    0
    Shell    autonomy merge
    It Ends With Status    0
    Shell    git rev-parse "$(git for-each-ref --format='%(refname)' refs/heads/autonomy)^{tree}"
    Should Be Equal    ${ENDED.stdout}    ${whole}
    Shell    git rev-parse HEAD^{tree}
    Should Not Be Equal    ${ENDED.stdout}    ${whole}    the formatter has found nothing to do
    The Repository Is Untouched

A Repository Of Installed Packages
    [Documentation]    The Python files of packages that the program or its tests need, committed.
    [Arguments]    @{packages}
    A Repository With Files    README
    FOR    ${package}    IN    @{packages}
        Shell    d=$(python -c "import importlib.util as u; print(u.find_spec('${package}').submodule_search_locations[0])") && cd "$d/.." && find ${package} -name '*.py' -print0 | xargs -0 cp --parents -t "$OLDPWD"
        It Ends With Status    0
    END
    Shell    git add -A && git -c user.name=Ada -c user.email=ada@example.org commit -q -m Packages
    It Ends With Status    0

It Has At Least ${count} Files
    Shell    git ls-files | wc -l
    Should Be True    ${ENDED.stdout} >= ${count}
