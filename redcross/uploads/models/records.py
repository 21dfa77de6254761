"""The base of every record that uploads fill, and named rows of the province."""

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Self, TypeVar

import polars as pl
from django.contrib.postgres.fields import ArrayField
from django.db import models

from redcross.accounts.models import Visible, VisibleQuerySet
from redcross.uploads.models.uploads import Upload

R = TypeVar("R", bound=models.Model)


class RecordQuerySet(VisibleQuerySet[R]):
    """Records that entered through uploads."""


class Record(Visible):
    """A row that entered through an upload, and can be followed back to its cell.

    `row_key` is an HMAC of the identity cells, or where these are empty of all cleaned
    cells, the occurrence and the period (see `comparison.py`).
    """

    upload = models.ForeignKey(
        Upload, verbose_name="来源批次", on_delete=models.PROTECT, related_name="+"
    )
    upload_sheet = models.CharField("来源工作表", max_length=100, blank=True)
    upload_row = models.PositiveIntegerField("来源行", null=True, blank=True)
    row_key = models.UUIDField("行标识", editable=False)

    objects = RecordQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        abstract = True
        constraints = [
            models.UniqueConstraint(
                name="%(app_label)s_%(class)s_row_once", fields=["branch", "row_key"]
            ),
        ]

    @property
    def source_label(self) -> str:
        """Where the row stands: 工作表“明细”第12行."""
        # The upload itself may be a higher branch's, which this reader does not see.
        if self.upload_row is None:
            return "整批"
        return f"工作表“{self.upload_sheet}”第{self.upload_row}行"


N = TypeVar("N", bound=models.Model)


class NamedKeyQuerySet(models.QuerySet[N]):
    """Named rows of the province, by name."""

    def in_use(self) -> Self:
        """Keep what may still be chosen."""
        return self.filter(retired=False)


class NamedKey(models.Model):
    """A named thing of the whole province that sheets refer to by its name."""

    LONGEST_CODE = 40

    code = models.SlugField("代码", max_length=LONGEST_CODE, primary_key=True)
    name = models.CharField("名称", max_length=60, unique=True)
    other_names = ArrayField(
        models.CharField(max_length=60),
        verbose_name="其他写法",
        default=list,
        blank=True,
    )
    retired = models.BooleanField("停用", default=False)

    objects = NamedKeyQuerySet.as_manager()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name

    @classmethod
    def sheet_words(cls) -> Iterator[tuple[str, str, list[str]]]:
        """Yield key, name and other ways to write it, for the sheets' columns."""
        yield from cls.objects.values_list("code", "name", "other_names")

    @classmethod
    def registration_rule(cls) -> Callable[[str, dt.date], bool]:
        """Return what tells whether an upload may bring a name along, in a report up to a day."""
        return lambda name, _until: 2 <= len(name) <= cls.LONGEST_CODE

    @classmethod
    def from_new_name(cls, name: str, rows: pl.DataFrame) -> Self:
        """Return a new row, unsaved, for a name that stands in these rows of a workbook.

        Its key is the name itself: the rows read before it is registered bear it already.
        """
        raise NotImplementedError
