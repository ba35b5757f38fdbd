"""Cut a repository into disjoint subplans and run them in parallel.

Importing this package prints nothing, opens nothing and loads nothing heavy: the public names below are
fetched from their modules at first use.
"""

__version__ = "0.1.0"

_HOMES = {
    "AutonomyError": "errors",
    "Config": "config",
    "Plan": "model",
    "Subplan": "model",
}
__all__ = ["AutonomyError", "Config", "Plan", "Subplan", "__version__"]

TYPE_CHECKING = False  # the name that type checkers know, without the 6 ms of importing typing
if TYPE_CHECKING:
    from autonomy.config import Config
    from autonomy.errors import AutonomyError
    from autonomy.model import Plan, Subplan


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module 'autonomy' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"autonomy.{_HOMES[name]}"), name)
