*** Settings ***
Documentation       The page of a plan and of a run, in a browser, from disk, without a network.
Library             SeleniumLibrary    timeout=60    implicit_wait=0
Library             Collections
Library             String
Library             Chromium.py
Library             Trees.py
Library             Views.py
Resource            autonomy.resource
Suite Setup         Start Chromium
Suite Teardown      Stop Chromium
Test Setup          Prefer Colour Scheme    light
Test Teardown       Nothing Was Complained Of Or Asked For


*** Variables ***
${PANEL}            css:#panel
${SMALL}            --min-files 5 --max-files 5
${FILLS}            ['succeeded', 'failed', 'timed_out', 'error', 'cancelled', 'skipped', 'running', 'queued', 'c0', 'c1', 'c2', 'c3', 'c4', 'c5', 'c6', 'c7', 'c8', 'c9', 'low', 'high']
${DRAWN}            (view) => [...document.querySelectorAll('#' + view + ' .chart canvas')].some((canvas) => new Set(new Uint32Array(canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data.buffer)).size > 3)


*** Test Cases ***
A Plan Opens, And Its Views Are Drawn
    A Python Project Of 60 Modules
    Shell    autonomy plan -q ${SMALL}
    The Page Is Opened
    Every View Is Drawn    map    graph    timeline    workers
    Element Should Contain    css:.summary    61 files are cut into
    Element Should Contain    css:.summary    workers would

Every View Of A Plan Says What The JSON Says
    A Python Project Of 60 Modules
    Shell    autonomy plan -q ${SMALL}
    The Page Is Opened
    Every View Is True

Every View Of A Run With Failures And Retries Says What The JSON Says
    A Failed Run
    The Page Is Opened
    Every View Is True

Every View Of A Search With Candidates, A Benchmark And Costs Says What The JSON Says
    A Search
    The Page Is Opened
    Page Should Contain Element    css:#candidates .interval
    Page Should Contain Element    css:#cost
    Every View Is True

The First Screen Of A Failed Run Says What Failed, Why, What To Do, And What Waits
    A Failed Run
    The Page Is Opened
    Each Is In The First Screen    of 13 subplans failed    ModuleNotFoundError: No module named 'numpy'
    ...    autonomy resume    holds up the most    workers would
    Every View Is Drawn    failures    map    graph    timeline    workers    candidates

A Click On The Map Opens A Subplan, And On A Bar Its Attempt's
    A Failed Run
    The Page Is Opened
    A Click In The Middle Of    map
    The Panel Shows A Subplan
    Press Keys    None    ESCAPE
    Element Should Not Be Visible    ${PANEL}
    A Click In The Middle Of    timeline    y=-40

A Link To A Subplan Survives A Reload
    A Failed Run
    The Page Is Opened
    Click Element    css:#sentences a
    ${name} =    The Panel Shows A Subplan
    Reload Page
    ${again} =    The Panel Shows A Subplan
    Should Be Equal    ${again}    ${name}
    Location Should Contain    \#subplan=

A Failed Subplan Tells All Of It
    A Failed Run
    The Page Is Opened
    The Link Is Followed    .cause a
    The Panel Shows A Subplan
    FOR    ${text}    IN    What went wrong    --only    Waits for    Needed by    Why it is here    2 attempts    5 files    Brief
        Element Should Contain    ${PANEL}    ${text}
    END
    Click Element    xpath://*[@id="panel"]//summary[contains(., "What a worker is told")]
    Wait Until Page Contains Element    css:#panel .prose table

Search Finds A File By Keys Alone
    A Python Project Of 60 Modules
    Shell    autonomy plan -q ${SMALL}
    The Page Is Opened
    Press Keys    None    /
    Press Keys    None    m03.py
    Wait Until Element Is Visible    css:#hits li[aria-selected="true"]
    Press Keys    None    ARROW_DOWN
    Press Keys    None    RETURN
    The Panel Shows A Subplan
    Element Should Contain    ${PANEL}    m03.py
    Press Keys    None    ESCAPE
    Wait Until Element Is Not Visible    ${PANEL}

Everything Is Reached By Keys
    A Failed Run
    The Page Is Opened
    ${reached} =    Reached By Tab
    FOR    ${name}    IN    Map    Search subplans and files    Copy    All 13 subplans as a table
        Should Contain    ${reached}    ${name}
    END

The Table Of A Chart Says The Same, Sorted As One Likes
    A Failed Run
    The Page Is Opened
    Open The Table    map
    ${rows} =    Get Element Count    css:#map tbody tr
    Should Be Equal As Integers    ${rows}    13
    Click Element    xpath://section[@id="map"]//th/button[.="Holds up"]
    Element Attribute Value Should Be    xpath://section[@id="map"]//th[button[.="Holds up"]]    aria-sort    descending

The References Behind A Line Are Listed
    A Python Project Of 60 Modules
    Shell    autonomy plan -q ${SMALL}
    The Page Is Opened
    Open The Table    graph
    Click Element    css:#graph tbody .link
    Wait Until Page Contains Element    css:#graph .detail tbody tr
    Element Should Contain    css:#graph .detail    refers to

Names Are Text
    A Repository With Files    <img src=x onerror=document.title=1>.py    a"onmouseover="b.py    {{7*7}}.txt    plain.py
    Shell    autonomy run -q --isolation none -- sh -c 'echo "<script>document.title=1</script>"; exit 1'
    The Page Is Opened
    Page Should Not Contain Element    css:main img
    The Link Is Followed    .cause a
    The Panel Shows A Subplan
    Element Should Contain    ${PANEL}    <img src=x onerror=document.title=1>.py
    Element Should Contain    ${PANEL}    <script>document.title=1</script>
    Page Should Not Contain Element    css:#panel img, #panel script
    ${title} =    Get Title
    Should End With    ${title}    autonomy

Two Thousand Subplans
    [Tags]    slow
    A Repository With Many Files    10000
    Shell    autonomy plan -q ${SMALL}
    It Ends With Status    0
    The Page Is Opened
    ${busy} =    Seconds Busy
    Should Be True    ${busy} < 3    busy for ${busy} s
    Every View Is Drawn    map    graph    timeline    workers
    Element Should Contain    css:#map .note    Collapsed
    Element Should Contain    css:#graph .note    Collapsed
    Open The Table    map
    ${rows} =    Get Element Count    css:#map tbody tr
    Should Be Equal As Integers    ${rows}    100

No Barrier, By Day And Night, On A Desk And On A Phone
    A Failed Run
    FOR    ${scheme}    ${width}    IN    light    1280    light    390    dark    1280    dark    390
        Prefer Colour Scheme    ${scheme}
        The Page Is Opened
        Set Window Size    ${width}    900    inner=True
        Every View Is Drawn    failures    map    graph    timeline    workers    candidates
        Everything Is Unfolded
        Nobody Is Kept Out
        The Link Is Followed    .cause a
        The Panel Shows A Subplan
        Everything Is Unfolded
        Nobody Is Kept Out
    END
    [Teardown]    Run Keywords    Set Window Size    1280    900    inner=True
    ...    AND    Nothing Was Complained Of Or Asked For

Night Is Dark
    A Python Project Of 60 Modules
    Shell    autonomy plan -q ${SMALL}
    The Page Is Opened
    ${day} =    Execute Javascript    return getComputedStyle(document.body).backgroundColor
    Prefer Colour Scheme    dark
    ${night} =    Execute Javascript    return getComputedStyle(document.body).backgroundColor
    Should Not Be Equal    ${day}    ${night}

Names On Fills Are Read Well, By Day And Night
    A Python Project Of 60 Modules
    Shell    autonomy plan -q ${SMALL}
    FOR    ${scheme}    IN    light    dark
        Prefer Colour Scheme    ${scheme}
        The Page Is Opened
        ${contrasts} =    Execute Javascript    return ${FILLS}.map(color).map((fill) => [luminance(fill) + 0.05, luminance(inkOn(fill)) + 0.05]).map(([a, b]) => Math.max(a, b) / Math.min(a, b))
        Should Be True    min($contrasts) > 4    ${contrasts}
    END

A Part Of The Tree Is Opened By Keys
    A Repository With Many Files    600
    Shell    autonomy plan -q ${SMALL}
    The Page Is Opened
    FOR    ${view}    IN    map    graph
        Select From List By Index    css:#${view} .crumbs select    1
        Page Should Contain Element    css:#${view} .crumbs button
        Click Element    css:#${view} .crumbs button
        Page Should Contain Element    css:#${view} .crumbs select
    END

On A Phone Long Names Are Broken
    A Repository With Files    documentation_of_everything/that_was_ever_thought_of_by_anybody/a.txt    documentation_of_everything/and_of_what_was_not_thought_of_until_now/b.txt
    Shell    autonomy run -q --isolation none --min-files 1 --max-files 1 -- false
    Set Window Size    390    844    inner=True
    The Page Is Opened
    Everything Is Unfolded
    ${out} =    Execute Javascript    return document.documentElement.scrollWidth - document.documentElement.clientWidth
    Should Be Equal As Integers    ${out}    0
    [Teardown]    Run Keywords    Set Window Size    1280    900    inner=True
    ...    AND    Nothing Was Complained Of Or Asked For

On A Phone Nothing Sticks Out
    A Failed Run
    Set Window Size    390    844    inner=True
    The Page Is Opened
    ${out} =    Execute Javascript    return document.documentElement.scrollWidth - document.documentElement.clientWidth
    Should Be Equal As Integers    ${out}    0
    The Link Is Followed    .cause a
    The Panel Shows A Subplan
    [Teardown]    Run Keywords    Set Window Size    1280    900    inner=True
    ...    AND    Nothing Was Complained Of Or Asked For

A Run Is Watched While It Goes On
    A Repository With Files    a/a.txt    b/b.txt
    Shell    autonomy run -q --isolation none --min-files 1 --max-files 1 -- sh -c 'test -e go'
    ${address} =    The Address Of A Watch
    Go To    ${address}
    Wait Until Element Contains    css:#sentences    2 of 2 subplans failed
    Select From List By Value    css:#map .tools select    language
    Shell    touch go && autonomy resume --failed -q
    It Ends With Status    0
    Wait Until Element Contains    css:#sentences    All 2 subplans succeeded
    List Selection Should Be    css:#map .tools select    language
    [Teardown]    Run Keywords    Terminate All Processes    AND    Go To    about:blank    AND    Requests Made    AND    Console Complaints


*** Keywords ***
A Python Project Of ${count} Modules
    A Repository With Files    README.md
    Python Modules    ${ROOT}    ${count}
    Shell    git add -A && git -c user.name=Ada -c user.email=ada@example.org commit -qm Modules
    It Ends With Status    0

A Failed Run
    [Documentation]    Thirteen subplans; two fail alike, one in another way, and one succeeds at its second attempt.
    A Python Project Of 60 Modules
    A Script    agent    case $1.$AUTONOMY_ATTEMPT in\n*p03*|*p05*) echo "ModuleNotFoundError: No module named 'numpy'"; exit 1;;\n*p07*) echo "fatal: out of memory"; exit 2;;\n*p09*.1) echo "rate limit"; exit 3;;\nesac
    Shell    autonomy run -q --order strict --isolation none ${SMALL} --retries 1 -- ../agent {files}
    It Ends With Status    1

A Search
    [Documentation]    Three subplans: one gains, one gains too little, one passes no validator.
    A Repository With Files    a/one.txt    b/two.txt    c/three.txt
    Shell    for each in */*.txt; do echo 900000 > $each; done; git commit -qam Slow --author 'Ada <ada@example.org>'
    A Script    bench    exec python3 -c 'print(sum(i * 0 for i in range(int(open("a/one.txt").read()))))'
    A Script    agent    echo $((900000 / AUTONOMY_CANDIDATE / AUTONOMY_CANDIDATE)) > $1\necho '{"total_cost_usd": 0.25}' > $AUTONOMY_OUT/cost.json
    A Script    judge    echo "looks at $1"; test $1 != ./c/three.txt
    Shell    PATH="$PWD/..:$PATH" autonomy run -q --min-files 1 --max-files 1 --loop-budget 2 --concurrency-budget 2 --select best --bench bench --validate 'judge {files}' -- agent {files}
    It Ends With Status    1

A Repository With Many Files
    [Arguments]    ${count}
    A Repository With Files    README.md
    Scattered Modules    ${ROOT}    ${count}
    Shell    git add -A && git -c user.name=Ada -c user.email=ada@example.org commit -qm Many

The Page Is Opened
    Go To    about:blank
    Go To    file://${ROOT}/.autonomy/report.html
    Page Should Contain Element    css:#views a

Every View Is True
    Shell    ls .autonomy/runs 2>/dev/null || true
    @{runs} =    Split To Lines    ${ENDED.stdout}
    ${wrong} =    Differences From The JSON    ${ROOT}    @{runs}
    Should Be Empty    ${wrong}

Every View Is Drawn
    [Documentation]    Each view begins when it comes near; its canvases then hold more than one colour.
    [Arguments]    @{views}
    ${shown} =    Execute Javascript    return [...document.querySelectorAll('#sections > section')].map((each) => each.id)
    FOR    ${view}    IN    @{views}
        Should Contain    ${shown}    ${view}
        Scroll Element Into View    css:#${view} h2
        Execute Javascript    document.getElementById('${view}').scrollIntoView()
        ${charts} =    Get Element Count    css:#${view} .chart
        IF    ${charts}    Wait For Condition    return (${DRAWN})('${view}')
    END

A Click In The Middle Of
    [Arguments]    ${view}    ${y}=0
    Every View Is Drawn    ${view}
    Click Element At Coordinates    css:#${view} .chart canvas    0    ${y}

The Link Is Followed
    [Documentation]    Scrolled to first, so that the bar at the top does not cover it.
    [Arguments]    ${selector}
    Execute Javascript    document.querySelector('${selector}').scrollIntoView({block: 'center'})
    Click Element    css:${selector}

The Panel Shows A Subplan
    Wait Until Element Is Visible    ${PANEL}
    ${name} =    Get Text    css:#panel-title
    Should Not Be Empty    ${name}
    RETURN    ${name}

Open The Table
    [Arguments]    ${view}
    The Link Is Followed    \#${view} details.twin > summary
    Wait Until Page Contains Element    css:#${view} tbody tr

Each Is In The First Screen
    [Arguments]    @{texts}
    Set Window Size    1280    900    inner=True
    FOR    ${text}    IN    @{texts}
        ${script} =    Set Variable    return [...document.querySelectorAll('#sentences p')].some((each) => each.textContent.includes(arguments[0]) && each.getBoundingClientRect().bottom < innerHeight)
        ${seen} =    Execute Javascript    ${script}    ARGUMENTS    ${text}
        Should Be True    ${seen}    ${text} is not in the first screen
    END

Reached By Tab
    [Documentation]    The names of what has the focus when Tab is pressed again and again.
    ${names} =    Create List
    FOR    ${_}    IN RANGE    60
        Press Keys    None    TAB
        ${name} =    Execute Javascript    const at = document.activeElement; return at.getAttribute('aria-label') || at.textContent.slice(0, 80)
        Append To List    ${names}    ${name}
    END
    RETURN    ${{" | ".join($names)}}

Everything Is Unfolded
    Execute Javascript    document.querySelectorAll('details').forEach((each) => { each.open = true; })
    Wait For Condition    return [...document.querySelectorAll('details')].every((each) => each.children.length > 1)

Nobody Is Kept Out
    ${found} =    Accessibility Violations
    Should Be Empty    ${found}

The Address Of A Watch
    Start Process    autonomy    report    --watch    cwd=${ROOT}    stderr=${OUTPUT_DIR}/watch.txt
    Wait Until Keyword Succeeds    60s    50ms    File Should Not Be Empty    ${OUTPUT_DIR}/watch.txt
    ${said} =    Get File    ${OUTPUT_DIR}/watch.txt
    @{found} =    Get Regexp Matches    ${said}    http://\\S+
    RETURN    ${found}[0]

Nothing Was Complained Of Or Asked For
    ${said} =    Console Complaints
    Should Be Empty    ${said}
    ${asked} =    Requests Made
    Should Be Empty    ${asked}
