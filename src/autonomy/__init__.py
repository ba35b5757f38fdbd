"""Cut a repository into disjoint subplans and run them in parallel.

Importing this package prints nothing, opens nothing and loads nothing heavy: the public names below are
fetched from their modules at first use.
"""

__version__ = "0.1.0"

_HOMES = {
    "AutonomyError": "errors",
    "Budget": "candidates",
    "Busy": "errors",
    "Cancelled": "errors",
    "Config": "config",
    "Event": "engine",
    "Iteration": "candidates",
    "Merge": "mergeback.steps",
    "Outcome": "model",
    "Plan": "model",
    "Refused": "errors",
    "Rejected": "candidates",
    "RunReport": "api",
    "SearchResult": "candidates",
    "Subplan": "model",
    "Trial": "searching.contest",
    "Verdict": "candidates",
    "Worker": "api",
    "merge": "api",
    "plan": "api",
    "run": "api",
    "search": "searching.search",
}
__all__ = [
    "AutonomyError",
    "Budget",
    "Busy",
    "Cancelled",
    "Config",
    "Event",
    "Iteration",
    "Merge",
    "Outcome",
    "Plan",
    "Refused",
    "Rejected",
    "RunReport",
    "SearchResult",
    "Subplan",
    "Trial",
    "Verdict",
    "Worker",
    "__version__",
    "merge",
    "plan",
    "run",
    "search",
]

TYPE_CHECKING = False  # the name that type checkers know, without the 6 ms of importing typing
if TYPE_CHECKING:
    from autonomy.api import RunReport, Worker, merge, plan, run
    from autonomy.candidates import Budget, Iteration, Rejected, SearchResult, Verdict
    from autonomy.config import Config
    from autonomy.engine import Event
    from autonomy.errors import AutonomyError, Busy, Cancelled, Refused
    from autonomy.mergeback.steps import Merge
    from autonomy.model import Outcome, Plan, Subplan
    from autonomy.searching.contest import Trial
    from autonomy.searching.search import search


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module 'autonomy' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"autonomy.{_HOMES[name]}"), name)
