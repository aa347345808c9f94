"""How a long piece of work tells its caller how far it is."""

from collections.abc import Callable

Progress = Callable[[str, int, int], None]
"""Called with the stage in words, the steps done and the steps in all."""


def silent(stage: str, done: int, total: int) -> None:
    """Report nothing: the default of every long function."""
