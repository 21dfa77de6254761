"""What the page of a fund shows: figures by year and month, the balance, and the gifts."""

import dataclasses
import functools
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from django.utils.http import urlencode

from donations.models import Donation, Fund
from redcross.accounts.models import User
from redcross.indicators.declare.declaration import registry
from redcross.indicators.query.query_params import FigureQuery
from redcross.indicators.query.question import Figure, Question
from redcross.indicators.query.resolve import answer_questions
from redcross.periods import Period

_YEARS_SHOWN = 5


def compute_fund_figures(fund: Fund, query: FigureQuery) -> dict[str, Any]:
    """Return a fund's figures by year and month, its balance, and what was spent of it."""
    last_year = query.period.last.year
    years = [Period.year(year) for year in range(last_year - _YEARS_SHOWN + 1, last_year + 1)]
    to_date = Period(None, query.period.last)
    of_fund = functools.partial(
        Question, branch=query.branch, own=query.own, by=("fund",), category=fund.pk
    )
    raised = registry["donations.raised"]
    months, raised_total, allocated_total, allocated, used, *by_year = answer_questions(
        Question(
            raised,
            Period.year(last_year),
            query.branch,
            own=query.own,
            by=("month", "fund"),
            category=fund.pk,
        ),
        of_fund(registry["donations.raised_total"], to_date),
        of_fund(registry["donations.allocated_total"], to_date),
        of_fund(registry["donations.allocated"], query.period),
        of_fund(registry["donations.used"], query.period),
        *(of_fund(raised, year) for year in years),
    )
    params = {"branch": query.branch.code, "by": "fund", "category": fund.pk}
    return {
        "fund_params": urlencode(params),
        "years": [figures[0] for figures in by_year],
        "balance": _compute_balance(raised_total[0], allocated_total[0]),
        "spent": [allocated[0], used[0]],
        "months": months,
    }


def _compute_balance(raised: Figure, allocated: Figure) -> Figure:
    """Return what is left of a fund: all that was raised for it less all that was allocated."""
    if raised.value is None and allocated.value is None:
        return raised
    balance = (raised.value or Decimal(0)) - (allocated.value or Decimal(0))
    return dataclasses.replace(raised, value=balance)


def select_fund_gifts(fund: Fund, query: FigureQuery, user: User) -> "QuerySet[Donation]":
    """Return the gifts of society to a fund in the period, the newest first."""
    gifts = Donation.objects.visible_to(user).raised().received_in(query.period)
    of_fund = gifts.filter(fund=fund, branch__code__startswith=query.branch.code)
    return of_fund.select_related("branch").order_by("-received_on", "-pk")
