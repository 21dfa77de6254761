"""The content of the progress board: branch × sheet, a map, and the reporting quality."""

import dataclasses
import datetime as dt
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import urlencode

from redcross.accounts.choices import Domain
from redcross.branches.choices import Level
from redcross.branches.models import Branch
from redcross.completeness.choices import ObligationStatus
from redcross.completeness.models import Urging
from redcross.completeness.obligations.evaluate import Obligation, list_obligations
from redcross.completeness.obligations.quality import (
    ReportingQuality,
    list_urgings,
    measure_quality,
)
from redcross.periods import Period
from redcross.uploads.schema.sheet import Sheet

_MAP_LAYERS = {Level.PROVINCE: "prefectures", Level.PREFECTURE: "counties"}
_WORST_FIRST = (
    ObligationStatus.LATE,
    ObligationStatus.RETURNED,
    ObligationStatus.OPEN,
    ObligationStatus.DUE,
    ObligationStatus.WAITING,
    ObligationStatus.NOT_OPEN,
    ObligationStatus.EXEMPT,
    ObligationStatus.COVERED,
    ObligationStatus.ZERO,
    ObligationStatus.EFFECTIVE,
)


@dataclasses.dataclass(frozen=True, slots=True)
class BoardQuery:
    """The branch, months and filters of a board, as given in its address."""

    branch: Branch
    period: Period
    domain: str = ""
    sheet: str = ""
    status: str = ""
    every_level: bool = False
    message: str = ""
    """Why the given period was not used."""

    def includes(self, obligation: Obligation) -> bool:
        """Return whether an obligation passes the filters of domain and sheet."""
        sheet = obligation.sheet
        return self.domain in ("", sheet.domain) and self.sheet in ("", sheet.key)

    def query_string(self, **changes: str) -> str:
        """Return the query string of this board with some parameters replaced."""
        parameters = {
            "branch": self.branch.code,
            "period": str(self.period),
            "domain": self.domain,
            "sheet": self.sheet,
            "standing": self.status,
            "level": "all" if self.every_level else "",
        }
        values = parameters | changes
        return urlencode({name: value for name, value in values.items() if value})

    @property
    def is_filtered(self) -> bool:
        """Whether any filter is set."""
        return bool(self.status or self.sheet or self.domain)

    @property
    def query(self) -> str:
        """The query string of this board."""
        return self.query_string()

    @property
    def previous_query(self) -> str:
        """The query string of the period before."""
        return self.query_string(period=str(self.period.previous))

    @property
    def next_query(self) -> str:
        """The query string of the period after."""
        return self.query_string(period=str(self.period.next))

    @property
    def query_without_status(self) -> str:
        """The query string without a status, to which one is appended."""
        return self.query_string(standing="")

    @property
    def query_for_branch(self) -> str:
        """The query string of another branch, whose code is appended."""
        return f"?{self.query_string(branch='')}&branch="


@dataclasses.dataclass(frozen=True, slots=True)
class BoardCell:
    """The obligations of a branch with one sheet: the worst, and how many are submitted."""

    worst: Obligation
    done: int
    count: int

    @property
    def is_linked(self) -> bool:
        """Whether the worst has an upload of the branch's own to link to."""
        return bool(self.worst.upload) and self.worst.status is not ObligationStatus.COVERED

    @property
    def days_late(self) -> int:
        """Days late of the worst, 0 if something of it is in work already."""
        return self.worst.days_late if self.worst.status is ObligationStatus.LATE else 0


@dataclasses.dataclass(frozen=True, slots=True)
class BoardRow:
    """A branch of the matrix."""

    branch: Branch
    own: bool
    """Whether it is the branch of the board itself (本级)."""
    cells: list[BoardCell | None]
    urgings: list[Urging]
    is_outstanding: bool


def build_board(query: BoardQuery, *, today: dt.date) -> dict[str, Any]:
    """Return the template context of the board; the number of queries is constant."""
    branches = list(Branch.objects.under(query.branch).in_official_order().select_related("parent"))
    obligations = [
        obligation
        for obligation in list_obligations(branches, query.period, today=today)
        if query.includes(obligation)
    ]
    urgings = list_urgings(obligations, query.period)
    children = [branch for branch in branches if branch.parent_id == query.branch.pk]
    total, *quality = measure_quality(
        [query.branch, *children], obligations, query.period, urgings=urgings
    )
    counts = Counter(obligation.status for obligation in obligations)
    selected = [item for item in obligations if query.status in ("", item.status)]
    sheets = list(dict.fromkeys(item.sheet for item in selected))
    return {
        "board": query,
        "obligations": selected,
        "sheets": sheets,
        "rows": _build_rows(query, branches, sheets, selected, urgings),
        "counts": [
            (status, counts[status], status == query.status)
            for status in ObligationStatus
            if counts[status]
        ],
        "total": total,
        "quality": [item for item in quality if item.due],
        "map": _map_data(query.branch, quality),
        "urgings": urgings,
        "domains": Domain.choices,
    }


def _build_rows(
    query: BoardQuery,
    branches: Iterable[Branch],
    sheets: Sequence[Sheet],
    obligations: Iterable[Obligation],
    urgings: Iterable[Urging],
) -> list[BoardRow]:
    cells: dict[tuple[int, str], list[Obligation]] = {}
    for obligation in obligations:
        cells.setdefault((obligation.branch.pk, obligation.sheet.key), []).append(obligation)
    urgings_by_branch: dict[int, list[Urging]] = {}
    for urging in urgings:
        urgings_by_branch.setdefault(urging.branch_id, []).append(urging)
    rows = []
    for branch in branches:
        is_own = branch.pk == query.branch.pk
        if not (is_own or query.every_level or branch.parent_id == query.branch.pk):
            continue
        groups = [cells.get((branch.pk, sheet.key), []) for sheet in sheets]
        if any(groups):
            rows.append(
                BoardRow(
                    branch,
                    own=is_own,
                    cells=[_build_cell(group) for group in groups],
                    urgings=urgings_by_branch.get(branch.pk, []),
                    is_outstanding=any(item.is_outstanding for group in groups for item in group),
                )
            )
    return rows


def _build_cell(obligations: Sequence[Obligation]) -> BoardCell | None:
    if not obligations:
        return None
    worst = min(obligations, key=lambda obligation: _WORST_FIRST.index(obligation.status))
    done = sum(obligation.is_submitted for obligation in obligations)
    return BoardCell(worst, done, len(obligations))


def _map_data(branch: Branch, quality: Sequence[ReportingQuality]) -> dict[str, Any] | None:
    """Return the submitted share of each branch below, as the script of the map reads it."""
    layer = _MAP_LAYERS.get(Level(branch.level))
    if layer is None or not any(item.due for item in quality):
        return None
    return {
        "kind": "map",
        "layer": layer,
        "parent": branch.code,
        "point": None,
        "unit": "%",
        "most": 100,
        "values": [
            {
                "name": item.branch.code,
                "label": item.branch.short_name,
                "value": None if item.submitted_share is None else float(item.submitted_share),
                "text": item.summary,
            }
            for item in quality
            if item.branch.level != Level.UNIT
        ],
    }
