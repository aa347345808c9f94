"""One step ahead: what comes next is made while its predecessor is used."""

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")


def ahead(items: Iterable[T]) -> Iterator[T]:
    """Yield items, each made in a thread of its own while the caller works on the one before; errors come in order."""
    source = iter(items)
    with ThreadPoolExecutor(1) as pool:
        future = pool.submit(next, source, None)
        while (item := future.result()) is not None:
            future = pool.submit(next, source, None)
            yield item
