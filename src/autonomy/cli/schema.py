"""`autonomy schema`: the JSON Schemas of what the program writes."""

import json

import click

from autonomy.cli.options import write_result
from autonomy.errors import UsageError


@click.command()
@click.argument("name", metavar="plan")
def command(name: str) -> None:
    """Print the JSON Schema of the plan file."""
    from autonomy.planfile import PlanDocument

    documents = {"plan": PlanDocument}
    if name not in documents:
        raise UsageError(f"no schema named {name!r}; known: {', '.join(documents)}")
    write_result(json.dumps(documents[name].model_json_schema(by_alias=True), indent=2, sort_keys=True) + "\n")
