"""Exports too long for a request: an app declares how one is made, a worker makes it."""

import dataclasses
from collections.abc import Callable, Mapping

from redcross.accounts.models import User
from redcross.discovery import discover
from redcross.files import Content


@dataclasses.dataclass(frozen=True, slots=True)
class Made:
    """A file as a worker made it, and how many rows it holds."""

    content: Content
    rows: int


Make = Callable[[User, Mapping[str, str]], Made]
"""What a person asks for → the file. Rights are checked here once more: they may have ended."""

_makes: dict[str, Make] = {}


def exported(key: str) -> Callable[[Make], Make]:
    """Register how an export is made; an app does so in its `exports.py`."""

    def register(make: Make) -> Make:
        if key in _makes:
            message = f"the export {key!r} is declared twice"
            raise ValueError(message)
        _makes[key] = make
        return make

    return register


def make_of(key: str) -> Make:
    """Return how an export is made; raise KeyError where no app declares it."""
    discover("exports")
    return _makes[key]
