"""Boards: the address holds the whole state, so that it can be sent to someone."""

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from redcross.accounts.requests import SignedInRequest
from redcross.dashboards.board_print import build_print_report
from redcross.dashboards.boards import registry
from redcross.dashboards.compose import compose_board
from redcross.indicators.disclosure.disclosure_control import FigureAudience
from redcross.indicators.query.query_params import parse_figure_query
from redcross.indicators.web.views import send_print_report

SCREEN = "overview"


@login_required
@require_GET
def board(request: SignedInRequest, key: str) -> HttpResponse:
    """Show a board of a branch one may see, for a period."""
    if key not in registry:
        raise Http404
    asked = parse_figure_query(request)
    declared = registry[key]
    found = compose_board(declared, asked, request.user)
    context = {"board": declared, "asked": asked, "boards": registry.values(), **found}
    return render(request, "dashboards/board.html", context)


@login_required
@require_GET
def export(request: SignedInRequest, key: str, form: str) -> HttpResponse:
    """Send a board as a workbook or as a PDF."""
    if key not in registry:
        raise Http404
    asked = parse_figure_query(request)
    notice = settings.DEMO_NOTICE if settings.DEMO else ""
    paper = build_print_report(
        registry[key], asked, compose_board(registry[key], asked, FigureAudience.OUTSIDE), notice
    )
    return send_print_report(paper, form, f"{key}-{asked.branch.code}-{asked.period}")


@login_required
@require_GET
def screen(request: SignedInRequest) -> HttpResponse:
    """Show the overview on a big screen, dark; its middle is fetched again by itself.

    Visitors stand before it: it shows what may leave the portal.
    """
    asked = parse_figure_query(request)
    declared = registry[SCREEN]
    context = {
        "board": declared,
        "asked": asked,
        **compose_board(declared, asked, FigureAudience.OUTSIDE),
    }
    template = "dashboards/_screen.html" if request.htmx else "dashboards/screen.html"
    return render(request, template, context)
