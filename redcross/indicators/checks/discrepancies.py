"""账表差异: reported figures that do not count because records precede them."""

import dataclasses
from decimal import Decimal

from redcross.branches.models import Branch
from redcross.indicators.choices import FigureOrigin, FigureScope
from redcross.indicators.declare.declaration import Indicator
from redcross.indicators.disclosure.disclosure_control import Reader
from redcross.indicators.models import ReportedFigure
from redcross.indicators.query.question import Question
from redcross.indicators.query.resolve import answer_questions
from redcross.periods import Period


@dataclasses.dataclass(frozen=True, slots=True)
class Discrepancy:
    """A reported figure beside the sum of the records."""

    reported: ReportedFigure
    counted: Decimal | None

    @property
    def gap(self) -> Decimal | None:
        """By how much the records exceed the reported figure."""
        return None if self.counted is None else self.counted - self.reported.value


def list_discrepancies(
    indicator: Indicator, branch: Branch, period: Period, *, reader: Reader
) -> list[Discrepancy]:
    """Return the reported figures of a branch inside a period that records precede."""
    figures = [
        figure
        for figure in ReportedFigure.objects.filter(
            indicator=indicator.key, branch=branch, breakdown="", first_month__isnull=False
        ).select_related("branch")
        if figure.period in period
    ]
    if not figures:
        return []
    questions = [
        Question(indicator, figure.period, branch, own=figure.scope == FigureScope.OWN)
        for figure in figures
    ]
    answers = [lines[0] for lines in answer_questions(*questions, reader=reader)]
    return [
        Discrepancy(figure, answer.value)
        for figure, answer in zip(figures, answers, strict=True)
        if answer.origin is FigureOrigin.ROWS and not answer.hidden
    ]
