"""What other apps hang on the page of a fund; relief adds its projects."""

import dataclasses
from collections.abc import Callable
from typing import Any

from donations.models import Fund
from redcross.accounts.models import User
from redcross.branches.models import Branch
from redcross.discovery import discover


@dataclasses.dataclass(frozen=True, slots=True)
class Panel:
    """A titled part of a fund's page, drawn by a template of the app that adds it."""

    template: str
    context: dict[str, Any]


PanelSource = Callable[[Fund, Branch, User], Panel | None]
_sources: list[PanelSource] = []


def register_fund_panel(source: PanelSource) -> PanelSource:
    """Register a part of every fund's page."""
    _sources.append(source)
    return source


def collect_panels(fund: Fund, branch: Branch, user: User) -> list[Panel]:
    """Return what the apps hang on a fund's page."""
    discover("panels")
    panels = (source(fund, branch, user) for source in _sources)
    return [panel for panel in panels if panel is not None]
