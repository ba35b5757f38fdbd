"""Clusters of like words, by scikit-learn: KMeans over TF-IDF of paths, declarations and references. For comparison."""

from collections.abc import Sequence
from re import findall

from autonomy.model import Graph, Part, Workset
from autonomy.plugins.splitters.autocut.affinity import problem_of
from autonomy.plugins.splitters.autocut.naming import tree
from autonomy.plugins.splitters.autocut.pack import best_fit
from autonomy.plugins.splitters.autocut.repair import repair

MOST = 2_000
"""Clusters at most: KMeans takes time for each."""


class Tfidf:
    name = "tfidf"

    def split(self, workset: Workset) -> Sequence[Part]:
        from sklearn.cluster import KMeans
        from sklearn.feature_extraction.text import TfidfVectorizer

        problem, alone = problem_of(workset)
        clusters = min(problem.bound, len(problem), MOST)
        if clusters < 2:
            return ()
        words = [" ".join(_words(workset.graph, files[0])) for files in problem.members]
        matrix = TfidfVectorizer(max_features=4096, sublinear_tf=True).fit_transform(words)
        labels = KMeans(clusters, n_init=1, random_state=workset.limits.seed).fit_predict(matrix)
        groups: list[list[int]] = [[] for _ in range(clusters)]
        for node, label in enumerate(labels):
            groups[label].append(node)
        leaves = best_fit(problem, repair(problem, [group for group in groups if group]))
        files = sorted([*(sorted(problem.members[node][0] for node in leaf) for leaf in leaves), *alone])
        graph, limits = workset.graph, workset.limits
        return tree(files, graph.paths, graph.tokens, limits.min_files, limits.max_depth)


def _words(graph: Graph, file: int) -> list[str]:
    """The words of a file's path and of the names that it declares and refers to, in lower case."""
    snapshot = graph.snapshot
    names = [snapshot.names[name] for rows in (snapshot.declares, snapshot.references) for name in rows[file]]
    return findall(r"[a-z0-9]{2,}", " ".join([graph.paths[file], *names]).lower())


TFIDF = Tfidf()
