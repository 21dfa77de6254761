"""账表差异: reported figures that do not count because rows stand before them."""

import dataclasses
from decimal import Decimal

from redcross.branches.models import Branch
from redcross.indicators.declare.declaration import Indicator
from redcross.indicators.disclosure.disclosure_control import Reader
from redcross.indicators.models import ReportedFigure
from redcross.indicators.query.question import Question
from redcross.indicators.query.resolve import answer_questions
from redcross.periods import Period


@dataclasses.dataclass(frozen=True, slots=True)
class Discrepancy:
    """A reported figure beside what the rows say."""

    reported: ReportedFigure
    counted: Decimal | None

    @property
    def gap(self) -> Decimal | None:
        """How far the rows stand above the reported figure."""
        return None if self.counted is None else self.counted - self.reported.value


def list_discrepancies(
    indicator: Indicator, branch: Branch, period: Period, *, reader: Reader
) -> list[Discrepancy]:
    """Return the reported figures of a branch inside a period that rows stand before."""
    figures = [
        each
        for each in ReportedFigure.objects.filter(
            indicator=indicator.key, branch=branch, breakdown="", first_month__isnull=False
        ).select_related("branch")
        if each.period in period
    ]
    if not figures:
        return []
    answers = answer_questions(
        *(Question(indicator, each.period, branch, own=each.scope == "OWN") for each in figures),
        reader=reader,
    )
    return [
        Discrepancy(each, lines[0].value)
        for each, lines in zip(figures, answers, strict=True)
        if lines[0].origin.value == "rows" and not lines[0].hidden
    ]
