"""Boards: the address holds the whole state, so that it can be sent to someone."""

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from redcross.accounts.requests import SignedInRequest
from redcross.dashboards.boards import registry
from redcross.dashboards.composing import compose
from redcross.dashboards.printing import paper_of
from redcross.indicators.disclosure.disclosure_control import Audience
from redcross.indicators.query.query_params import asked_of
from redcross.indicators.web.views import printed

SCREEN = "overview"


@login_required
@require_GET
def board(request: SignedInRequest, key: str) -> HttpResponse:
    """Show a board of a branch one may see, for a period."""
    if key not in registry:
        raise Http404
    asked = asked_of(request)
    declared = registry[key]
    found = compose(declared, asked, request.user)
    context = {"board": declared, "asked": asked, "boards": registry.values(), **found}
    return render(request, "dashboards/board.html", context)


@login_required
@require_GET
def export(request: SignedInRequest, key: str, form: str) -> HttpResponse:
    """Send a board as a workbook or as a PDF."""
    if key not in registry:
        raise Http404
    asked = asked_of(request)
    notice = settings.DEMO_NOTICE if settings.DEMO else ""
    paper = paper_of(registry[key], asked, compose(registry[key], asked, Audience.OUTSIDE), notice)
    return printed(paper, form, f"{key}-{asked.branch.code}-{asked.period}")


@login_required
@require_GET
def screen(request: SignedInRequest) -> HttpResponse:
    """Show the overview on a big screen, dark; its middle is fetched again by itself.

    Visitors stand before it: it shows what may leave the portal.
    """
    asked = asked_of(request)
    declared = registry[SCREEN]
    context = {"board": declared, "asked": asked, **compose(declared, asked, Audience.OUTSIDE)}
    template = "dashboards/_screen.html" if request.htmx else "dashboards/screen.html"
    return render(request, template, context)
