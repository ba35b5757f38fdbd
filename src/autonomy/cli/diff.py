"""`autonomy diff`: what moved between two plans."""

import click

from autonomy.cli.options import here, write_result

SHOWN = 20


@click.command()
@click.argument("old")
@click.argument("new", default=None, required=False, metavar="[NEW]")
@here
def command(old: str, new: str | None) -> None:
    """Show which files moved from one subplan to another between two plans, and what became of those subplans.

    NEW defaults to the latest plan.
    """
    from autonomy.cli.saved import load_plan
    from autonomy.comparing import difference
    from autonomy.escape import terminal
    from autonomy.naming import counted

    before, after = load_plan(old), load_plan(new)
    found = difference(before, after)
    moved = sum(len(move.files) for move in found.moves)
    lines = [
        f"{found.same:,} of {len(after.leaves):,} subplans hold the same files ({len(found.edited):,} with edits);"
        f" {counted(moved, 'file')} moved, {len(found.added):,} came, {len(found.removed):,} went"
    ]
    lines += [f"setting {line}" for line in found.settings]
    for move in found.moves:
        files = counted(len(move.files), "file")
        lines.append(f"{move.source} -> {move.target}: {files} ({move.why})")
        lines += [f"  {path}" for path in move.files[:SHOWN]]
        if len(move.files) > SHOWN:
            lines.append(f"  and {len(move.files) - SHOWN:,} more")
    lines += [f"+ {path}" for path in found.added]
    lines += [f"- {path}" for path in found.removed]
    write_result("".join(f"{terminal(line)}\n" for line in lines))
