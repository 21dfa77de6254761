"""Recognise a dropped file: open it once, keep its grids, guess sheet, period and branch."""

import datetime as dt
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from typing import Any

from redcross.accounts.models import User
from redcross.accounts.rules import enterable_branches
from redcross.accounts.scope import acting_for
from redcross.branches.models import Branch
from redcross.branches.tree import get_tree
from redcross.periods import Period, UnknownPeriodError, business_date
from redcross.uploads.choices import RECOGNITION_STATES, DroppedFileState
from redcross.uploads.files import storage
from redcross.uploads.files.workbook import Grid, UnreadableError, Workbook
from redcross.uploads.intake.guess.certainty import Certainty
from redcross.uploads.intake.guess.which_branch import BranchNames, guess_branch
from redcross.uploads.intake.guess.which_period import dated_months, guess_period
from redcross.uploads.intake.guess.which_sheet import SheetGuess, guess_sheet
from redcross.uploads.intake.guess.workbook_texts import (
    WorkbookTexts,
    collect_texts,
    column_texts,
)
from redcross.uploads.models import DroppedFile, HeadingMemory, Upload
from redcross.uploads.registry import registry
from redcross.uploads.schema.import_spec import SheetSpec
from redcross.uploads.workflow.creation import DISCARDED_STATES
from redcross.uploads.workflow.queries import enterable_sheets


def recognize_dropped_file(dropped_file_id: int, *, user: User, now: dt.datetime) -> None:
    """Open a dropped file in the sandbox and guess what it is.

    The guess is stored in the row, the grids beside it. Nothing happens where the file was
    recognised or discarded meanwhile.
    """
    with acting_for(user):
        dropped_file = _change_state(dropped_file_id, DroppedFileState.OPENING, now)
    if dropped_file is None:
        return
    try:
        book = storage.open_workbook(
            dropped_file.file, dropped_file.filename, grids=dropped_file.grids_file
        )
        with acting_for(user):
            _change_state(dropped_file_id, DroppedFileState.MATCHING, now)
        with acting_for(user):
            values = _guess_values(dropped_file, book, user, now)
            _change_state(dropped_file_id, DroppedFileState.GUESSED, now, book=book, **values)
    except UnreadableError as error:
        with acting_for(user):
            _change_state(
                dropped_file_id,
                DroppedFileState.UNREADABLE,
                now,
                code=error.code,
                message=str(error),
            )


def _change_state(
    dropped_file_id: int,
    state: str,
    now: dt.datetime,
    *,
    book: Workbook | None = None,
    **values: Any,
) -> DroppedFile | None:
    """Change the state of a file that is still being recognised; None where it is not."""
    dropped_file = (
        DroppedFile.objects.select_for_update()
        .filter(pk=dropped_file_id, state__in=RECOGNITION_STATES)
        .first()
    )
    if dropped_file is None:
        return None
    for name, value in {"state": state, "updated_at": now, **values}.items():
        setattr(dropped_file, name, value)
    if book is not None:
        storage.store_grids(dropped_file.grids_file, book)
    dropped_file.save()
    return dropped_file


def _guess_values(
    dropped_file: DroppedFile, book: Workbook, user: User, now: dt.datetime
) -> dict[str, Any]:
    """Return the guess and the fields of the row that follow from it."""
    texts = collect_texts(book.grids, dropped_file.filename)
    specs = {sheet.key: sheet.specification() for sheet in registry.values()}
    allowed = {sheet.key for sheet in enterable_sheets(user)}
    sheet = guess_sheet(
        book.grids,
        texts,
        specs.values(),
        remembered=_remembered_headings(dropped_file.branch),
        requested=dropped_file.prefill.get("sheet", ""),
        allowed=allowed,
    )
    guesser = _PlaceAndTime(dropped_file, book.grids, texts, user, now)
    likely = guesser.guess(specs.get(sheet.key))
    may_enter = likely["branch_id"] in guesser.enterable
    return {
        "guess": {
            "sheet": _sheet_to_json(sheet, allowed),
            "by_sheet": {one.key: guesser.guess(specs[one.key]) for one in sheet.candidates},
            "default": likely,
            "notices": list(book.notices),
            "duplicate": _identical_upload(dropped_file, user),
        },
        "sheet": sheet.key,
        "reporting_branch_id": likely["branch_id"] if may_enter else None,
        "months": likely["months"],
    }


class _PlaceAndTime:
    """Guesses period and branch of one dropped file, for any sheet it may be."""

    def __init__(
        self,
        dropped_file: DroppedFile,
        grids: tuple[Grid, ...],
        texts: WorkbookTexts,
        user: User,
        now: dt.datetime,
    ) -> None:
        branches = get_tree()
        self.enterable = {branch.pk: branch for branch in enterable_branches(user)}
        self._grids, self._texts = grids, texts
        self._names = BranchNames(
            ids_by_name=branches.resolve_names(dropped_file.branch),
            labels=branches.short_names,
            parents={one.pk: one.parent_id for one in branches.branches if one.parent_id},
        )
        self._default = _default_branch_id(dropped_file, self.enterable)
        self._requested = _parse_period(dropped_file.prefill.get("period", ""))
        self._today = business_date(now)

    def guess(self, spec: SheetSpec | None) -> dict[str, Any]:
        """Return the guess as it is stored; without a sheet its columns are not looked at."""
        period = guess_period(
            self._texts,
            dated=dated_months(self._grids, spec) if spec else None,
            today=self._today,
            requested=self._requested,
        )
        branch = guess_branch(
            self._texts,
            column=column_texts(self._grids, spec, "branch") if spec else [],
            names=self._names,
            enterable=self.enterable,
            default=self._default,
        )
        return {
            "months": str(period.period),
            "period": _reason_to_json(period.certainty, period.reason),
            "branch_id": branch.branch_id,
            "branch": _reason_to_json(branch.certainty, branch.reason),
        }


def _sheet_to_json(guess: SheetGuess, allowed: AbstractSet[str]) -> dict[str, Any]:
    candidates = [
        {
            "key": one.key,
            "title": one.title,
            "known_columns": one.known_columns,
            "columns": one.columns,
        }
        for one in guess.candidates
        if one.key in allowed
    ]
    return {**_reason_to_json(guess.certainty, guess.reason), "candidates": candidates}


def _reason_to_json(certainty: Certainty, reason: str) -> dict[str, Any]:
    return {"certainty": certainty, "reason": reason}


def _default_branch_id(dropped_file: DroppedFile, enterable: Mapping[int, Branch]) -> int:
    """Return the branch of a file that names none: that of the link, else the owner's."""
    requested = dropped_file.prefill.get("branch", "")
    branch_id = next(
        (pk for pk, branch in enterable.items() if requested in (branch.code, str(pk))), None
    )
    return branch_id or dropped_file.branch_id


def _parse_period(text: str) -> Period | None:
    try:
        return Period.parse(text) if text else None
    except UnknownPeriodError:
        return None


def _remembered_headings(branch: Branch) -> dict[str, dict[str, str]]:
    """Return sheet → heading → field, as the branch has mapped its headings by hand."""
    headings: dict[str, dict[str, str]] = {}
    rows = HeadingMemory.objects.filter(branch=branch).values_list("sheet", "heading", "field")
    for sheet, heading, field in rows:
        headings.setdefault(sheet, {})[heading] = field
    return headings


def _identical_upload(dropped_file: DroppedFile, user: User) -> dict[str, Any]:
    """Return the latest upload of the very same file, as it is stored; empty where none is."""
    upload = (
        Upload.objects.visible_to(user)
        .filter(digest=dropped_file.digest)
        .exclude(state__in=DISCARDED_STATES)
        .order_by("pk")
        .last()
    )
    if upload is None:
        return {}
    return {"pk": upload.pk, "label": f"{upload}，{upload.get_state_display()}"}
