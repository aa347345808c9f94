"""Compiled functions: numba's decorator with the types mypy needs."""

from collections.abc import Callable
from typing import TypeVar, cast

from numba import njit

Function = TypeVar("Function", bound=Callable[..., object])


def jit(function: Function) -> Function:
    """Compile a function to machine code that is kept on disk and runs without the interpreter's lock."""
    return cast(Function, njit(cache=True, nogil=True)(function))
