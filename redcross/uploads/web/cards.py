"""The cards of 我要报送: one for each dropped file, with its guess or its upload."""

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from redcross.accounts.models import User
from redcross.branches.models import Branch
from redcross.periods import Period, UnknownPeriodError
from redcross.uploads.choices import RECOGNITION_STATES, DroppedFileState, UploadMode
from redcross.uploads.intake.dropped_files import dropped_files_of
from redcross.uploads.intake.guess.certainty import Certainty
from redcross.uploads.models import DroppedFile, Upload
from redcross.uploads.schema.sheet import Sheet
from redcross.uploads.workflow import progress
from redcross.uploads.workflow.progress import Progress
from redcross.uploads.workflow.queries import enterable_sheets


@dataclasses.dataclass(frozen=True, slots=True)
class Card:
    """One dropped file as its card shows it."""

    file: DroppedFile
    upload: Upload | None
    progress: Progress | None  # of the check, while one is at work
    likely_sheets: Sequence[Sheet]
    other_sheets: Sequence[Sheet]

    @property
    def is_at_work(self) -> bool:
        """Whether a machine recognises the file or checks its upload."""
        return self.file.is_being_recognized or self.is_checking

    @property
    def is_checking(self) -> bool:
        """Whether a machine checks or writes the upload."""
        return self.upload is not None and self.upload.is_processing

    @property
    def is_clean(self) -> bool:
        """Whether the upload can be submitted without an explanation."""
        return self.upload is not None and self.upload.is_clean

    @property
    def recognition_steps(self) -> list[tuple[str, bool]]:
        """The steps of the recognition, and whether each is the one at work."""
        return [
            (DroppedFileState(state).label, state == self.file.state)
            for state in DroppedFileState.values
            if state in RECOGNITION_STATES
        ]

    @property
    def sheet_note(self) -> "GuessNote":
        """How certain the guessed sheet is."""
        return _guess_note(self.file.guess.get("sheet", {}))

    @property
    def period_note(self) -> "GuessNote":
        """How certain the guessed months are."""
        return _guess_note(self.file.guess_for(self.file.sheet).get("period", {}))

    @property
    def branch_note(self) -> "GuessNote":
        """How certain the guessed branch is."""
        return _guess_note(self.file.guess_for(self.file.sheet).get("branch", {}))

    @property
    def period_label(self) -> str:
        """The period as people read it, empty where the text is none."""
        try:
            return Period.parse(self.file.months).label
        except UnknownPeriodError:
            return ""


@dataclasses.dataclass(frozen=True, slots=True)
class GuessNote:
    """How certain a guess is, and why."""

    css_class: str
    label: str
    reason: str


_CERTAINTY_LABELS = {
    Certainty.YES: ("EFFECTIVE", "有把握"),
    Certainty.LIKELY: ("", "推断"),
    Certainty.NO: ("warning", "请核对"),
}


def _guess_note(guess: Mapping[str, str]) -> GuessNote:
    certainty = Certainty(guess.get("certainty", Certainty.NO))
    return GuessNote(*_CERTAINTY_LABELS[certainty], guess.get("reason", ""))


def page_context(user: User, branches: Sequence[Branch]) -> dict[str, Any]:
    """Return the cards of a person's files, and how many can be checked or submitted."""
    sheets = enterable_sheets(user)
    cards = [_card(dropped_file, sheets) for dropped_file in dropped_files_of(user)]
    return {
        "branches": branches,
        "modes": UploadMode.choices,
        "cards": cards,
        "at_work": [card.file.pk for card in cards if card.is_at_work],
        "confirmable": sum(card.file.is_confirmable for card in cards),
        "clean": sum(card.is_clean for card in cards),
    }


def _card(dropped_file: DroppedFile, sheets: Iterable[Sheet]) -> Card:
    upload = dropped_file.upload
    is_checking = upload is not None and upload.is_processing
    candidates = dropped_file.guess.get("sheet", {}).get("candidates", [])
    likely = {candidate["key"] for candidate in candidates}
    return Card(
        file=dropped_file,
        upload=upload,
        progress=progress.current_progress(upload.pk) if upload and is_checking else None,
        likely_sheets=[sheet for sheet in sheets if sheet.key in likely],
        other_sheets=[sheet for sheet in sheets if sheet.key not in likely],
    )
