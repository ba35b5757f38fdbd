*** Settings ***
Documentation       The first minute with the installed program.
Resource            autonomy.resource


*** Test Cases ***
Version Is One Line
    Shell    autonomy --version
    It Ends With Status    0
    Should Match Regexp    ${ENDED.stdout}    ^autonomy \\d+\\.\\d+\\.\\d+$

Help Names The Main Job
    Shell    autonomy --help
    It Ends With Status    0
    It Prints    autonomy plan ./repo --max-parallel 10

The Module Is The Command
    Shell    python -m autonomy --help
    It Ends With Status    0
    It Prints    Usage: autonomy

An Unknown Command Is A Usage Error
    Shell    autonomy astrology
    It Ends With Status    2
    It Prints Nothing
    It Complains In One Line Of    astrology

Each Shell Gets Its Completion
    FOR    ${shell}    IN    bash    zsh    fish
        Shell    autonomy completion ${shell}
        It Ends With Status    0
        It Prints    autonomy
    END
