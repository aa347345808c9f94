"""Work done ahead: threads make what comes next while the caller uses what came before."""

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

CORES = max(2, len(os.sched_getaffinity(0)))

Item = TypeVar("Item")
Made = TypeVar("Made")


def ahead(
    work: Callable[[Item], Made],
    items: Iterable[Item],
    threads: int = CORES,
    weigh: Callable[[Item], int] = lambda item: 1,
    room: int = CORES,
) -> Iterator[Made]:
    """Yield work(item) of every item, in order; an error comes where its item would.

    Parameters
    ----------
    work : callable
        Called in one of the threads.
    items : iterable
        Drawn in the caller's thread.
    threads : int
    weigh : callable
        Weight of an item.
    room : int
        Items are taken ahead until they weigh more than this together.
    """
    waiting: deque[tuple[int, Future[Made]]] = deque()
    pool = ThreadPoolExecutor(threads)
    try:
        for item in items:
            waiting.append((weigh(item), pool.submit(work, item)))
            while len(waiting) > 1 and sum(weight for weight, _ in waiting) > room:
                yield waiting.popleft()[1].result()
        while waiting:
            yield waiting.popleft()[1].result()
    finally:
        pool.shutdown(cancel_futures=True)
