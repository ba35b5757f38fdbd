"""A leaf's own tree: what it changed there, what another one finds afterwards, and what is left outside."""

import random

from behave import given, then, when
from behave.runner import Context

from features.drivers import sabotage, workspaces
from features.drivers.workspaces import Ground
from features.figures import record

IMPORT = 'python3 -c "import mod"'


def _made(context: Context, ground: Ground) -> None:
    ground.make()
    context.ground = ground
    context.before = workspaces.fingerprint(ground.home)


@given("a user's repository")
def _(context: Context) -> None:
    _made(context, Ground(context.folder))


@given("a user's repository, isolated by {kind:w}")
def _(context: Context, kind: str) -> None:
    _made(context, Ground(context.folder, kind))


@given("a user's repository, isolated by {kind:w}, where writes outside are not denied")
def _(context: Context, kind: str) -> None:
    _made(context, Ground(context.folder, kind, confined=False))


@given('a user\'s repository, isolated by {kind:w}, of which "{inner}" was planned')
def _(context: Context, kind: str, inner: str) -> None:
    _made(context, Ground(context.folder, kind, inner=inner))


@given("a linked work tree of a user's repository, isolated by {kind:w}")
def _(context: Context, kind: str) -> None:
    ground = workspaces.LinkedGround(context.folder, kind)
    _made(context, ground)


@given("a folder that is no repository")
def _(context: Context) -> None:
    context.ground = Ground(context.folder)
    context.ground.top.mkdir(parents=True, exist_ok=True)


@when("a leaf runs there: `{script}`")
def _(context: Context, script: str) -> None:
    context.leaves = workspaces.run(context.ground, [script])


@when("a leaf of an ordinary user runs there: `{script}`")
def _(context: Context, script: str) -> None:
    context.leaves = workspaces.run_as_nobody(context.ground, script)


@when("a leaf runs there `{script}`, and another one looks around")
def _(context: Context, script: str) -> None:
    context.leaves, context.found = workspaces.run_and_look(context.ground, script)


@when('a leaf leaves bytecode of "{code}" for mod.py, and the next one imports mod')
def _(context: Context, code: str) -> None:
    edit = f'touch -r mod.py t; echo "{code}" >mod.py; touch -r t mod.py; python3 -m py_compile mod.py; {IMPORT}'
    context.leaves = workspaces.run(context.ground, [edit, IMPORT])
    assert context.leaves[0].log == "B\n", context.leaves[0]


@when("a leaf edits, adds, deletes, renames, links and locks at random, {count:d} times")
def _(context: Context, count: int) -> None:
    chance = random.Random(7)
    context.scripts = [workspaces.random_script(chance) for _ in range(count)]
    context.leaves = workspaces.run(context.ground, context.scripts)


@when("{count:d} leaves lease their slots together")
def _(context: Context, count: int) -> None:
    context.wrong = workspaces.together(context.ground, count)


@when("isolation is chosen, of any kind")
def _(context: Context) -> None:
    context.choice = workspaces.choice("auto", context.ground.root, context.ground.state)


@when("isolation is chosen, of the kind {kind}")
def _(context: Context, kind: str) -> None:
    context.choice = workspaces.choice(kind, context.ground.root, context.ground.state)


@when("isolation is chosen, of any kind, with the state inside of the repository")
def _(context: Context) -> None:
    context.choice = workspaces.choice("auto", context.ground.root, context.ground.root / "state")


@when("isolation is chosen, of any kind, where mounting is forbidden")
def _(context: Context) -> None:
    context.choice = workspaces.choice_without_mounts(context.ground)


@when("an ordinary user chooses isolation, of any kind")
def _(context: Context) -> None:
    context.choice = workspaces.choice_of_nobody(context.ground)


@when("an ordinary user chooses isolation, of any kind, and a file belongs to root")
def _(context: Context) -> None:
    context.choice = workspaces.choice_of_nobody(context.ground, foreign="d/x.txt")


@then('it changed ""')
def _(context: Context) -> None:
    assert context.leaves[0].patch == () and not context.leaves[0].error, context.leaves[0]


@then('it changed "{changes}"')
def _(context: Context, changes: str) -> None:
    found = workspaces.described(context.leaves[0].patch)
    assert sorted(found) == sorted(changes.split(" ")), f"{found}\n{context.leaves[0]}"


@then('it printed "{words}"')
def _(context: Context, words: str) -> None:
    expected = words.replace("$REPO", str(context.ground.top)).split()
    assert context.leaves[0].log.split() == expected, context.leaves[0].log


@then('the second leaf printed "{words}"')
def _(context: Context, words: str) -> None:
    assert context.leaves[1].log.split() == words.split(), context.leaves[1].log


@then("the second leaf finds the tree as it was")
def _(context: Context) -> None:
    first, second = context.found
    assert first == second, workspaces.differences(first, second)
    assert context.leaves[1].patch == (), context.leaves[1].patch


@then("nothing of the user's has changed")
def _(context: Context) -> None:
    after = workspaces.fingerprint(context.ground.home)
    assert after == context.before, workspaces.differences(context.before, after)


@then("each patch makes of a copy what the command makes of a copy")
def _(context: Context) -> None:
    for script, leaf in zip(context.scripts, context.leaves, strict=True):
        workspaces.compare_copies(context.ground, script, leaf)


@then("each has edited its own tree")
def _(context: Context) -> None:
    assert context.wrong == [], context.wrong[:2]


@then("no slot is left")
def _(context: Context) -> None:
    assert list((context.ground.state / "slots").iterdir()) == []
    assert context.ground.given_up == []


@then("the choice is {kind:w}")
def _(context: Context, kind: str) -> None:
    assert context.choice == f"{kind}: ", context.choice


@then('the choice is {kind:w}, because "{reason}"')
def _(context: Context, kind: str, reason: str) -> None:
    assert context.choice.startswith(f"{kind}: ") and reason in context.choice, context.choice


@then('it is refused with "{refusal}"')
def _(context: Context, refusal: str) -> None:
    found = getattr(context, "refusal", None) or context.choice
    assert found.startswith(refusal), found


@given("a user's repository, isolated by {kind:w}, with {megabytes:d} MB for slots")
def _(context: Context, kind: str, megabytes: int) -> None:
    _made(context, Ground(context.folder, kind))
    context.add_cleanup(workspaces.small_disk(context.ground.state, megabytes))


@when("leaves of {user} do the following, each followed by one that looks around")
def _(context: Context, user: str) -> None:
    commands = [(row["it"], row["command"]) for row in context.table.rows]
    context.harm = sabotage.harm(context.ground, commands, ordinary=user != "root")
    context.alive = sabotage.survivors()


@then("nothing of the user's has ever changed")
def _(context: Context) -> None:
    harmed = {each.what: each.outside for each in context.harm if each.outside}
    goal = "Sabotage by a command (35 kinds; overlay and work tree; root and user): nothing of the user's changed"
    record(context, goal, len(context.harm) - len(harmed), len(context.harm))
    assert not harmed, harmed


@then("whoever looked around found the tree as it was")
def _(context: Context) -> None:
    seen = {each.what: each.inside for each in context.harm if each.inside}
    assert not seen, seen


@then("something of the user's has changed")
def _(context: Context) -> None:
    assert workspaces.fingerprint(context.ground.home) != context.before


@then('its log says "{text}"')
def _(context: Context, text: str) -> None:
    assert text in context.leaves[0].log, context.leaves[0].log
