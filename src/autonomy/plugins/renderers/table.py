"""One line per leaf, in plan order, for a person or for `grep`."""

from autonomy.escape import terminal
from autonomy.model import Plan

HEADER = ("#", "subplan", "files", "tokens", "waits for", "why a leaf", "id")


class Table:
    name = "table"

    def render(self, plan: Plan) -> str:
        """Columns apart by two blanks; `waits for` holds the numbers of other lines."""
        number = {leaf.id: place for place, leaf in enumerate(plan.leaves, 1)}
        rows = [HEADER]
        for leaf in plan.leaves:
            waits = sorted(number[before] for before in plan.waits_for.get(leaf.id, ()))
            why = (leaf.reason or "").replace("_", " ")
            rows.append((str(number[leaf.id]), leaf.slug, f"{leaf.file_count:,}", f"{leaf.tokens:,}",
                         _few(waits), why, leaf.id))  # fmt: skip
        widths = [max(len(row[column]) for row in rows) for column in range(len(HEADER))]
        return "".join(_line(row, widths) + "\n" for row in rows)


def _few(numbers: list[int]) -> str:
    shown = ", ".join(map(str, numbers[:4]))
    return shown + (f" +{len(numbers) - 4}" if len(numbers) > 4 else "") or "-"


def _line(row: tuple[str, ...], widths: list[int]) -> str:
    aligned = (
        cell.rjust(width) if column in (0, 2, 3) else cell.ljust(width)
        for column, (cell, width) in enumerate(zip(row, widths, strict=True))
    )
    return terminal("  ".join(aligned)).rstrip()


TABLE = Table()
