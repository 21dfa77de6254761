"""我要报送: one page on which files are dropped, guessed at, corrected, checked and submitted."""

from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from redcross.accounts.requests import SignedInRequest
from redcross.branches.models import Branch
from redcross.periods import Period, UnknownPeriodError
from redcross.uploads import tasks
from redcross.uploads.choices import (
    DRAFT_PROCESSING_STATES,
    PROCESSING_STATES,
    DraftState,
    UploadMode,
    UploadState,
)
from redcross.uploads.intake import drafts
from redcross.uploads.models import Parcel
from redcross.uploads.registry import registry
from redcross.uploads.schema.sheet import Sheet
from redcross.uploads.web.forms import UploadForm, initial_values
from redcross.uploads.web.views import require_entering_role
from redcross.uploads.workflow import progress, services
from redcross.uploads.workflow.queries import enterable_branches, enterable_sheets
from redcross.uploads.workflow.services import RefusedError

HINT_NAMES = ("sheet", "period", "branch")


@login_required
@require_http_methods(["GET", "POST"])
def drop_files(request: SignedInRequest) -> HttpResponse:
    """Drop files; see what each is taken for; correct that, and have all of them checked."""
    if request.method == "POST":
        require_entering_role(request)
        _store_files(request)
        return redirect(_page_address(request.POST))
    branches = enterable_branches(request.user)
    hint = {name: said for name in HINT_NAMES if (said := request.GET.get(name, ""))}
    context = _page_context(request, branches) | {
        "hint": hint,
        "errand": _errand_label(hint),
        "form": UploadForm(branches=branches, initial=initial_values(request)),
    }
    return render(request, "uploads/new.html", context)


def _page_address(said: QueryDict) -> str:
    """Return this page's address, with what the person came for."""
    query = QueryDict(mutable=True)
    query.update({name: found for name in HINT_NAMES if (found := said.get(f"for-{name}", ""))})
    return f"{reverse('upload-new')}?{query.urlencode()}" if query else reverse("upload-new")


def _errand_label(hint: dict[str, str]) -> str:
    """Say for which sheet and months the person came, as far as that is known."""
    sheet = registry.get(hint.get("sheet", ""))
    try:
        period = Period.parse(hint["period"]).label if "period" in hint else ""
    except UnknownPeriodError:
        period = ""
    return f"《{sheet.title}》{period}" if sheet else period


def _store_files(request: SignedInRequest) -> None:
    files = request.FILES.getlist("files")
    if not files:
        messages.error(request, "还没有选择文件。")
    for file in files[drafts.MAX_FILES :]:
        messages.error(
            request, f"{file.name}：一次最多放入 {drafts.MAX_FILES} 个文件，请稍后再放。"
        )
    hint = {name: request.POST.get(f"for-{name}", "") for name in HINT_NAMES}
    for file in files[: drafts.MAX_FILES]:
        try:
            parcel = drafts.store_dropped_file(
                request.user,
                content=file.read(),
                filename=file.name or "未命名",
                hint=hint,
                now=timezone.now(),
            )
        except RefusedError as error:
            messages.error(request, f"{file.name}：{error}")
            continue
        if parcel.state in DRAFT_PROCESSING_STATES:
            tasks.enqueue_recognition(parcel)


def _page_context(request: SignedInRequest, branches: list[Branch]) -> dict[str, Any]:
    """Return every dropped file as its card needs it, and what can be done with all."""
    sheets = enterable_sheets(request.user)
    cards = [_card_context(parcel, sheets) for parcel in drafts.drafts_of(request.user)]
    uploads = [card["parcel"].upload for card in cards if card["parcel"].upload]
    return {
        "branches": branches,
        "sheets": sheets,
        "modes": UploadMode.choices,
        "cards": cards,
        "at_work": [card["parcel"].pk for card in cards if card["at_work"]],
        "confirmable": sum(card["parcel"].state == DraftState.GUESSED for card in cards),
        "clean": sum(is_submittable(upload) for upload in uploads),
    }


def _card_context(parcel: Parcel, sheets: Iterable[Sheet]) -> dict[str, Any]:
    upload = parcel.upload
    checking = upload is not None and upload.state in PROCESSING_STATES
    fits = {fit["key"]: fit for fit in parcel.guess.get("sheet", {}).get("fits", [])}
    around = parcel.guess.get("around", {}).get(parcel.sheet) or parcel.guess.get("otherwise", {})
    return {
        "parcel": parcel,
        "upload": upload,
        "at_work": parcel.state in DRAFT_PROCESSING_STATES or checking,
        "progress": progress.current_progress(upload.pk)
        if upload is not None and checking
        else None,
        "likely": [sheet for sheet in sheets if sheet.key in fits],
        "others": [sheet for sheet in sheets if sheet.key not in fits],
        "sheet_guess": parcel.guess.get("sheet", {}),
        "period_guess": around.get("period", {}),
        "branch_guess": around.get("branch", {}),
        "period_label": _period_label(parcel.months),
        "clean": upload is not None and is_submittable(upload),
    }


def _period_label(months: str) -> str:
    try:
        return Period.parse(months).label
    except UnknownPeriodError:
        return ""


def is_submittable(upload: Any) -> bool:
    """Tell whether it can be submitted as it is, without a word of explanation."""
    return upload.state == UploadState.READY and not upload.warnings


@login_required
@require_GET
def poll_cards(request: SignedInRequest) -> HttpResponse:
    """The cards that were at work when the page last looked, as they are now."""
    context = _page_context(request, enterable_branches(request.user))
    was = set(request.GET.get("was", "").split(","))
    context["shown"] = [card for card in context["cards"] if str(card["parcel"].pk) in was]
    return render(request, "uploads/_pulse.html", context)


@login_required
@require_POST
def update_card(request: SignedInRequest, pk: int) -> HttpResponse:
    """Keep what was changed on one card, and show the card again."""
    parcel = get_object_or_404(drafts.drafts_of(request.user), pk=pk)
    branches = enterable_branches(request.user)
    try:
        _apply_card_form(request, parcel, branches)
    except RefusedError as error:
        messages.error(request, str(error))
    context = _page_context(request, branches)
    context["shown"] = [card for card in context["cards"] if card["parcel"].pk == pk]
    return render(request, "uploads/_cards.html", context)


def _apply_card_form(request: SignedInRequest, parcel: Parcel, branches: list[Branch]) -> None:
    said = {name: request.POST.get(f"{name}-{parcel.pk}", "") for name in ("sheet", "mode")}
    chosen = request.POST.get(f"branch-{parcel.pk}", "")
    drafts.update_draft(
        parcel,
        sheet=said["sheet"] if said["sheet"] in registry else "",
        branch=next((each for each in branches if str(each.pk) == chosen), None),
        months=request.POST.get(f"months-{parcel.pk}", "").strip(),
        mode=said["mode"] if said["mode"] in UploadMode.values else "",
        now=timezone.now(),
    )


@login_required
@require_POST
def start_checks(request: SignedInRequest) -> HttpResponse:
    """Have the confirmed files checked: all, or the one whose button was pressed."""
    require_entering_role(request)
    branches = enterable_branches(request.user)
    only = request.POST.get("only", "")
    waiting = drafts.drafts_of(request.user).filter(state=DraftState.GUESSED)
    for parcel in waiting:
        if f"months-{parcel.pk}" in request.POST:
            _apply_card_form(request, parcel, branches)
        if only in ("", str(parcel.pk)):
            upload = drafts.confirm_draft(parcel, request.user, now=timezone.now())
            if upload is not None:
                tasks.enqueue_check(upload, request.user.pk)
    return redirect(_page_address(request.POST))


@login_required
@require_POST
def submit_all(request: SignedInRequest) -> HttpResponse:
    """Submit what was found in order: all, or the one whose button was pressed."""
    require_entering_role(request)
    only = request.POST.get("only", "")
    count = 0
    for parcel in drafts.drafts_of(request.user).filter(state=DraftState.SENT):
        upload = parcel.upload
        if upload is None or not is_submittable(upload) or only not in ("", str(parcel.pk)):
            continue
        try:
            with transaction.atomic():
                services.submit(upload.pk, user=request.user, now=timezone.now())
        except RefusedError as error:
            messages.error(request, f"{parcel}：{error}")
            continue
        count += 1
    if count:
        messages.success(request, f"已提交 {count} 份，等待上级审核。")
    return redirect(_page_address(request.POST))


@login_required
@require_POST
def discard_file(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take a dropped file off the page; an upload made of it stays where it is."""
    parcel = get_object_or_404(drafts.drafts_of(request.user), pk=pk)
    drafts.discard_draft(parcel)
    return redirect(_page_address(request.POST))
