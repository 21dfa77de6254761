"""Sign-in, home, search, help, manual, health checks and metrics."""

import datetime as dt
from typing import Any

from allauth.account.internal.flows.login import record_authentication
from allauth.account.utils import perform_login
from django.conf import settings
from django.contrib.auth import views as auth_views
from django.contrib.auth.decorators import login_required
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import get_template
from django.utils import timezone
from django.views.decorators.http import require_GET
from prometheus_client import CONTENT_TYPE_PLAIN_0_0_4

from redcross.accounts.canary import find_key_mismatch
from redcross.accounts.models import User
from redcross.accounts.requests import SignedInRequest
from redcross.accounts.rules import ENTRY_ROLES, REVIEW_ROLES, has_role, home_branch
from redcross.accounts.sign_in.passwords import is_password_expired
from redcross.completeness.choices import ObligationStatus
from redcross.completeness.obligations.pending import list_pending_obligations
from redcross.dashboards.boards import registry
from redcross.dashboards.compose import compose_cards
from redcross.demo.declaration import ACCOUNTS, PASSWORD
from redcross.indicators import rollup
from redcross.indicators.query.query_params import FigureQuery, may_read_figures
from redcross.notices.services import unread_notices
from redcross.ops.metrics import may_read_metrics, queue_length, render_metrics
from redcross.ops.migration_support import missing_migrations
from redcross.periods import Period, add_months, business_date, month_start
from redcross.portal import manual, search_sources
from redcross.portal.help import TOPICS
from redcross.portal.worklists import list_worklist_items
from redcross.uploads.choices import UploadState
from redcross.uploads.workflow.queries import open_uploads, review_counts

MAX_QUERY_LENGTH = 60


class LoginView(auth_views.LoginView):
    """Signs in; the demonstration lists its accounts."""

    template_name = "portal/login.html"
    redirect_authenticated_user = True

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        """Sign in, through the second factor if the user has one."""
        user = form.get_user()
        if is_password_expired(user, timezone.now()):
            user.must_change_password = True
            user.save(update_fields=["must_change_password"])
        record_authentication(self.request, user, method="password")
        return perform_login(
            self.request, user, email_verification="none",
            redirect_url=self.get_success_url(),
        )  # fmt: skip

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        shown = {"demo_accounts": ACCOUNTS, "demo_password": PASSWORD} if settings.DEMO else {}
        return {**super().get_context_data(**kwargs), **shown}


class PasswordChangeView(auth_views.PasswordChangeView):
    """Changes the user's own password."""

    template_name = "portal/password_change.html"
    form_class = PasswordChangeForm
    success_url = "/"

    def form_valid(self, form: Any) -> HttpResponse:
        form.user.must_change_password = False
        return super().form_valid(form)


@login_required
@require_GET
def home(request: SignedInRequest) -> HttpResponse:
    """Show what the user has to do, and some figures of his branch."""
    today = business_date(timezone.now())
    branch = home_branch(request.user)
    month = Period.month(add_months(month_start(today), -1)).year_so_far
    cards = []
    if branch is not None and may_read_figures(request.user, branch):
        cards = compose_cards(
            registry["overview"], FigureQuery(branch, month, own=False), request.user
        )
    context = {
        **_to_do_lists(request.user, today),
        "may_enter": branch is not None and has_role(request.user, ENTRY_ROLES, branch),
        "may_review": branch is not None and has_role(request.user, REVIEW_ROLES, branch),
        "figures": cards,
        "period": month,
    }
    return render(request, "portal/home.html", context)


def _to_do_lists(user: User, today: dt.date) -> dict[str, Any]:
    """Return the user's tasks by kind, with their counts."""
    uploads, queue = open_uploads(user), review_counts(user)
    # Returned uploads have their own list and are counted there.
    pending = [
        item
        for item in list_pending_obligations(user, today)
        if item.obligation.status is not ObligationStatus.RETURNED
    ]
    expiring = list_worklist_items(user, today)
    soon = sum(item.is_soon for item in pending)
    return {
        "pending": pending,
        "pending_of_several": len({item.obligation.branch.pk for item in pending}) > 1,
        "late": sum(item.obligation.days_late > 0 for item in pending),
        "soon": soon,
        "soon_length": soon + sum(item.count for item in expiring),
        "returned": [item for item in uploads if item.state == UploadState.RETURNED],
        "open": [item for item in uploads if item.state != UploadState.RETURNED],
        "queue": queue,
        "queue_length": sum(count for _, count in queue),
        "expiring": expiring,
        "unread": unread_notices(user),
    }


@login_required
@require_GET
def search(request: SignedInRequest) -> HttpResponse:
    """Search pages, branches, figures, sheets, uploads and the sources of the apps."""
    words = request.GET.get("q", "")[:MAX_QUERY_LENGTH]
    hits = search_sources.search(words, request.user)
    context = {"words": words, "found": hits, "shown": search_sources.MAX_HITS}
    return render(request, "portal/search.html", context)


@login_required
@require_GET
def help_page(request: SignedInRequest, page: str) -> HttpResponse:
    """Show a help topic."""
    if page not in TOPICS:
        raise Http404
    return render(request, f"help/{page}.html", {"topics": TOPICS.items()})


@login_required
@require_GET
def manual_page(request: SignedInRequest, page: str = "") -> HttpResponse:
    """Show the manual of a role, by default of the user's own."""
    own = request.user.current_roles()
    page = page or manual.page_for_role(own[0].role if own else "STATISTICIAN")
    if page not in manual.PAGES:
        raise Http404
    context = {"text": manual.render_page(page), "pages": manual.PAGES, "page": page}
    return render(request, "help/manual.html", context)


@login_required
@require_GET
def manual_picture(_request: SignedInRequest, name: str) -> HttpResponse:
    """Send a picture of the manual."""
    path = manual.PICTURES / f"{name}.png"
    if not path.is_file():
        raise Http404
    return HttpResponse(path.read_bytes(), content_type="image/png")


def server_error(request: HttpRequest) -> HttpResponse:
    """Show an error page with the request id, by which its log lines are found."""
    number = getattr(request, "number", "")
    return HttpResponse(get_template("500.html").render({"number": number}), status=500)


@require_GET
def health(_request: SignedInRequest) -> HttpResponse:
    """Answer that the process runs."""
    return JsonResponse({"status": "ok"})


@require_GET
def ready(_request: SignedInRequest) -> HttpResponse:
    """Answer whether database, migrations, keys, indicators and queue are in order."""
    try:
        missing = missing_migrations()
        stale = [] if missing else rollup.list_stale_indicators()
        wrong_keys = "" if missing else find_key_mismatch()
    except Exception:  # noqa: BLE001  any failure means not ready
        return JsonResponse({"status": "database"}, status=503)
    if missing:
        return JsonResponse({"status": "migrations", "missing": missing}, status=503)
    if wrong_keys:
        return JsonResponse({"status": "keys", "why": wrong_keys}, status=503)
    if stale:
        return JsonResponse({"status": "stale", "indicators": stale}, status=503)
    try:
        queue_length()
    except Exception:  # noqa: BLE001  the same for the queue
        return JsonResponse({"status": "queue"}, status=503)
    return JsonResponse({"status": "ok"})


@require_GET
def metrics(request: SignedInRequest) -> HttpResponse:
    """Return the metrics to a monitor; 404 for others."""
    if not may_read_metrics(request):
        raise Http404
    return HttpResponse(render_metrics(), content_type=CONTENT_TYPE_PLAIN_0_0_4)
