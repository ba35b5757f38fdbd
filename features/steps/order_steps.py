"""What waits for what."""

from behave import given, then, when
from behave.runner import Context

from features.drivers import cutting, planning


@given("{count:d} leaves, each of which refers to the one before")
def _(context: Context, count: int) -> None:
    context.leaves = [[f"l{number:02}/file"] for number in range(count)]
    paths = [path for leaf in context.leaves for path in leaf]
    context.graph = planning.graph_of(paths, ties=list(zip(paths[1:], paths, strict=False)))


@given('{count:d} leaves, ten of which refer to "{hub}"')
def _(context: Context, count: int, hub: str) -> None:
    context.leaves = [[f"l{number:02}/file"] for number in range(count)]
    paths = [path for leaf in context.leaves for path in leaf]
    context.graph = planning.graph_of(paths, ties=[(path, hub) for path in paths[-10:]])


def directories(context: Context) -> None:
    groups: dict[str, list[str]] = {}
    for path in context.paths:
        groups.setdefault(path.partition("/")[0], []).append(path)
    context.names, context.leaves = list(groups), list(groups.values())
    context.graph = planning.graph_of(context.paths, context.tokens, context.ties)


@when("they are ordered {order} for {workers:d} workers")
def _(context: Context, order: str, workers: int) -> None:
    context.names = [leaf[0].partition("/")[0] for leaf in context.leaves]
    context.order = cutting.order_of(context.graph, context.leaves, order, workers)


@when("its directories are ordered {order} for {workers:d} workers")
def _(context: Context, order: str, workers: int) -> None:
    directories(context)
    context.order = cutting.order_of(context.graph, context.leaves, order, workers)


@then("at least {count:d} leaves wait for nothing")
def _(context: Context, count: int) -> None:
    assert context.order.first >= count, context.order


@then("{count:d} leaves wait for nothing")
def _(context: Context, count: int) -> None:
    assert context.order.first == count, context.order


@then("no leaf waits, directly or not, for itself")
def _(context: Context) -> None:
    assert cutting.acyclic(context.order.waits)


@then("{share:g} of the references are honoured")
def _(context: Context, share: float) -> None:
    assert abs(context.order.honoured - share) < 1e-9, context.order.honoured


@then('"{name}" waits for "{before}"')
def _(context: Context, name: str, before: str) -> None:
    waits = context.order.waits[context.names.index(name)]
    assert waits == [context.names.index(before)], waits


@then('"{name}" waits for nothing')
def _(context: Context, name: str) -> None:
    assert not context.order.waits[context.names.index(name)]


@then('the hub is "{path}" with {users:d} leaves')
def _(context: Context, path: str, users: int) -> None:
    assert cutting.hubs_of(context.graph, context.leaves) == [(path, users)]
