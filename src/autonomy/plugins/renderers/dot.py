"""The graph between leaves for Graphviz: an arrow from each leaf to those that it waits for."""

from autonomy.escape import terminal
from autonomy.model import Plan


class Dot:
    name = "dot"

    def render(self, plan: Plan) -> str:
        lines = ["digraph plan {", "  rankdir=LR;", "  node [shape=box];"]
        for leaf in plan.leaves:
            label = f"{leaf.slug}\n{leaf.file_count} files, {leaf.tokens} tokens"
            lines.append(f"  {_quoted(leaf.id)} [label={_quoted(label)}];")
        for leaf in plan.leaves:
            lines += [f"  {_quoted(leaf.id)} -> {_quoted(before)};" for before in plan.waits_for.get(leaf.id, ())]
        return "\n".join(lines) + "\n}\n"


def _quoted(text: str) -> str:
    """A DOT string; its line breaks stay line breaks."""
    parts = (terminal(line).replace("\\", "\\\\").replace('"', '\\"') for line in text.split("\n"))
    return '"' + "\\n".join(parts) + '"'


DOT = Dot()
