"""指标说明与来源: what a figure means, what it rests on, and the way back to its cells."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from redcross.accounts.requests import SignedInRequest
from redcross.accounts.rules import READING, holds
from redcross.indicators.answers import Question, ask
from redcross.indicators.asking import asked_of
from redcross.indicators.behind import records_behind
from redcross.indicators.declaration import registry
from redcross.indicators.discrepancies import discrepancies
from redcross.indicators.labels import breakdown_label

PAGE = 50


@login_required
@require_GET
def figure(request: SignedInRequest, key: str) -> HttpResponse:
    """Show one figure with its definition, series, branches, categories and records."""
    if key not in registry:
        raise Http404
    indicator = registry[key]
    asked = asked_of(request)
    breakdown = request.GET.get("by", "")
    category = request.GET.get("category")
    by = (breakdown,) if breakdown in indicator.breakdowns else ()
    question = Question(
        indicator,
        asked.period,
        asked.branch,
        own=asked.own,
        by=by,
        category=category if by and category is not None else None,
    )
    questions = [
        question,
        Question(indicator, asked.period, asked.branch, by=("branch",)),
        Question(indicator, asked.period, asked.branch, own=asked.own, by=("month",)),
        *(
            Question(indicator, asked.period, asked.branch, own=asked.own, by=(name,))
            for name in indicator.breakdowns
        ),
    ]
    lines, by_branch, by_month, *by_category = ask(*questions)
    context = {
        "indicator": indicator,
        "asked": asked,
        "figure": lines[0] if lines else None,
        "by_branch": by_branch,
        "by_month": by_month,
        "by_category": [
            (breakdown_label(indicator, name), each)
            for name, each in zip(indicator.breakdowns, by_category, strict=True)
            if each
        ],
        "discrepancies": discrepancies(indicator, asked.branch, asked.period),
        **_records(request, question),
    }
    return render(request, "figures/figure.html", context)


def _records(request: SignedInRequest, question: Question) -> dict[str, Any]:
    rows = records_behind(question)
    if rows is None:
        return {"page": None}
    visible = rows.visible_to(request.user).select_related(  # type: ignore[attr-defined]
        "branch", "upload__uploaded_by", "upload__approved_by"
    )
    named = holds(request.user, READING, question.branch)
    return {"named": named, "page": Paginator(visible, PAGE).get_page(request.GET.get("page"))}
