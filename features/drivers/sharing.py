"""Shares of plans, in process."""

from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from autonomy import planfile
from autonomy.journal.reading import read
from autonomy.journal.runs import find_run
from autonomy.model import Plan, Reason, Subplan, SubplanId
from autonomy.shards import imbalance, recorded_costs, shards
from autonomy.sharing import durations


def _leaf(number: int, tokens: int) -> Subplan:
    name = SubplanId(f"{number:016x}")
    return Subplan(name, f"leaf{number}", None, 1, (), (f"f{number}",), 1, tokens, tokens, "0" * 64, None, Reason.FITS)


@settings(derandomize=True, max_examples=200, deadline=None)
@given(st.lists(st.integers(0, 1000), min_size=1, max_size=60), st.integers(1, 12))
def check_shares(costs: list[int], count: int) -> None:
    plan = Plan(tuple(_leaf(number, cost) for number, cost in enumerate(costs)), {}, {})
    cost = {leaf.id: float(leaf.tokens) for leaf in plan.leaves}
    found = shards(plan, count, cost)
    assert len(found) == count
    assert sorted(leaf for group in found for leaf in group) == [leaf.id for leaf in plan.leaves]
    assert 1.0 - 1e-9 <= imbalance(found, cost) <= 1.5
    assert found == shards(plan, count, cost)


def shares_by_journal(root: Path, count: int) -> list[list[str]]:
    """What the newest run's durations make of the plan of `root`."""
    plan = planfile.loads((root / ".autonomy/plan.json").read_bytes(), "plan.json")
    cost = recorded_costs(plan, durations(read(find_run(root).journal)))
    return [list(map(str, group)) for group in shards(plan, count, cost)]
