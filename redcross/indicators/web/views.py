"""指标说明与来源: what a figure means, what it rests on, and the way back to its cells."""

import functools
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from redcross.accounts.requests import SignedInRequest
from redcross.accounts.rules import READING, holds
from redcross.files import Content, Holds, sent
from redcross.indicators.checks.discrepancies import discrepancies
from redcross.indicators.declare.declaration import Indicator, Sum, registry
from redcross.indicators.disclosure.disclosure_control import Audience, Reader
from redcross.indicators.print.print_report import Paper, Sheet, as_pdf, as_workbook
from redcross.indicators.query.drilldown import records_behind
from redcross.indicators.query.formatting import HIDDEN, exact, told_at
from redcross.indicators.query.labels import breakdown_label
from redcross.indicators.query.query_params import Asked, asked_of
from redcross.indicators.query.resolve import Question, ask

PAGE = 50


@login_required
@require_GET
def figure(request: SignedInRequest, key: str) -> HttpResponse:
    """Show one figure with its definition, series, branches, categories and records."""
    if key not in registry:
        raise Http404
    indicator = registry[key]
    asked = asked_of(request)
    question = _question(request, indicator, asked)
    context = {
        "indicator": indicator,
        "asked": asked,
        **_series(question, request.user),
        "discrepancies": discrepancies(indicator, asked.branch, asked.period, reader=request.user),
        **_records(request, question),
    }
    return render(request, "figures/figure.html", context)


@login_required
@require_GET
def export(request: SignedInRequest, key: str, form: str) -> HttpResponse:
    """Send a figure with its definition and series as a workbook or as a PDF."""
    if key not in registry:
        raise Http404
    indicator = registry[key]
    asked = asked_of(request)
    found = _series(_question(request, indicator, asked), Audience.OUTSIDE)
    figure = found["figure"]
    said = [f"口径：{indicator.definition}", f"报告期：{asked.period.label}"]
    said.append(told_at(asked.cut_off))
    if figure:
        value = HIDDEN if figure.hidden else exact(figure.value, indicator.unit)
        said.append(f"数值：{value}，来源：{figure.origin.label}")
        said += [f"不含{'、'.join(figure.missing)}"] if figure.missing else []
    said += [settings.DEMO_NOTICE] if settings.DEMO else []
    paper = Paper(
        f"{indicator.label}：{asked.branch}{'（本级）' if asked.own else ''} {asked.period.label}",
        tuple(said),
        (
            Sheet(
                "按单位",
                ("单位", "数值"),
                [
                    (f"{each.branch}{'本级' if each.own else ''}", each)
                    for each in found["by_branch"]
                ],
                chart="bar" if indicator.comparable else "",
                undrawn=sum(each.own for each in found["by_branch"]),
            ),
            Sheet(
                "按月",
                ("月份", "数值"),
                [(each.period.label, each) for each in found["by_month"]],
                chart="line",
            ),
            *(
                Sheet(f"按{label}", (label, "数值"), [(each.category, each) for each in lines])
                for label, lines in found["by_category"]
            ),
        ),
    )
    return printed(paper, form, f"{key}-{asked.branch.code}-{asked.period}")


def printed(paper: Paper, form: str, name: str) -> HttpResponse:
    """Answer with a paper as a file of the form asked for."""
    content: Content = as_workbook(paper) if form == "xlsx" else functools.partial(as_pdf, paper)
    rows = sum(len(table.rows) for table in paper.sheets)
    return sent(content, f"{name}.{form}", holds=Holds.FIGURES, rows=rows)


def _question(request: SignedInRequest, indicator: Indicator, asked: Asked) -> Question:
    breakdown = request.GET.get("by", "")
    category = request.GET.get("category")
    by = (breakdown,) if breakdown in indicator.breakdowns else ()
    return Question(
        indicator,
        asked.period,
        asked.branch,
        own=asked.own,
        by=by,
        category=category if by and category is not None else None,
    )


def _series(question: Question, reader: Reader) -> dict[str, Any]:
    indicator = question.indicator
    whole = functools.partial(Question, indicator, question.period, question.branch)
    lines, by_branch, by_month, *by_category = ask(
        question,
        whole(by=("branch",)),
        whole(own=question.own, by=("month",)),
        *(whole(own=question.own, by=(name,)) for name in indicator.breakdowns),
        reader=reader,
    )
    return {
        "figure": lines[0] if lines else None,
        "by_branch": by_branch,
        "by_month": by_month,
        "by_category": [
            (breakdown_label(indicator, name), each)
            for name, each in zip(indicator.breakdowns, by_category, strict=True)
            if each
        ],
    }


def _records(request: SignedInRequest, question: Question) -> dict[str, Any]:
    rows = records_behind(question)
    if rows is None:
        return {"page": None}
    visible = rows.visible_to(request.user).select_related(  # type: ignore[attr-defined]
        "branch", "upload__uploaded_by", "upload__approved_by"
    )
    named = holds(request.user, READING, question.branch)
    page = Paginator(visible, PAGE).get_page(request.GET.get("page"))
    measure = (question.indicator.of or question.indicator).measure
    column = measure.column if isinstance(measure, Sum) else ""
    for row in page.object_list:
        row.measured = getattr(row, column) if column else 1
    return {"named": named, "page": page}
