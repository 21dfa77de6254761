"""访问日志: shown to and exported by the security auditor only."""

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from redcross.accounts.requests import SignedInRequest
from redcross.audit.choices import Act
from redcross.audit.exports import ACCESS_LOG, filter_entries
from redcross.exports.delivery import deliver_export

PAGE_SIZE = 100


@login_required
@require_GET
def access_log(request: SignedInRequest) -> HttpResponse:
    """Show entries by words, act and day, newest first."""
    parameters = {name: request.GET[name] for name in ("q", "act", "day") if request.GET.get(name)}
    rows = filter_entries(request.user, parameters)
    if request.GET.get("format") == "csv":
        return deliver_export(request, ACCESS_LOG, "access-log.csv", parameters, rows=rows.count())
    context = {
        "page": Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page")),
        "acts": Act.choices,
        "parameters": request.GET,
    }
    return render(request, "audit/log.html", context)
