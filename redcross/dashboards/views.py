"""Boards: the address holds the whole state, so that it can be sent to someone."""

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from redcross.accounts.requests import SignedInRequest
from redcross.dashboards.boards import registry
from redcross.dashboards.composing import compose
from redcross.indicators.asking import asked_of


@login_required
@require_GET
def board(request: SignedInRequest, key: str) -> HttpResponse:
    """Show a board of a branch one may see, for a period."""
    if key not in registry:
        raise Http404
    asked = asked_of(request)
    declared = registry[key]
    found = compose(declared, asked.branch, asked.period, own=asked.own)
    context = {"board": declared, "asked": asked, "boards": registry.values(), **found}
    return render(request, "dashboards/board.html", context)
