"""What a person may do to an upload now: the buttons of its page."""

import dataclasses

from redcross.accounts.models import User
from redcross.uploads import rules
from redcross.uploads.models import Upload


@dataclasses.dataclass(frozen=True, slots=True)
class AllowedActions:
    """One flag for each action; the services check the same again when it is carried out."""

    submit: bool
    submit_good_rows: bool  # leave the rows with errors out
    withdraw: bool
    correct: bool  # map headings, fill columns, upload a corrected file
    delete_missing: bool
    review: bool
    revert: bool
    restore: bool
    export_own_form: bool
    see_file: bool


def allowed_actions(user: User, upload: Upload) -> AllowedActions:
    """Return what this person may do to the upload in its present state."""
    enters = rules.may_enter(user, upload.branch, upload.sheet)
    may_revert = rules.may_revert(user, upload)
    return AllowedActions(
        submit=enters and upload.is_ready,
        submit_good_rows=enters and upload.has_good_rows_to_accept,
        withdraw=enters and upload.is_withdrawable,
        correct=enters and upload.is_open,
        delete_missing=enters and upload.is_ready,
        review=upload.awaits_review and rules.may_review(user, upload),
        revert=may_revert and upload.is_effective,
        restore=may_revert and upload.is_undone,
        export_own_form=enters and upload.is_effective,
        see_file=bool(upload.file) and rules.may_see_file(user, upload),
    )
