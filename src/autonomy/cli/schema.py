"""`autonomy schema`: the JSON Schemas of what the program writes."""

import json

import click

from autonomy.cli.options import here, write_result
from autonomy.errors import UsageError


@click.command()
@click.argument("name", metavar="plan|run|event")
@here
def command(name: str) -> None:
    """Print the JSON Schema of the plan file, of the run report, or of a line of `run --events`."""
    from pydantic import TypeAdapter

    from autonomy.planfile import PlanDocument
    from autonomy.runreport import EventDocument, RunDocument

    schemas = {
        "plan": lambda: PlanDocument.model_json_schema(by_alias=True),
        "run": lambda: RunDocument.model_json_schema(by_alias=True),
        "event": lambda: TypeAdapter(EventDocument).json_schema(),
    }
    if name not in schemas:
        raise UsageError(f"no schema named {name!r}; known: {', '.join(schemas)}")
    write_result(json.dumps(schemas[name](), indent=2, sort_keys=True) + "\n")
