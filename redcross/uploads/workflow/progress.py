"""The step an upload is at, and a heartbeat of the worker; kept in Valkey.

In the database nobody would see it before the load's transaction commits. The work itself
needs none of it: while Valkey restarts, a load goes on.
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
    """The step at work and the rows it handles."""

    step: str
    rows: int
    at: float

    @property
    def label(self) -> str:
        """The name of the step for people."""
        return STEP_LABELS[self.step]

    @property
    def status(self) -> str:
        """The step and its rows, as the page shows it."""
        return f"{self.label}（{self.rows} 行）" if self.rows else self.label

    @property
    def steps(self) -> list["StepStatus"]:
        """Every step of the check or of the load, whichever is at work."""
        is_load = self.step in _APPLY_STEPS
        names = [name for name in STEP_LABELS if (name in _APPLY_STEPS) == is_load]
        current = names.index(self.step)
        return [StepStatus(STEP_LABELS[name], at - current) for at, name in enumerate(names)]

    @property
    def percent(self) -> int:
        """How many of the steps are done."""
        return round(100 * list(STEP_LABELS).index(self.step) / (len(STEP_LABELS) - 1))


@dataclasses.dataclass(frozen=True, slots=True)
class StepStatus:
    """One step as the page lists it."""

    label: str
    distance: int  # from the step at work: negative where it is done

    @property
    def is_current(self) -> bool:
        """Whether it is at work."""
        return self.distance == 0

    @property
    def place(self) -> str:
        """The CSS class: done, now or ahead."""
        return "now" if self.is_current else "done" if self.distance < 0 else "ahead"


def report_step(upload_id: int, step: str, rows: int = 0) -> None:
    """Store which step begins, and how many rows it handles."""
    value = {"step": step, "rows": rows, "at": time.time()}
    with contextlib.suppress(RedisError):
        cache.set(f"upload:{upload_id}:progress", value, CACHE_SECONDS)


def current_progress(upload_id: int) -> Progress | None:
    """Return the step at work, None where none is known."""
    value = None
    with contextlib.suppress(RedisError):
        value = cache.get(f"upload:{upload_id}:progress")
    return Progress(**value) if value else None


def mark_waiting(upload_id: int) -> None:
    """Mark the upload as queued; the sweep leaves it alone for a while."""
    report_step(upload_id, "waiting")
    _record_heartbeat(upload_id)


@contextlib.contextmanager
def heartbeat(upload_id: int) -> Iterator[None]:
    """Record a heartbeat from a thread until the work ends."""
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
    """Return when the upload was last worked on or queued, in seconds since 1970."""
    seen: float | None = cache.get(_heartbeat_key(upload_id))
    return seen


def is_stalled(upload_id: int, *, now: dt.datetime) -> bool:
    """Tell whether nobody has worked on the upload for a minute."""
    last = last_heartbeat(upload_id)
    return last is None or now.timestamp() - last > STALLED_SECONDS


def _record_heartbeat(upload_id: int) -> None:
    with contextlib.suppress(RedisError):
        cache.set(_heartbeat_key(upload_id), time.time(), CACHE_SECONDS)


def _heartbeat_key(upload_id: int) -> str:
    return f"upload:{upload_id}:heartbeat"
