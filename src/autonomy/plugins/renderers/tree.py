"""The tree of subplans as an indented drawing."""

from autonomy.escape import terminal
from autonomy.model import Plan, Subplan, SubplanId


class Tree:
    name = "tree"

    def render(self, plan: Plan) -> str:
        """A line per node: name, files, tokens; a leaf also says why it is one."""
        known = {node.id: node for node in plan.nodes}
        lines: list[str] = []
        stack: list[tuple[SubplanId, str, str]] = [(plan.root.id, "", "")]
        while stack:
            identity, lead, inner = stack.pop()
            node = known[identity]
            lines.append(f"{lead}{_label(node)}\n")
            last = len(node.children) - 1
            stack.extend(
                (child, inner + ("└─ " if place == last else "├─ "), inner + ("   " if place == last else "│  "))
                for place, child in reversed(list(enumerate(node.children)))
            )
        return "".join(lines)


def _label(node: Subplan) -> str:
    size = f"{node.file_count:,} files, {node.tokens:,} tokens"
    why = f"{node.splitter}" if node.children else (node.reason or "").replace("_", " ")
    return terminal(f"{node.slug}  ({size}; {why})" + (f"  {node.id}" if node.is_leaf else ""))


TREE = Tree()
