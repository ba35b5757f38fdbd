"""`autonomy config`: each value with its origin."""

import json
import os
from typing import Any

import click

from autonomy.cli.options import flags_of, here, planning, user_config, write_result


@click.command()
@click.argument("path", default=".", metavar="[PATH]")
@planning
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
@here
def command(path: str, as_json: bool, **values: Any) -> None:
    """Show every key, its value, and the layer that set it: flag, environment, repository, user or default.

    \b
    autonomy config --json
    AUTONOMY_MAX_FILES=32 autonomy config --max-tokens 50k
    """
    from autonomy import pipeline
    from autonomy.config import layers_of, settle

    settings = settle(layers_of(pipeline.root_of(path), os.environ, user_config(), flags_of(values)))
    values = settings.config.model_dump(mode="json")
    if as_json:
        document = {key: {"value": value, "origin": settings.origins[key]} for key, value in values.items()}
        write_result(json.dumps(document, indent=2, sort_keys=True) + "\n")
        return
    width = max(map(len, values))
    write_result(
        "".join(f"{key:<{width}} = {json.dumps(value)}  ({settings.origins[key]})\n" for key, value in values.items())
    )
