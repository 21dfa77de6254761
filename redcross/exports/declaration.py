"""Declarations of exports: each app registers a function that makes the file."""

import dataclasses
from collections.abc import Callable, Mapping

from redcross.accounts.models import User
from redcross.discovery import Registry
from redcross.files import FileContent


@dataclasses.dataclass(frozen=True, slots=True)
class ExportFile:
    """The content of an export and its number of rows."""

    content: FileContent
    rows: int


ExportMaker = Callable[[User, Mapping[str, str]], ExportFile]
"""User and parameters → file. It checks the user's rights again: a role may have ended since."""

export_makers: Registry[ExportMaker] = Registry("exports", module="exports")


def register_export(key: str) -> Callable[[ExportMaker], ExportMaker]:
    """Register a function under an export key; for use in the `exports.py` of an app."""
    return lambda maker: export_makers.put(key, maker)


def get_export_maker(key: str) -> ExportMaker:
    """Return the function that makes an export; raise KeyError for an undeclared key."""
    return export_makers[key]
