"""The last resort: neighbours by path, in as few chunks as the limits allow. Flat, so it always ends a branch."""

from collections.abc import Iterator, Sequence

from autonomy.model import Limits, Part, Workset


class Chunk:
    name = "chunk"

    def split(self, workset: Workset) -> Sequence[Part]:
        """Runs of neighbouring files that each fit; a file over the token limit is a part of its own."""
        limits, tokens = workset.limits, workset.graph.tokens
        bound = max(2, -(-len(workset.files) // limits.max_files), -(-workset.tokens // limits.max_tokens))
        even = Limits(
            max_files=min(limits.max_files, -(-len(workset.files) // bound)),
            max_tokens=limits.max_tokens,
        )
        # Even chunks first; where heavy files make them more than needed, full ones.
        chunks = min((list(_runs(workset.files, tokens, each)) for each in (even, limits)), key=len)
        if len(chunks) < 2:
            chunks = list(_runs(workset.files, tokens, even))
        return [Part(chunk) for chunk in chunks]


def _runs(files: Sequence[int], tokens: Sequence[int], limits: Limits) -> Iterator[list[int]]:
    run: list[int] = []
    weight = 0
    for file in files:
        if run and (len(run) >= limits.max_files or weight + tokens[file] > limits.max_tokens):
            yield run
            run, weight = [], 0
        run.append(file)
        weight += tokens[file]
    yield run


CHUNK = Chunk()
