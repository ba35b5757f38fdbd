"""What Python's own parser sees in a module."""

import ast


def references(source: str) -> list[str]:
    """The references of a Python module by its syntax tree, spelled as the plug-in spells them."""
    found: dict[str, None] = {}
    nodes = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Import | ast.ImportFrom)]
    for node in sorted(nodes, key=lambda node: (node.lineno, node.col_offset)):
        names = [alias.name for alias in node.names]
        if isinstance(node, ast.Import):
            found.update(dict.fromkeys(names))
        else:
            found[f"{'.' * node.level}{node.module or ''}:{','.join(names)}"] = None
    return list(found)
