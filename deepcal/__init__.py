"""The front door: the `deepcal` command, the private database server, the demo."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from deepcal.door import connect, cookbook, engine, matches, query, scans, sources, stacks

__all__ = ["connect", "cookbook", "engine", "matches", "query", "scans", "sources", "stacks"]


def __getattr__(name: str) -> Any:
    """Import the Python door when it is first used: the command does without it."""
    if name not in __all__:
        raise AttributeError(f"module 'deepcal' has no attribute {name!r}")
    from deepcal import door

    return getattr(door, name)
