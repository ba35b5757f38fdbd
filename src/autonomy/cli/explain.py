"""`autonomy explain`: why a file is in its leaf, why a leaf is one."""

import click

from autonomy.cli.options import here, say, write_result


@click.command()
@click.argument("name", metavar="PATH|ID")
@here
def command(name: str) -> None:
    """Say which splits put a file where it is, which ties hold it there, which were cut, and what a move would cost.

    For a subplan: why it is a leaf, what it waits for and through which references.

    \b
    autonomy explain src/app/views.py
    autonomy explain celery.backends
    """
    from pathlib import Path

    from autonomy import pipeline
    from autonomy.cli.saved import find, home_of, load_plan
    from autonomy.explain import explain_file, explain_node

    root = home_of(Path.cwd()).parent
    plan = load_plan(None)
    atlas, stale = pipeline.atlas_of(root, plan)
    if stale:
        say("autonomy: the tree has changed since it was planned; plan it again to be sure")
    path = pipeline.path_in(root, name)
    if path in atlas.rows and atlas.rows[path] in atlas.leaf_of:
        weights, rules = pipeline.weighed(root, plan, atlas, atlas.rows[path])
        write_result(explain_file(path, atlas, weights, rules))
    else:
        write_result(explain_node(find(plan, name, "file or subplan"), atlas))
