"""Seconds and memory of a piece of work, in this process or in one of its own."""

import multiprocessing
import resource
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from typing import Any, NamedTuple

from django.db import connections

from redcross.uploads.files import sandbox


class Measurement(NamedTuple):
    """The result of a piece of work, its seconds, and the most memory it or a child took."""

    result: Any
    seconds: float
    peak_mb: int


def measure_seconds(work: Callable[[], Any]) -> tuple[Any, float]:
    """Return the result of a piece of work and its seconds."""
    start = time.perf_counter()
    result = work()
    return result, time.perf_counter() - start


def run_in_process(work: Callable[..., Any], *args: Any, **kwargs: Any) -> Measurement:
    """Do a piece of work in a process of its own, as a web process or a worker would."""
    connections.close_all()  # a child must not use its parent's connection
    context = multiprocessing.get_context("fork")
    with ProcessPoolExecutor(1, mp_context=context) as executor:
        return executor.submit(_measure, work, *args, **kwargs).result()


def _measure(work: Callable[..., Any], *args: Any, **kwargs: Any) -> Measurement:
    result, seconds = measure_seconds(lambda: work(*args, **kwargs))
    sandbox.stop_server()  # the memory of its children is counted once it has ended
    connections.close_all()
    peak = max(
        resource.getrusage(who).ru_maxrss
        for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    return Measurement(result, seconds, round(peak / 1024))
