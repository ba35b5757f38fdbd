"""A search whose proposer and judge do nothing, so that all that is measured is ours; and a benchmark's verdict."""

import random
from time import process_time

import autonomy
from autonomy.searching.bench import compare
from autonomy.searching.lanes import Bound
from autonomy.searching.search import Surroundings


class Search:
    """Every attempt of the budget is made and fails."""

    params = (10, 100, 1_000)
    param_names = ("attempts",)
    timer = process_time

    def _search(self, attempts: int, width: int = 10) -> Bound:
        bound = Bound(width)
        autonomy.search(
            "leaf",
            lambda _leaf, iteration, _complaints: iteration.id,
            lambda _candidate: False,
            loop_budget=attempts // width,
            concurrency_budget=width,
            surroundings=Surroundings(bound),
        )
        return bound

    def time_search(self, attempts: int) -> None:
        self._search(attempts)

    def peakmem_search(self, attempts: int) -> None:
        self._search(attempts)


class Verdict:
    """The interval of so many rounds."""

    params = (10, 60)
    param_names = ("rounds",)
    timer = process_time

    def setup(self, rounds: int) -> None:
        drawn = random.Random(1)
        self.base, self.head = ([1 + drawn.random() for _ in range(rounds)] for _ in range(2))
        compare(self.base, self.head)

    def time_compare(self, rounds: int) -> None:
        compare(self.base, self.head)

    def track_false_changes(self, rounds: int) -> float:
        """The share of comparisons of equal programs that find a change; 0.05 is what 95 % promises."""
        drawn = random.Random(2)
        sides = [[[1 + drawn.random() for _ in range(rounds)] for _ in range(2)] for _ in range(200)]
        return sum(compare(base, head).change != "no significant change" for base, head in sides) / len(sides)

    track_false_changes.unit = "share"
