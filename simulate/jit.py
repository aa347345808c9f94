"""Compiled functions: the project's decorator with the types mypy needs."""

from collections.abc import Callable
from typing import TypeVar, cast

from schema.compiled import compiled

Function = TypeVar("Function", bound=Callable[..., object])


def jit(function: Function) -> Function:
    """Compile a function to machine code that is kept on disk and runs without the interpreter's lock."""
    return cast(Function, compiled()(function))
