"""Boards: the address holds the whole state, so that it can be sent to someone."""

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from redcross.accounts.requests import SignedInRequest
from redcross.branches.choices import Level
from redcross.dashboards.board_print import build_print_report
from redcross.dashboards.boards import Board, registry
from redcross.dashboards.compose import compose_board
from redcross.indicators.disclosure.disclosure_control import FigureAudience
from redcross.indicators.query.query_params import parse_figure_query, query_context
from redcross.indicators.web.views import send_print_report

SCREEN = "overview"


def _get_board(key: str) -> Board:
    """Return a board; raise Http404."""
    if key not in registry:
        raise Http404
    return registry[key]


@login_required
@require_GET
def board(request: SignedInRequest, key: str) -> HttpResponse:
    """Show a board of a branch one may see, for a period."""
    declaration = _get_board(key)
    query = parse_figure_query(request)
    context = {
        "board": declaration,
        "boards": registry.values(),
        "has_screen": key == SCREEN,
        "children_heading": "各州市" if query.branch.level == Level.PROVINCE else "各单位",
        **query_context(query),
        **compose_board(declaration, query, request.user),
    }
    return render(request, "dashboards/board.html", context)


@login_required
@require_GET
def export(request: SignedInRequest, key: str, form: str) -> HttpResponse:
    """Send a board as a workbook or as a PDF."""
    declaration = _get_board(key)
    query = parse_figure_query(request)
    notice = settings.DEMO_NOTICE if settings.DEMO else ""
    content = compose_board(declaration, query, FigureAudience.OUTSIDE)
    report = build_print_report(declaration, query, content, notice)
    return send_print_report(report, form, f"{key}-{query.branch.code}-{query.period}")


@login_required
@require_GET
def screen(request: SignedInRequest) -> HttpResponse:
    """Show the overview on a big screen, dark; its middle is fetched again by itself.

    Visitors see the screen: it shows what may leave the portal.
    """
    query = parse_figure_query(request)
    declaration = registry[SCREEN]
    context = {
        "board": declaration,
        "figure_query": query,
        **compose_board(declaration, query, FigureAudience.OUTSIDE),
    }
    template = "dashboards/_screen.html" if request.htmx else "dashboards/screen.html"
    return render(request, template, context)
