"""Exports too long for a request: an app declares how one is made, a worker makes it."""

import dataclasses
from collections.abc import Callable, Mapping

from redcross.accounts.models import User
from redcross.discovery import discover
from redcross.files import FileContent


@dataclasses.dataclass(frozen=True, slots=True)
class ExportFile:
    """A file as a worker made it, and how many rows it holds."""

    content: FileContent
    rows: int


ExportMaker = Callable[[User, Mapping[str, str]], ExportFile]
"""What a person asks for → the file. Rights are checked here once more: they may have ended."""

_makers: dict[str, ExportMaker] = {}


def register_export(key: str) -> Callable[[ExportMaker], ExportMaker]:
    """Register how an export is made; an app does so in its `exports.py`."""

    def register(make: ExportMaker) -> ExportMaker:
        if key in _makers:
            message = f"the export {key!r} is declared twice"
            raise ValueError(message)
        _makers[key] = make
        return make

    return register


def get_export_maker(key: str) -> ExportMaker:
    """Return how an export is made; raise KeyError where no app declares it."""
    discover("exports")
    return _makers[key]
