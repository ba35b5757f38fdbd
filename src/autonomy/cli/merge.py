"""`autonomy merge`: accepted changes onto a fresh branch."""

import shlex
from pathlib import Path

import click

from autonomy.cli.options import here, quiet, say, write_result
from autonomy.errors import MergeConflict


@click.command()
@click.argument("name", default=None, required=False, metavar="[RUN]")
@click.option("--into", metavar="BRANCH", help="The branch to make.  [autonomy/RUN]")
@click.option("--validate", multiple=True, metavar="CMD", help="Must succeed on each dependency level (repeatable).")
@click.option("--squash", is_flag=True, help="One commit instead of one per subplan.")
@click.option("--dry-run", is_flag=True, help="Say what would be merged; write no branch.")
@quiet
@here
def command(
    name: str | None, into: str | None, validate: tuple[str, ...], squash: bool, dry_run: bool, quiet: bool
) -> int:
    """Bring the accepted changes of a run onto a fresh branch autonomy/RUN, in dependency order.

    Your checkout, index and current branch stay as they are. Conflicts end with 4 and make no branch; a subplan
    that breaks --validate is left out, named, and the end is 1.

    \b
    autonomy merge
    autonomy merge --validate 'pytest -q' --squash
    """
    from autonomy import ground, mergeback, running
    from autonomy.cli.saved import root_of_runs
    from autonomy.escape import terminal
    from autonomy.journal import runs
    from autonomy.naming import counted

    root = root_of_runs(Path.cwd())
    with runs.locked(root):
        run = runs.find_run(root, name)
        state, plan = running.status(run)
        source = ground.merge_source(root, state, plan, run.results)
        lines = [tuple(shlex.split(line)) for line in validate]
        judge = ground.judge_of(source, lines, run) if lines else None
        found = mergeback.merge(source, into=into, judge=judge, dry_run=dry_run, squash=squash)
    slugs = {leaf.id: leaf.slug for leaf in plan.leaves}
    if found.conflicts:
        for conflict in found.conflicts:
            write_result(
                f"{terminal(conflict.path)}: {', '.join(slugs[each] for each in conflict.leaves)}: {conflict.reason}\n"
            )
        raise MergeConflict(f"{counted(len(found.conflicts), 'conflict')}; branch {found.branch} was not made")
    for leaf in found.merged:
        write_result(f"{slugs[leaf]}\n")
    for leaf in found.parked:
        say(f"left out: {slugs[leaf]} ({leaf}) breaks the validation")
    did = "would be merged" if dry_run else "merged"
    what = f"{counted(len(found.merged), 'subplan')}, {counted(found.files, 'file')} {did} onto {found.branch}"
    say(f"{what if found.merged else 'nothing to merge'}; {len(found.unchanged)} changed nothing", quiet=quiet)
    if found.published:
        say(f"Next: git diff {str(found.base)[:12]} {found.branch}    git merge {found.branch}", quiet=quiet)
    return 1 if found.parked else 0
