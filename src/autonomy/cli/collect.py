"""`autonomy collect`: the runs of shards as one run."""

from pathlib import Path

import click

from autonomy.cli.options import here, quiet, rows_shown, say, shade, write_result
from autonomy.cli.tables import fitted


@click.command()
@click.argument("places", nargs=-1, required=True, metavar="DIR...")
@click.option("--json", "as_json", is_flag=True, help="The run report as one JSON document.")
@quiet
@here
def command(places: tuple[str, ...], as_json: bool, quiet: bool) -> int:
    """Join what `run --shard k/N` left on several machines into one run, for `status`, `merge` and `report`.

    DIR holds one or more runs at any depth (the .autonomy/runs of each machine). All must be of the same plan, base and
    command. Subplans that failed or are in no shard end with 1.

    \b
    autonomy collect shard-1 shard-2 shard-3
    autonomy merge
    """
    from autonomy import collecting, running
    from autonomy.cli.saved import root_of_runs
    from autonomy.journal import runs
    from autonomy.runreport import report, table, tally

    root = root_of_runs(Path.cwd())
    with runs.locked(root):
        found = collecting.collect(root, [Path(place) for place in places])
    document = report(*running.status(found.directory))
    write_result(document.dumps() if as_json else fitted(table(document, rows_shown(), shade)))
    slugs = {each.id: each.slug for each in document.subplans}
    for leaf in found.missing:
        say(f"{slugs[leaf]} ({leaf}): in no shard")
    counts = ", ".join(f"{count} {status}" for status, count in tally(document).items())
    say(f"Run {document.run_id}, joined from {found.parts}: {counts}", quiet=quiet)
    if any(each.changed_files for each in document.subplans) and document.base:
        say(f"Next: autonomy merge {document.run_id}", quiet=quiet)
    return 0 if document.succeeded else 1
