"""What has to be known before a file is opened."""

import dataclasses
import datetime as dt
from collections.abc import Mapping

from django.db.models.fields.files import FieldFile

from redcross.branches.models import Branch
from redcross.branches.tree import get_tree
from redcross.periods import Period, business_date
from redcross.uploads.choices import UploadState
from redcross.uploads.models import HeadingMemory, Upload
from redcross.uploads.schema import row_ids
from redcross.uploads.schema.import_spec import ImportContext, SheetSpec
from redcross.uploads.schema.sheet import Sheet


@dataclasses.dataclass(frozen=True, slots=True)
class ImportSetup:
    """A sheet as a workbook of it is read, for one branch and one period."""

    sheet: Sheet
    spec: SheetSpec
    context: ImportContext
    remembered: Mapping[str, str]
    """Heading → the field people of the branch chose for it, "" for none."""
    accepted_before: Mapping[int, FieldFile] = dataclasses.field(default_factory=dict)
    """Uploads of these months that went on without their bad rows → the rows they took."""


def prepare_setup(sheet: Sheet, branch: Branch, period: Period, *, now: dt.datetime) -> ImportSetup:
    """Gather the sheet's words, the names of branches, and remembered headings."""
    branches = get_tree()
    context = ImportContext(
        period=period,
        today=business_date(now),
        branch_id=branch.pk,
        branch_names=branches.resolve_names(branch),
        branch_labels=branches.short_names,
        own_subtree=frozenset(branches.under(branch.code)),
        branch_levels={node.pk: node.level for node in branches.branches},
    )
    remembered = dict(
        HeadingMemory.objects.filter(branch=branch, sheet=sheet.key).values_list("heading", "field")
    )
    return ImportSetup(
        sheet, import_spec(sheet), context, remembered, _accepted_uploads(sheet, branch, period)
    )


def _accepted_uploads(sheet: Sheet, branch: Branch, period: Period) -> dict[int, FieldFile]:
    """Return the uploads of these months that went on without their bad rows, by id."""
    accepted = Upload.objects.filter(
        branch=branch,
        sheet=sheet.key,
        first_month=period.start,
        last_month=period.last,
        accept_good_rows=True,
    ).exclude(state__in=[UploadState.WITHDRAWN, UploadState.UNDONE, UploadState.RETURNED])
    return {upload.pk: upload.rows_file for upload in accepted if upload.rows_file}


def import_spec(sheet: Sheet) -> SheetSpec:
    """Return what may stand in a workbook of the sheet: its columns, and the ids of an export.

    Where one row of a workbook fills several records, or is known by its month, no id helps.
    """
    spec = sheet.specification()
    if sheet.exploded_identity:
        return spec
    return dataclasses.replace(
        spec, fields=(*spec.fields, row_ids.ROW_ID_FIELD), rules=(*spec.rules, row_ids.ROW_ID_RULE)
    )
