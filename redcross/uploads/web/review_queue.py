"""The review queue as an address describes it: which uploads, and which one is next."""

import dataclasses
from collections.abc import Sequence
from typing import Self
from urllib.parse import parse_qsl, urlencode

from django.http import QueryDict
from django.urls import reverse

from redcross.branches.models import Branch
from redcross.uploads.models import Upload

ALL = "all"
"""The queue parameter of an upload's page where no filter is set."""
_PREFECTURE_CODE_LENGTH = 4
"""Counties have longer codes; so have units of the province, whose parent is no prefecture."""


@dataclasses.dataclass(frozen=True, slots=True)
class QueueFilter:
    """The sheet and the prefecture's code that the reviewer looks at, "" for all."""

    sheet: str = ""
    place: str = ""

    @classmethod
    def from_query(cls, query: QueryDict) -> Self:
        """Return the filter of the queue's own address."""
        return cls(query.get("sheet", ""), query.get("place", ""))

    @classmethod
    def from_parameter(cls, text: str) -> Self:
        """Return the filter from the queue parameter of an upload's page."""
        query = dict(parse_qsl(text))
        return cls(query.get("sheet", ""), query.get("place", ""))

    @property
    def query(self) -> str:
        """The filter as it stands in an address, empty where nothing is filtered."""
        if not (self.sheet or self.place):
            return ""
        return urlencode({"sheet": self.sheet, "place": self.place})

    @property
    def address(self) -> str:
        """The address of the queue."""
        return f"{reverse('review')}?{self.query}"

    def apply(self, uploads: Sequence[Upload]) -> list[Upload]:
        """Return the uploads that pass."""
        return [
            upload
            for upload in uploads
            if self.sheet in ("", upload.sheet) and upload.branch.code.startswith(self.place)
        ]

    def address_after(self, pk: int, queue: Sequence[int]) -> str:
        """Return the address of the upload after `pk`, else of the first, else of the queue."""
        at = queue.index(pk) if pk in queue else -1
        others = [*queue[at + 1 :], *queue[: max(at, 0)]]
        if not others:
            return self.address
        parameter = urlencode({"queue": self.query or ALL})
        return f"{reverse('upload', kwargs={'pk': others[0]})}?{parameter}"


def count_by_prefecture(uploads: Sequence[Upload]) -> list[tuple[Branch, int]]:
    """Return the prefectures with the number of their and their counties' uploads."""
    counts: dict[str, tuple[Branch, int]] = {}
    for upload in uploads:
        branch = upload.branch
        if len(branch.code) > _PREFECTURE_CODE_LENGTH and branch.parent is not None:
            branch = branch.parent
        counts[branch.code] = (branch, counts.get(branch.code, (branch, 0))[1] + 1)
    return [counts[code] for code in sorted(counts)]
