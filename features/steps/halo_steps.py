"""What a leaf sees of its surroundings, from the choice to the brief."""

from behave import given, then, when
from behave.runner import Context

from features import driver
from features.drivers import cutting, halos
from features.steps.order_steps import directories


@when("each directory is given skeletons of {tokens:d} tokens")
def _(context: Context, tokens: int) -> None:
    directories(context)
    context.halos = cutting.halos_of(context.graph, context.leaves, tokens)


@then('the halo of "{name}" is "{paths}"')
@then('the halo of "{name}" is ""')
def _(context: Context, name: str, paths: str = "") -> None:
    found = ", ".join(context.halos[context.names.index(name)])
    assert found == paths, found


@then("{share:g} of the references are unseen")
def _(context: Context, share: float) -> None:
    found = cutting.unseen(context.graph, context.leaves, context.halos)
    assert abs(found - share) < 1e-9, found


@then("halos stay outside of their leaves and within their budgets, and more of it leaves less unseen")
def _(context: Context) -> None:
    halos.laws()


@given("packages of functions that call each other, in a repository")
def _(context: Context) -> None:
    files = {}
    for number in range(48):
        targets = [(number * step + 1) % 48 for step in (1, 5, 7)]
        imports = "".join(f"from p{target // 6}.m{target} import work{target}\n" for target in targets)
        calls = "\n    ".join(f"secret_{number} = work{target}(value)" for target in targets * 8)
        head = f"def work{number}(value: int) -> int:\n    '''Step {number} of the work.'''\n    "
        files[f"p{number // 6}/m{number}.py"] = f"{imports}\n\n{head}{calls}\n    return value\n"
    driver.write_tree(context.root, files)
    driver.commit_all(context.root)


@then("the skeletons in each brief take at most {most:d} tokens and are of no file of the leaf")
def _(context: Context, most: int) -> None:
    found = halos.sections(context.root)
    assert sum(bool(section) for _, section in found.values()) > 1, found
    for slug, (files, section) in found.items():
        assert halos.tokens(section) <= most, (slug, halos.tokens(section))
        assert not files.intersection(halos.told(section)), slug


@then("no body of a function is in a brief")
def _(context: Context) -> None:
    assert not any("secret_" in section for _, section in halos.sections(context.root).values())


@then("there is no skeleton in any brief")
def _(context: Context) -> None:
    assert not any(section for _, section in halos.sections(context.root).values())


@then('"{some}" leaves fewer references unseen than "{others}"')
def _(context: Context, some: str, others: str) -> None:
    less, more = (halos.unseen_in(context.root / name) for name in (some, others))
    assert less < more, (less, more)


@when('the skeleton is made of "{path}", which refers to "{target}"')
@when('the skeleton is made of "{path}", which refers to ""')
def _(context: Context, path: str, target: str = "") -> None:
    context.skeleton = halos.skeleton_of(path, context.text, [target] if target else [])


@then("the skeleton reads")
def _(context: Context) -> None:
    assert context.skeleton == context.text, context.skeleton
