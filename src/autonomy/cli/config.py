"""`autonomy config`: each value with its origin."""

import json
import os

import click

from autonomy.cli.options import here, user_config, write_result


@click.command()
@click.argument("path", default=".", metavar="[PATH]")
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
@here
def command(path: str, as_json: bool) -> None:
    """Show every key, its value, and the layer that set it: flag, environment, repository, user or default."""
    from autonomy import pipeline
    from autonomy.config import layers_of, settle

    settings = settle(layers_of(pipeline.root_of(path), os.environ, user_config(), {}))
    values = settings.config.model_dump(mode="json")
    if as_json:
        document = {key: {"value": value, "origin": settings.origins[key]} for key, value in values.items()}
        write_result(json.dumps(document, indent=2, sort_keys=True) + "\n")
        return
    width = max(map(len, values))
    write_result(
        "".join(f"{key:<{width}} = {json.dumps(value)}  ({settings.origins[key]})\n" for key, value in values.items())
    )
