"""What a record was before it was changed or deleted: the rows that undo reads.

Only updates and deletes are kept, with the old row, so that bulk inserts stay fast.
"""

from typing import TypeVar

import pghistory
from django.db import models

M = TypeVar("M", bound=type[models.Model])

UPDATED, DELETED = "updated", "deleted"


def tracked(model: M) -> M:
    """Keep the old row of every update and delete, under the upload's context."""
    return pghistory.track(
        pghistory.UpdateEvent(UPDATED, row=pghistory.Old, condition=pghistory.AnyChange()),
        pghistory.DeleteEvent(DELETED, row=pghistory.Old),
    )(model)
