"""How far an upload is, and that somebody still works on it; kept in Valkey.

Written inside the load's transaction nobody would see it. Nothing of it is needed for the
work itself: a queue that is being restarted must not end a load.
"""

import contextlib
import dataclasses
import datetime as dt
import threading
import time
from collections.abc import Iterator

from django.core.cache import cache
from redis.exceptions import RedisError

CACHE_SECONDS = 3600
HEARTBEAT_SECONDS = 10
STALLED_SECONDS = 60

STEP_LABELS = {
    "waiting": "排队",
    "read": "打开文件",
    "recognise": "识别表头",
    "clean": "读取数据",
    "check": "核对",
    "compare": "与已有数据比较",
    "stage": "准备写入",
    "load": "写入",
    "done": "完成",
}

_APPLY_STEPS = ("stage", "load")


@dataclasses.dataclass(frozen=True, slots=True)
class Progress:
    """The step at work, its name for people, and the rows it handles."""

    step: str
    rows: int
    at: float

    @property
    def label(self) -> str:
        """What the page shows."""
        return STEP_LABELS[self.step]

    @property
    def steps(self) -> list[tuple[str, str]]:
        """Every step of the check or load at work: its name, and done, now or ahead."""
        names = [
            name for name in STEP_LABELS if (name in _APPLY_STEPS) == (self.step in _APPLY_STEPS)
        ]
        at = names.index(self.step)
        return [
            (STEP_LABELS[name], "done" if place < at else "now" if place == at else "ahead")
            for place, name in enumerate(names)
        ]

    @property
    def percent(self) -> int:
        """How many of the steps are behind."""
        return round(100 * list(STEP_LABELS).index(self.step) / (len(STEP_LABELS) - 1))


def report_step(upload_id: int, step: str, rows: int = 0) -> None:
    """Say which step begins."""
    value = {"step": step, "rows": rows, "at": time.time()}
    with contextlib.suppress(RedisError):
        cache.set(f"upload:{upload_id}:progress", value, CACHE_SECONDS)


def current_progress(upload_id: int) -> Progress | None:
    """Return the step at work, None where nothing was said."""
    value = None
    with contextlib.suppress(RedisError):
        value = cache.get(f"upload:{upload_id}:progress")
    return Progress(**value) if value else None


def mark_waiting(upload_id: int) -> None:
    """Say that it stands in the queue; the sweeper leaves it there for a while."""
    report_step(upload_id, "waiting")
    _record_heartbeat(upload_id)


@contextlib.contextmanager
def heartbeat(upload_id: int) -> Iterator[None]:
    """Show from a thread that the work goes on, until it ends."""
    ended = threading.Event()

    def beat() -> None:
        while not ended.wait(HEARTBEAT_SECONDS):
            _record_heartbeat(upload_id)

    _record_heartbeat(upload_id)
    thread = threading.Thread(target=beat, daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
        with contextlib.suppress(RedisError):
            cache.delete(_heartbeat_key(upload_id))


def last_heartbeat(upload_id: int) -> float | None:
    """Return when somebody last worked on it or queued it, in seconds since 1970."""
    seen: float | None = cache.get(_heartbeat_key(upload_id))
    return seen


def is_stalled(upload_id: int, *, now: dt.datetime) -> bool:
    """Tell whether nobody has worked on it for a minute."""
    last = last_heartbeat(upload_id)
    return last is None or now.timestamp() - last > STALLED_SECONDS


def _record_heartbeat(upload_id: int) -> None:
    with contextlib.suppress(RedisError):
        cache.set(_heartbeat_key(upload_id), time.time(), CACHE_SECONDS)


def _heartbeat_key(upload_id: int) -> str:
    return f"upload:{upload_id}:heartbeat"
