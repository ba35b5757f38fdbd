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
        words = [" ".join(_words(workset.graph, files)) for files in problem.members]
        matrix = TfidfVectorizer(max_features=4096, sublinear_tf=True).fit_transform(words)
        labels = KMeans(clusters, n_init=1, random_state=workset.limits.seed).fit_predict(matrix)
        groups: list[list[int]] = [[] for _ in range(clusters)]
        for node, label in enumerate(labels):
            groups[label].append(node)
        leaves = best_fit(problem, repair(problem, [group for group in groups if group]))
        files = sorted([*(sorted(file for node in leaf for file in problem.members[node]) for leaf in leaves), *alone])
        return tree(files, workset.graph, workset.limits)


def _words(graph: Graph, files: Sequence[int]) -> list[str]:
    """The words of the files' paths and of the names that they declare and refer to, in lower case."""
    snapshot = graph.snapshot
    rows = [each[file] for file in files for each in (snapshot.declares, snapshot.references)]
    text = [*(graph.paths[file] for file in files), *(snapshot.names[name] for row in rows for name in row)]
    return findall(r"[a-z0-9]{2,}", " ".join(text).lower())


TFIDF = Tfidf()
