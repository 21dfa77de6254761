"""Dropped files on their way to an upload: sealed, guessed at, corrected, sent."""

import datetime as dt
import hashlib
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from redcross.accounts.models import User
from redcross.accounts.scope import acting_for
from redcross.branches.models import Branch
from redcross.branches.tree import get_tree
from redcross.periods import Period, UnknownPeriodError, business_date
from redcross.uploads.choices import DRAFT_PROCESSING_STATES, DraftState
from redcross.uploads.files import storage, workbook
from redcross.uploads.files.workbook import UnreadableError, Workbook
from redcross.uploads.intake.guessing import (
    SheetGuess,
    column_texts,
    dated_months,
    guess_branch,
    guess_period,
    guess_sheet,
    workbook_texts,
)
from redcross.uploads.models import HeadingMemory, Parcel, Upload
from redcross.uploads.registry import registry
from redcross.uploads.schema.import_spec import SheetSpec
from redcross.uploads.workflow import services
from redcross.uploads.workflow.queries import enterable_branches, enterable_sheets, entering_branch
from redcross.uploads.workflow.services import DISCARDED_STATES, RefusedError

UNCONFIRMED_LIFETIME = dt.timedelta(days=7)
"""How long a file waits that nobody confirms."""
CONFIRMED_LIFETIME = dt.timedelta(hours=12)
"""How long a file that became an upload stays on the page."""
MAX_FILES = 50


def drafts_of(user: User) -> QuerySet[Parcel]:
    """Return a person's own dropped files, in the order they came."""
    mine = Parcel.objects.visible_to(user).filter(owner=user)
    return mine.select_related("about", "upload__branch").order_by("pk")


def store_dropped_file(
    user: User, *, content: bytes, filename: str, hint: Mapping[str, str], now: dt.datetime
) -> Parcel:
    """Seal a dropped file; raise RefusedError where it cannot be taken."""
    branch = entering_branch(user)
    if branch is None:
        raise RefusedError("branch.outside", "您的角色不填报数据，请联系上级红十字会授权。")
    if len(content) > services.MAX_FILE_BYTES:
        raise RefusedError("file.too_large", "文件超过 200 MB，请分成几份上传。")
    digest = hashlib.sha256(content).hexdigest()
    twin = drafts_of(user).filter(digest=digest).exclude(state=DraftState.SENT).first()
    if twin is not None and content:
        raise RefusedError(
            "upload.duplicate", f"与已放入的“{twin.filename}”是同一个文件，只保留一份。"
        )
    parcel = Parcel(
        branch=branch,
        owner=user,
        filename=filename[-200:],
        size=len(content),
        digest=digest,
        hint=dict(hint),
        created_at=now,
        touched_at=now,
    )
    if content:
        storage.store_file(parcel.file, content)
    else:
        error = UnreadableError("file.empty")
        parcel.state, parcel.code, parcel.message = DraftState.UNREADABLE, error.code, str(error)
    parcel.save()
    return parcel


def recognize_draft(parcel_id: int, *, user: User, now: dt.datetime) -> None:
    """Open a dropped file in the child that may fail, and guess what it is."""
    with acting_for(user):
        parcel = _change_state(parcel_id, DraftState.OPENING, now)
    if parcel is None:
        return
    try:
        with storage.unsealed_file(parcel.file, parcel.filename) as path:
            book = workbook.read_workbook(path, filename=parcel.filename)
        with acting_for(user):
            _change_state(parcel_id, DraftState.MATCHING, now)
        with acting_for(user):
            found = _recognized_values(parcel, book, user, now)
            _change_state(parcel_id, DraftState.GUESSED, now, **found)
    except UnreadableError as error:
        with acting_for(user):
            _change_state(
                parcel_id, DraftState.UNREADABLE, now, code=error.code, message=str(error)
            )


def _change_state(parcel_id: int, state: str, now: dt.datetime, **values: Any) -> Parcel | None:
    """Bring a file still being read into a state; None where it was thrown away meanwhile."""
    parcel = (
        Parcel.objects.select_for_update()
        .filter(pk=parcel_id, state__in=DRAFT_PROCESSING_STATES)
        .first()
    )
    if parcel is not None:
        for name, value in {"state": state, "touched_at": now, **values}.items():
            setattr(parcel, name, value)
        parcel.save()
    return parcel


def _recognized_values(
    parcel: Parcel, book: Workbook, user: User, now: dt.datetime
) -> dict[str, Any]:
    enterable = {branch.pk: branch for branch in enterable_branches(user)}
    words = workbook_texts(book.grids, parcel.filename)
    specs = [sheet.specification() for sheet in registry.values()]
    allowed = {each.key for each in enterable_sheets(user)}
    sheet = guess_sheet(
        book.grids,
        words,
        specs,
        remembered=_remembered_headings(parcel.branch),
        hinted=parcel.hint.get("sheet", ""),
        allowed=allowed,
    )
    branches = get_tree()
    names = branches.resolve_names(parcel.branch)
    today = business_date(now)
    asked = _parse_period(parcel.hint.get("period", ""))

    def around(spec: SheetSpec | None) -> dict[str, Any]:
        period = guess_period(
            words,
            dated=dated_months(book.grids, spec) if spec else None,
            today=today,
            hinted=asked,
        )
        branch = guess_branch(
            words,
            column=column_texts(book.grids, spec, "branch") if spec else [],
            names=names,
            labels=branches.short_names,
            above={each.pk: each.parent_id for each in branches.branches if each.parent_id},
            enterable=enterable,
            home=_default_branch_id(parcel, enterable),
        )
        return {
            "months": str(period.period),
            "period": {"sure": period.certainty, "why": period.why},
            "branch_id": branch.branch_id,
            "branch": {"sure": branch.certainty, "why": branch.why},
        }

    by_key = {spec.key: spec for spec in specs}
    likely = around(by_key.get(sheet.key))
    return {
        "guess": {
            "sheet": {
                "sure": sheet.certainty,
                "why": sheet.why,
                "fits": _candidates_to_json(sheet, allowed),
            },
            "around": {fit.key: around(by_key[fit.key]) for fit in sheet.fits},
            "otherwise": likely,
            "notices": list(book.notices),
            "twin": _identical_upload(parcel, user),
        },
        "sheet": sheet.key,
        "about_id": likely["branch_id"] if likely["branch_id"] in enterable else None,
        "months": likely["months"],
    }


def _candidates_to_json(sheet: SheetGuess, allowed: set[str]) -> list[dict[str, Any]]:
    return [
        {"key": fit.key, "title": fit.title, "named": fit.named, "columns": fit.columns}
        for fit in sheet.fits
        if fit.key in allowed
    ]


def _default_branch_id(parcel: Parcel, enterable: Mapping[int, Branch]) -> int:
    """Return the branch a file is for where it does not say: the one asked for, else home."""
    asked = parcel.hint.get("branch", "")
    found = next((pk for pk, each in enterable.items() if asked in (each.code, str(pk))), None)
    return found or parcel.branch_id


def _remembered_headings(branch: Branch) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    rows = HeadingMemory.objects.filter(branch=branch).values_list("sheet", "heading", "field")
    for sheet, heading, field in rows:
        found.setdefault(sheet, {})[heading] = field
    return found


def _identical_upload(parcel: Parcel, user: User) -> dict[str, Any]:
    """Name the upload that holds this very file already."""
    twin = (
        Upload.objects.visible_to(user)
        .filter(digest=parcel.digest)
        .exclude(state__in=DISCARDED_STATES)
        .order_by("pk")
        .last()
    )
    if twin is None:
        return {}
    return {"pk": twin.pk, "told": f"{twin}，{twin.get_state_display()}"}


def _parse_period(text: str) -> Period | None:
    try:
        return Period.parse(text) if text else None
    except UnknownPeriodError:
        return None


def update_draft(
    parcel: Parcel, *, sheet: str, branch: Branch | None, months: str, mode: str, now: dt.datetime
) -> Parcel:
    """Keep what a person says a file is; another sheet brings its own guesses along."""
    if parcel.state != DraftState.GUESSED:
        raise RefusedError("upload.not_ready", "文件还没有读完，请稍候再改。")
    around, otherwise = parcel.guess.get("around", {}), parcel.guess.get("otherwise", {})
    before = around.get(parcel.sheet, otherwise)
    after = around.get(sheet, otherwise)
    if sheet != parcel.sheet and months == before.get("months"):
        months = after.get("months", months)
    parcel.sheet, parcel.about, parcel.months = sheet, branch, months[:20]
    parcel.mode, parcel.message, parcel.code, parcel.touched_at = mode, "", "", now
    parcel.save()
    return parcel


def confirm_draft(parcel: Parcel, user: User, *, now: dt.datetime) -> Upload | None:
    """Make an upload of a confirmed file; where it is refused the file keeps the reason."""
    try:
        with transaction.atomic():
            upload = _create_upload(parcel, user, now)
    except RefusedError as error:
        parcel.refresh_from_db()
        parcel.code, parcel.message, parcel.touched_at = error.code, error.message, now
        parcel.save()
        return None
    return upload


def _create_upload(parcel: Parcel, user: User, now: dt.datetime) -> Upload:
    locked = Parcel.objects.select_for_update(of=("self",)).select_related("about")
    parcel = locked.get(pk=parcel.pk)
    if parcel.state != DraftState.GUESSED:
        raise RefusedError("upload.not_ready", f"“{parcel}”当前不能开始检查，请刷新页面。")
    if not parcel.sheet:
        raise RefusedError("sheet.unknown", "请先选择这是哪一张报表。")
    if parcel.about is None:
        raise RefusedError("branch.outside", "请先选择填报单位。")
    try:
        period = Period.parse(parcel.months)
    except UnknownPeriodError as error:
        raise RefusedError("period.unknown", str(error)) from None
    upload = services.create_upload(
        user,
        sheet=parcel.sheet,
        branch=parcel.about,
        period=period,
        content=storage.load_file(parcel.file),
        filename=parcel.filename,
        mode=parcel.mode or None,
        now=now,
    )
    file = parcel.file
    name = file.name or ""
    transaction.on_commit(lambda: file.storage.delete(name))
    parcel.file, parcel.state, parcel.upload, parcel.touched_at = "", DraftState.SENT, upload, now
    parcel.save()
    return upload


def discard_draft(parcel: Parcel) -> None:
    """Forget a dropped file, its sealed content with it."""
    name = parcel.file.name or ""
    storage_of = parcel.file.storage
    parcel.delete()
    if name:
        transaction.on_commit(lambda: storage_of.delete(name))


def delete_expired_drafts(now: dt.datetime) -> int:
    """Throw away what nobody confirmed for days, and what has been an upload for hours."""
    old = Parcel.objects.filter(touched_at__lt=now - UNCONFIRMED_LIFETIME)
    sent = Parcel.objects.filter(state=DraftState.SENT, touched_at__lt=now - CONFIRMED_LIFETIME)
    found = list(old.union(sent))
    for parcel in found:
        discard_draft(parcel)
    return len(found)


def find_stalled_drafts(now: dt.datetime) -> list[Parcel]:
    """Return the files whose reading somebody began and nobody ended."""
    silent = now - dt.timedelta(seconds=workbook.TIMEOUT_SECONDS * 4)
    return list(
        Parcel.objects.filter(state__in=DRAFT_PROCESSING_STATES, touched_at__lt=silent).order_by(
            "pk"
        )
    )
