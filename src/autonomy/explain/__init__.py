"""Why a file is where it is, and what a leaf waits for: read off the plan and the graph, nothing is guessed. Pure."""

from autonomy.explain.files import explain_file
from autonomy.explain.nodes import explain_node

__all__ = ["explain_file", "explain_node"]
