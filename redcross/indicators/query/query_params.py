"""What the address of a board or figure asks for: branch, period, comparison, 本级 or 全域."""

import dataclasses
import datetime as dt
from typing import Any
from urllib.parse import urlencode

from django.http import Http404
from django.utils import timezone

from redcross.accounts.choices import Role
from redcross.accounts.models import User
from redcross.accounts.requests import SignedInRequest
from redcross.accounts.rules import READ_ROLES, home_branch
from redcross.branches.models import Branch
from redcross.periods import (
    Period,
    UnknownPeriodError,
    add_months,
    business_date,
    business_now,
    month_start,
)

PREVIOUS = "previous"
SESSION_KEY = "looked_at"
"""Session entry of the branch and period that a reader takes along to the next board."""
FIGURE_ROLES = (*READ_ROLES, Role.LEADER)


@dataclasses.dataclass(frozen=True, slots=True)
class FigureQuery:
    """The state of a page of figures."""

    branch: Branch
    period: Period
    own: bool
    message: str = ""
    chosen_baseline: Period | None = None
    """What to compare with; None for the same months of the year before."""

    @property
    def baseline(self) -> Period:
        """The period the figures are compared with."""
        return self.chosen_baseline or self.period.same_last_year

    @property
    def comparison(self) -> str:
        """The comparison's name: 同比, 环比, or 较 with the chosen months."""
        if self.baseline == self.period.same_last_year:
            return "同比"
        if self.baseline == self.period.previous:
            return "环比"
        return f"较{self.baseline.label}"

    @property
    def selection(self) -> str:
        """Branch and period as parameters of an address."""
        return urlencode({"branch": self.branch.code, "period": str(self.period)})

    @property
    def params(self) -> str:
        """The whole state as parameters of an address."""
        return self._encode("branch", "period", "own", "against")

    @property
    def params_without_branch(self) -> str:
        """The state but for the branch, for links to another one."""
        return self._encode("period", "against")

    @property
    def params_without_period(self) -> str:
        """The state but for the period, for links to another one."""
        return self._encode("branch", "own", "against")

    def _encode(self, *names: str) -> str:
        baseline = self.chosen_baseline
        values = {
            "branch": self.branch.code,
            "period": str(self.period),
            "own": "1" if self.own else "",
            "against": PREVIOUS if baseline == self.period.previous else str(baseline or ""),
        }
        return urlencode({name: values[name] for name in names if values[name]})

    @property
    def map_address(self) -> str:
        """The address behind a branch on the map, but for its code at the end."""
        return f"?{self.params_without_branch}&branch="

    @property
    def cut_off(self) -> dt.datetime:
        """Until when records count (数据截至): boards are always of this moment."""
        return timezone.localtime(business_now(timezone.now()))

    @property
    def period_links(self) -> list[tuple[str, Period]]:
        """Month, quarter, half, year around the last month, and all since the beginning."""
        last = self.period.last
        parts = (
            ("月", f"{last:%Y-%m}"),
            ("季度", f"{last.year}Q{(last.month + 2) // 3}"),
            ("半年", f"{last.year}H{(last.month + 5) // 6}"),
            ("年", f"{last.year}"),
            ("自始累计", f"..{last:%Y-%m}"),
        )
        return [(name, Period.parse(text)) for name, text in parts]

    @property
    def period_choices(self) -> list[Period]:
        """Years, halves, quarters and months to choose from, the newest first."""
        year = self.period.last.year
        years = range(year + 1, year - 3, -1)
        parts = ("", "H1", "H2", *(f"Q{number}" for number in range(1, 5)))
        parts += tuple(f"-{number:02d}" for number in range(1, 13))
        return [Period.parse(f"{year}{part}") for year in years for part in parts]


def list_ancestors(branch: Branch) -> list[Branch]:
    """Return the branches above one, from the highest; one query."""
    codes = [branch.code[:length] for length in range(2, len(branch.code))]
    return list(Branch.objects.filter(code__in=codes).in_official_order())


def query_context(query: FigureQuery) -> dict[str, Any]:
    """Return what `figures/_state.html` shows: the state of the page, the branches above."""
    return {"figure_query": query, "ancestors": list_ancestors(query.branch)}


def parse_figure_query(request: SignedInRequest) -> FigureQuery:
    """Read the address; raise Http404 for a branch the reader may not see."""
    home = home_branch(request.user)
    code = request.GET.get("branch") or (home.code if home else "")
    branch = Branch.objects.filter(code=code).select_related("parent").first()
    if branch is None or not may_read_figures(request.user, branch):
        raise Http404
    message = ""
    try:
        period = Period.parse(request.GET.get("period", ""))
    except UnknownPeriodError as error:
        last = add_months(month_start(business_date(timezone.now())), -1)
        period = Period.month(last)
        message = str(error) if request.GET.get("period") else ""
    baseline = None
    if text := request.GET.get("against", ""):
        try:
            baseline = period.previous if text == PREVIOUS else Period.parse(text)
        except UnknownPeriodError as error:
            message = str(error)
    query = FigureQuery(branch, period, request.GET.get("own") == "1", message, baseline)
    if "branch" in request.GET or "period" in request.GET:
        _remember_selection(request, query)
    return query


def _remember_selection(request: SignedInRequest, query: FigureQuery) -> None:
    """Store the selection for links to other boards; writes the session only on a change."""
    if request.session.get(SESSION_KEY) != query.selection:
        request.session[SESSION_KEY] = query.selection


def last_selection(request: SignedInRequest) -> str:
    """Return branch and period a person last chose, as parameters of an address; else ""."""
    session = getattr(request, "session", None)
    return str(session.get(SESSION_KEY, "")) if session is not None else ""


def may_read_figures(user: User, branch: Branch) -> bool:
    """Whether one of the user's roles reads figures of a branch."""
    return any(
        assignment.role in FIGURE_ROLES and assignment.branch.contains(branch)
        for assignment in user.current_roles()
    )
