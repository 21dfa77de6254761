"""What a record was before it was changed or deleted: the rows that undo reads.

Only updates and deletes are kept, with the old row, so that bulk inserts stay fast.
"""

from collections.abc import Callable
from typing import TypeVar

import pghistory
from django.db import models

M = TypeVar("M", bound=type[models.Model])

UPDATED, DELETED = "updated", "deleted"


def track_history(model: M) -> M:
    """Keep the old row of every update and delete, under the upload's context."""
    return track_history_except()(model)


def track_history_except(*fields: str) -> Callable[[M], M]:
    """Track, but take no note where only these fields change: the database keeps them."""

    def track(model: M) -> M:
        return pghistory.track(
            pghistory.UpdateEvent(
                UPDATED,
                row=pghistory.Old,
                condition=pghistory.AnyChange(exclude=list(fields)),
            ),
            pghistory.DeleteEvent(DELETED, row=pghistory.Old),
        )(model)

    return track
