"""我要报送: one page on which files are dropped, recognised, corrected, checked and submitted."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from redcross.accounts.requests import SignedInRequest
from redcross.accounts.rules import enterable_branches
from redcross.branches.models import Branch
from redcross.errors import RefusedError
from redcross.periods import Period, UnknownPeriodError
from redcross.uploads import tasks
from redcross.uploads.choices import DroppedFileState, UploadMode
from redcross.uploads.intake import dropped_files
from redcross.uploads.intake.dropped_files import MAX_FILES
from redcross.uploads.models import DroppedFile
from redcross.uploads.registry import registry
from redcross.uploads.web.access import require_entering_role
from redcross.uploads.web.cards import page_context
from redcross.uploads.web.forms import UploadForm, initial_values
from redcross.uploads.workflow import services

PREFILL_NAMES = ("sheet", "period", "branch")


@login_required
@require_http_methods(["GET", "POST"])
def drop_files(request: SignedInRequest) -> HttpResponse:
    """Show the dropped files and take more of them."""
    if request.method == "POST":
        require_entering_role(request)
        _store_files(request)
        return redirect(_page_address(request.POST))
    branches = enterable_branches(request.user)
    prefill = {name: value for name in PREFILL_NAMES if (value := request.GET.get(name, ""))}
    context = page_context(request.user, branches) | {
        "prefill": prefill,
        "prefill_label": _prefill_label(prefill),
        "form": UploadForm(branches=branches, initial=initial_values(request)),
    }
    return render(request, "uploads/new.html", context)


@login_required
@require_GET
def poll_cards(request: SignedInRequest) -> HttpResponse:
    """Show the cards that were at work when the page last polled."""
    context = page_context(request.user, enterable_branches(request.user))
    polled = set(request.GET.get("was", "").split(","))
    context["shown"] = [card for card in context["cards"] if str(card.file.pk) in polled]
    return render(request, "uploads/_cards_poll.html", context)


@login_required
@require_POST
def update_card(request: SignedInRequest, pk: int) -> HttpResponse:
    """Store what was changed on one card, and show the card again."""
    dropped_file = get_object_or_404(dropped_files.dropped_files_of(request.user), pk=pk)
    branches = enterable_branches(request.user)
    try:
        _apply_card_form(request, dropped_file, branches)
    except RefusedError as error:
        messages.error(request, str(error))
    context = page_context(request.user, branches)
    context["shown"] = [card for card in context["cards"] if card.file.pk == pk]
    return render(request, "uploads/_cards.html", context)


@login_required
@require_POST
def start_checks(request: SignedInRequest) -> HttpResponse:
    """Check the confirmed files: all, or the one whose button was pressed."""
    require_entering_role(request)
    branches = enterable_branches(request.user)
    only = request.POST.get("only", "")
    own = dropped_files.dropped_files_of(request.user)
    for dropped_file in own.filter(state=DroppedFileState.GUESSED):
        if f"months-{dropped_file.pk}" in request.POST:
            _apply_card_form(request, dropped_file, branches)
        if only in ("", str(dropped_file.pk)):
            upload = dropped_files.confirm_dropped_file(
                dropped_file, request.user, now=timezone.now()
            )
            if upload is not None:
                tasks.enqueue_check(upload, request.user.pk)
    return redirect(_page_address(request.POST))


@login_required
@require_POST
def submit_all(request: SignedInRequest) -> HttpResponse:
    """Submit the uploads without findings: all, or the one whose button was pressed."""
    require_entering_role(request)
    only = request.POST.get("only", "")
    own = dropped_files.dropped_files_of(request.user).filter(state=DroppedFileState.SENT)
    chosen = (one for one in own if only in ("", str(one.pk)))
    count = sum(_submit(request, dropped_file) for dropped_file in chosen)
    if count:
        messages.success(request, f"已提交 {count} 份，等待上级审核。")
    return redirect(_page_address(request.POST))


@login_required
@require_POST
def discard_file(request: SignedInRequest, pk: int) -> HttpResponse:
    """Remove a dropped file from the page; an upload made of it stays."""
    dropped_file = get_object_or_404(dropped_files.dropped_files_of(request.user), pk=pk)
    dropped_files.discard_dropped_file(dropped_file)
    return redirect(_page_address(request.POST))


def _page_address(form: QueryDict) -> str:
    """Return this page's address with the values of the link by which the person came."""
    query = QueryDict(mutable=True)
    query.update({name: value for name in PREFILL_NAMES if (value := form.get(f"for-{name}", ""))})
    return f"{reverse('upload-new')}?{query.urlencode()}" if query else reverse("upload-new")


def _prefill_label(prefill: dict[str, str]) -> str:
    """Return sheet and months of the link by which the person came, as far as it has them."""
    sheet = registry.get(prefill.get("sheet", ""))
    try:
        period = Period.parse(prefill["period"]).label if "period" in prefill else ""
    except UnknownPeriodError:
        period = ""
    return f"《{sheet.title}》{period}" if sheet else period


def _store_files(request: SignedInRequest) -> None:
    files = request.FILES.getlist("files")
    if not files:
        messages.error(request, "还没有选择文件。")
    for file in files[MAX_FILES:]:
        messages.error(request, f"{file.name}：一次最多放入 {MAX_FILES} 个文件，请稍后再放。")
    prefill = {name: request.POST.get(f"for-{name}", "") for name in PREFILL_NAMES}
    for file in files[:MAX_FILES]:
        try:
            dropped_file = dropped_files.store_dropped_file(
                request.user,
                content=file.read(),
                filename=file.name or "未命名",
                prefill=prefill,
                now=timezone.now(),
            )
        except RefusedError as error:
            messages.error(request, f"{file.name}：{error}")
            continue
        if dropped_file.is_being_recognized:
            tasks.enqueue_recognition(dropped_file)


def _apply_card_form(
    request: SignedInRequest, dropped_file: DroppedFile, branches: list[Branch]
) -> None:
    values = {
        name: request.POST.get(f"{name}-{dropped_file.pk}", "").strip()
        for name in ("sheet", "mode", "branch", "months")
    }
    dropped_files.update_dropped_file(
        dropped_file,
        sheet=values["sheet"] if values["sheet"] in registry else "",
        branch=next((branch for branch in branches if str(branch.pk) == values["branch"]), None),
        months=values["months"],
        mode=values["mode"] if values["mode"] in UploadMode.values else "",
        now=timezone.now(),
    )


def _submit(request: SignedInRequest, dropped_file: DroppedFile) -> bool:
    """Submit a file's upload where it is clean; return whether it was submitted."""
    upload = dropped_file.upload
    if upload is None or not upload.is_clean:
        return False
    try:
        with transaction.atomic():
            services.submit(upload.pk, user=request.user, now=timezone.now())
    except RefusedError as error:
        messages.error(request, f"{dropped_file}：{error}")
        return False
    return True
