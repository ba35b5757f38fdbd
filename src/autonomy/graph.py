"""Snapshot -> dependency graph. Pure: every reference either resolves to files of the snapshot or is external."""

from collections.abc import Mapping, Sequence

from autonomy.model import Graph, Rows, Snapshot
from autonomy.protocols import Language, Resolve, Territory
from autonomy.protocols import language_of as language_of
from autonomy.protocols import language_table as language_table


def build_graph(snapshot: Snapshot, languages: Sequence[Language]) -> Graph:
    """Resolve what the files of `snapshot` refer to, by the rules of each file's language."""
    table = language_table(languages)
    readers = [language_of(path, table) for path in snapshot.paths]
    resolvers = _resolvers(snapshot, readers)
    names = snapshot.names
    rows: list[Sequence[int]] = []
    externals: dict[int, Sequence[str]] = {}
    for file, reader in enumerate(readers):
        if reader is None or not (row := snapshot.references[file]):
            rows.append(())
            continue
        resolve = resolvers[reader.name]
        targets: set[int] = set()
        outside: set[str] = set()
        for name in row:
            found = resolve(file, names[name])
            if isinstance(found, str):
                outside.add(found)
            else:
                targets.update(found)
        targets.discard(file)
        outside.discard("")
        rows.append(sorted(targets))
        if outside:
            externals[file] = tuple(sorted(outside))
    return Graph(snapshot, Rows.of(rows), externals)


def _resolvers(snapshot: Snapshot, readers: Sequence[Language | None]) -> Mapping[str, Resolve]:
    """One resolver per language that is present, each over the declarations of its family."""
    ids = {path: file for file, path in enumerate(snapshot.paths)}
    present = {reader.name: reader for reader in readers if reader}
    declares: dict[str, dict[int, Sequence[str]]] = {reader.family: {} for reader in present.values()}
    for file, reader in enumerate(readers):
        if reader and (row := snapshot.declares[file]):
            declares[reader.family][file] = [snapshot.names[name] for name in row]
    return {
        name: reader.resolver(Territory(snapshot.paths, ids, declares[reader.family]))
        for name, reader in present.items()
    }
