"""The graph between leaves as GraphML, by networkx, which also reads it back."""

from autonomy.model import Plan


class GraphMl:
    name = "graphml"

    def render(self, plan: Plan) -> str:
        """Directed: an edge from a leaf to one that it waits for; nodes carry slug, files, tokens, depth."""
        import networkx

        graph: networkx.DiGraph[str] = networkx.DiGraph()
        for leaf in plan.leaves:
            graph.add_node(leaf.id, slug=leaf.slug, files=leaf.file_count, tokens=leaf.tokens, depth=leaf.depth)
        graph.add_edges_from((leaf.id, before) for leaf in plan.leaves for before in plan.waits_for.get(leaf.id, ()))
        return "\n".join(networkx.generate_graphml(graph)) + "\n"


GRAPHML = GraphMl()
