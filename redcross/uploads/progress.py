"""How far an upload is, and that somebody still works on it; kept in Valkey.

Written inside the load's transaction nobody would see it.
"""

import contextlib
import dataclasses
import threading
import time
from collections.abc import Iterator

from django.core.cache import cache

LIFETIME = 3600
BEAT = 10
SILENT_AFTER = 60

STEPS = {
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

TURNS = {"undo": "正在作废本批", "restore": "正在恢复本批"}
_LONGEST_TURN = 120


@dataclasses.dataclass(frozen=True, slots=True)
class Progress:
    """The step at work, its name for people, and the rows it handles."""

    step: str
    rows: int
    at: float

    @property
    def label(self) -> str:
        """What the page shows."""
        return STEPS[self.step]

    @property
    def percent(self) -> int:
        """How many of the steps are behind."""
        return round(100 * list(STEPS).index(self.step) / (len(STEPS) - 1))


def report(upload_id: int, step: str, rows: int = 0) -> None:
    """Say which step begins."""
    value = {"step": step, "rows": rows, "at": time.time()}
    cache.set(f"upload:{upload_id}:progress", value, LIFETIME)


def current(upload_id: int) -> Progress | None:
    """Return the step at work, None where nothing was said."""
    value = cache.get(f"upload:{upload_id}:progress")
    return Progress(**value) if value else None


def begin_turn(upload_id: int, turn: str) -> None:
    """Say that an effective upload is being undone, or an undone one restored."""
    cache.set(f"upload:{upload_id}:turn", turn, _LONGEST_TURN)


def end_turn(upload_id: int) -> None:
    """Say that the undoing or restoring is over, well or not."""
    cache.delete(f"upload:{upload_id}:turn")


def turn(upload_id: int) -> str:
    """Return what the page shows of an undoing or restoring at work, "" where none is."""
    return TURNS.get(cache.get(f"upload:{upload_id}:turn") or "", "")


@contextlib.contextmanager
def heartbeat(upload_id: int) -> Iterator[None]:
    """Show from a thread that the work goes on, until it ends."""
    ended = threading.Event()

    def beat() -> None:
        while not ended.wait(BEAT):
            cache.set(_key(upload_id), time.time(), LIFETIME)

    cache.set(_key(upload_id), time.time(), LIFETIME)
    thread = threading.Thread(target=beat, daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
        cache.delete(_key(upload_id))


def is_silent(upload_id: int) -> bool:
    """Tell whether nobody has worked on it for a minute."""
    last = cache.get(_key(upload_id))
    return last is None or time.time() - last > SILENT_AFTER


def _key(upload_id: int) -> str:
    return f"upload:{upload_id}:heartbeat"
