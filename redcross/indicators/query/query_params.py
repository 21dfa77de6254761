"""What the address of a board or figure asks: branch, period, 本级 or 全域."""

import dataclasses
import datetime as dt
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
"""Where the session keeps the state that goes on with a reader to the next board."""
FIGURE_ROLES = (*READ_ROLES, Role.LEADER)


@dataclasses.dataclass(frozen=True, slots=True)
class FigureQuery:
    """The state of a page of figures."""

    branch: Branch
    period: Period
    own: bool
    message: str = ""
    against: Period | None = None
    """What to compare with; None for the same months of the year before."""

    @property
    def compared(self) -> Period:
        """The period the figures are compared with."""
        return self.against or self.period.same_last_year

    @property
    def comparison(self) -> str:
        """The comparison's name: 同比, 环比, or 较 with the months chosen."""
        if self.compared == self.period.same_last_year:
            return "同比"
        if self.compared == self.period.previous:
            return "环比"
        return f"较{self.compared.label}"

    @property
    def place(self) -> str:
        """Branch and period as an address holds them."""
        return urlencode({"branch": self.branch.code, "period": str(self.period)})

    @property
    def query(self) -> str:
        """The state as an address holds it."""
        return self._said("branch", "period", "own", "against")

    @property
    def elsewhere(self) -> str:
        """The state but for the branch, for the way to another one."""
        return self._said("period", "against")

    @property
    def another_time(self) -> str:
        """The state but for the period, for the way to another one."""
        return self._said("branch", "own", "against")

    def _said(self, *names: str) -> str:
        against = PREVIOUS if self.against == self.period.previous else str(self.against or "")
        said = {
            "branch": self.branch.code,
            "period": str(self.period),
            "own": "1" if self.own else "",
            "against": against,
        }
        return urlencode({name: said[name] for name in names if said[name]})

    @property
    def map_address(self) -> str:
        """Where a branch clicked on the map opens: its code comes behind."""
        return f"?{self.elsewhere}&branch="

    @property
    def cut_off(self) -> dt.datetime:
        """Until when records count (数据截至): boards are always of this moment."""
        return timezone.localtime(business_now(timezone.now()))

    @property
    def turns(self) -> list[tuple[str, Period]]:
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
    def in_menu_order(self) -> list[Period]:
        """Periods a reader may turn to: years, halves, quarters and months, the newest first."""
        this = self.period.last.year
        years = range(this + 1, this - 3, -1)
        parts = ("", "H1", "H2", *(f"Q{number}" for number in range(1, 5)))
        parts += tuple(f"-{number:02d}" for number in range(1, 13))
        return [Period.parse(f"{year}{part}") for year in years for part in parts]

    @property
    def ancestors(self) -> list[Branch]:
        """The branches above, from the highest."""
        codes = [self.branch.code[:length] for length in range(2, len(self.branch.code))]
        return list(Branch.objects.filter(code__in=codes).in_official_order())


def parse_figure_query(request: SignedInRequest) -> FigureQuery:
    """Read the address; a branch one may not see is not found."""
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
    against = None
    if text := request.GET.get("against", ""):
        try:
            against = period.previous if text == PREVIOUS else Period.parse(text)
        except UnknownPeriodError as error:
            message = str(error)
    asked = FigureQuery(branch, period, request.GET.get("own") == "1", message, against)
    if "branch" in request.GET or "period" in request.GET:
        _remember_selection(request, asked)
    return asked


def _remember_selection(request: SignedInRequest, asked: FigureQuery) -> None:
    """Keep what was chosen for the links to other boards; a session is written only anew."""
    if request.session.get(SESSION_KEY) != asked.place:
        request.session[SESSION_KEY] = asked.place


def last_selection(request: SignedInRequest) -> str:
    """Return branch and period a person last chose, as an address holds them; else ""."""
    session = getattr(request, "session", None)
    return str(session.get(SESSION_KEY, "")) if session is not None else ""


def may_read_figures(user: User, branch: Branch) -> bool:
    """Tell whether one of the user's roles reads figures of a branch."""
    return any(
        each.role in FIGURE_ROLES and each.branch.contains(branch) for each in user.current_roles()
    )
