"""What the board shows: branch × sheet, a map, and how well each branch reports."""

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
from redcross.completeness.obligations import Obligation, list_obligations
from redcross.completeness.quality import ReportingQuality, list_urgings, measure_quality
from redcross.periods import Period
from redcross.uploads.schema.sheet import Sheet

_MAP_LAYERS = {Level.PROVINCE: "prefectures", Level.PREFECTURE: "counties"}
_WORST_FIRST = (
    ObligationStatus.LATE,
    ObligationStatus.RETURNED,
    ObligationStatus.OPEN,
    ObligationStatus.OWED,
    ObligationStatus.WAITING,
    ObligationStatus.NOT_OPEN,
    ObligationStatus.EXEMPT,
    ObligationStatus.COVERED,
    ObligationStatus.ZERO,
    ObligationStatus.EFFECTIVE,
)


@dataclasses.dataclass(frozen=True, slots=True)
class BoardQuery:
    """A board's address: whose, of which months, and what of it."""

    branch: Branch
    period: Period
    domain: str = ""
    sheet: str = ""
    standing: str = ""
    every_level: bool = False
    message: str = ""

    def keeps(self, each: Obligation) -> bool:
        """Tell whether an obligation is of the field of work or the sheet asked for."""
        return self.domain in ("", each.sheet.domain) and self.sheet in ("", each.sheet.key)

    def address(self, **other: str) -> str:
        """Return the query string of this board, some parts of it replaced."""
        parts = {
            "branch": self.branch.code,
            "period": str(self.period),
            "domain": self.domain,
            "sheet": self.sheet,
            "standing": self.standing,
            "level": "all" if self.every_level else "",
        }
        return urlencode({name: text for name, text in (parts | other).items() if text})

    @property
    def query(self) -> str:
        """The board's own query string."""
        return self.address()

    @property
    def before(self) -> str:
        """The same board a period earlier."""
        return self.address(period=str(self.period.previous))

    @property
    def after(self) -> str:
        """The same board a period later."""
        return self.address(period=str(self.period.next))

    @property
    def any_standing(self) -> str:
        """The same board, whatever the standing; another is put behind it."""
        return self.address(standing="")

    @property
    def elsewhere(self) -> str:
        """The same board of another branch; its code is put behind it."""
        return f"?{self.address(branch='')}&branch="


@dataclasses.dataclass(frozen=True, slots=True)
class BoardCell:
    """A branch's obligations with one sheet: the one that is worst, and how many are done."""

    worst: Obligation
    done: int
    count: int


@dataclasses.dataclass(frozen=True, slots=True)
class BoardRow:
    """A branch of the matrix."""

    branch: Branch
    own: bool
    cells: list[BoardCell | None]
    urgings: list[Urging]
    outstanding: bool


def build_board(asked: BoardQuery, *, today: dt.date) -> dict[str, Any]:
    """Return everything the board shows; the number of queries grows with nothing."""
    below = list(Branch.objects.under(asked.branch).in_official_order().select_related("parent"))
    found = [
        each for each in list_obligations(below, asked.period, today=today) if asked.keeps(each)
    ]
    urgings = list_urgings(found, asked.period)
    shown = [
        each
        for each in below
        if each.pk == asked.branch.pk or asked.every_level or each.parent_id == asked.branch.pk
    ]
    children = [each for each in below if each.parent_id == asked.branch.pk]
    told = measure_quality([asked.branch, *children], found, asked.period, urgings=urgings)
    counted = Counter(each.standing for each in found)
    kept = [each for each in found if asked.standing in ("", each.standing)]
    sheets = list(dict.fromkeys(each.sheet for each in kept))
    return {
        "asked": asked,
        "found": kept,
        "sheets": sheets,
        "rows": _build_rows(asked, shown, sheets, kept, urgings),
        "counts": [(each, counted[each]) for each in ObligationStatus if counted[each]],
        "total": told[0],
        "quality": [each for each in told[1:] if each.owed],
        "map": _map_data(asked.branch, told[1:]),
        "urgings": urgings,
        "domains": Domain.choices,
    }


def _build_rows(
    asked: BoardQuery,
    branches: Iterable[Branch],
    sheets: Sequence[Sheet],
    found: Iterable[Obligation],
    urgings: Iterable[Urging],
) -> list[BoardRow]:
    cells: dict[tuple[int, str], list[Obligation]] = {}
    for each in found:
        cells.setdefault((each.branch.pk, each.sheet.key), []).append(each)
    urged: dict[int, list[Urging]] = {}
    for one in urgings:
        urged.setdefault(one.branch_id, []).append(one)
    rows = []
    for branch in branches:
        held = [cells.get((branch.pk, sheet.key), []) for sheet in sheets]
        if any(held):
            rows.append(
                BoardRow(
                    branch,
                    branch.pk == asked.branch.pk,
                    [_build_cell(each) for each in held],
                    urged.get(branch.pk, []),
                    any(each.outstanding for part in held for each in part),
                )
            )
    return rows


def _build_cell(found: Sequence[Obligation]) -> BoardCell | None:
    if not found:
        return None
    worst = min(found, key=lambda each: _WORST_FIRST.index(each.standing))
    return BoardCell(worst, sum(each.handed_in for each in found), len(found))


def _map_data(branch: Branch, told: Sequence[ReportingQuality]) -> dict[str, Any] | None:
    """Return the share handed in of each branch below, as the map's script paints it."""
    layer = _MAP_LAYERS.get(Level(branch.level))
    if layer is None or not any(each.owed for each in told):
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
                "name": each.branch.code,
                "label": each.branch.short_name,
                "value": None if each.done_share is None else float(each.done_share),
                "told": each.told,
            }
            for each in told
            if each.branch.level != Level.UNIT
        ],
    }
