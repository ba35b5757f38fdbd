"""Split along references: Louvain communities of the reference graph, packed up to the limits.

Source: Blondel et al., "Fast unfolding of communities in large networks" (2008), as implemented in networkx.
"""

from collections.abc import Sequence

from autonomy.model import Part, Workset

KINSHIP = 0.3
"""Weight of the tie between neighbours in one directory; a reference weighs 1."""


class Cluster:
    name = "cluster"

    def split(self, workset: Workset) -> Sequence[Part]:
        """Communities, each with what fits beside it; a community over the limits is left for the next level."""
        import networkx

        ties: networkx.Graph[int] = networkx.Graph()
        ties.add_nodes_from(workset.files)
        ties.add_weighted_edges_from(_ties(workset))
        communities = networkx.community.louvain_communities(ties, seed=workset.limits.seed)
        ordered = sorted(sorted(community) for community in communities)
        return [Part(sorted(group)) for group in _pack(workset, ordered)]


def _ties(workset: Workset) -> list[tuple[int, int, float]]:
    inside = frozenset(workset.files)
    references, paths = workset.graph.references, workset.graph.paths
    weights: dict[tuple[int, int], float] = {}
    for file in workset.files:
        for target in references[file]:
            if target in inside:
                pair = (min(file, target), max(file, target))
                weights[pair] = weights.get(pair, 0.0) + 1.0
    for left, right in zip(workset.files, workset.files[1:], strict=False):
        if paths[left].rpartition("/")[0] == paths[right].rpartition("/")[0]:
            weights[left, right] = weights.get((left, right), 0.0) + KINSHIP
    return [(left, right, weight) for (left, right), weight in sorted(weights.items())]


def _pack(workset: Workset, groups: Sequence[Sequence[int]]) -> list[list[int]]:
    """First-fit decreasing: the heaviest community first, each into the first pack with room."""
    tokens, limits = workset.graph.tokens, workset.limits
    packs: list[tuple[list[int], list[int]]] = []
    for group in sorted(groups, key=lambda each: (-sum(tokens[file] for file in each), each)):
        weight = sum(tokens[file] for file in group)
        for files, load in packs:
            if len(files) + len(group) <= limits.max_files and load[0] + weight <= limits.max_tokens:
                files.extend(group)
                load[0] += weight
                break
        else:
            packs.append((list(group), [weight]))
    return sorted(sorted(files) for files, _ in packs)


CLUSTER = Cluster()
