"""From a file to prepared rows, findings and a comparison; writes nothing."""

import dataclasses
import datetime as dt
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import polars as pl
from django.db.models.fields.files import FieldFile

from redcross.branches.models import Branch
from redcross.branches.tree import get_tree
from redcross.periods import Period, business_date
from redcross.uploads.cells.columns import dtype_of
from redcross.uploads.choices import Severity, UploadMode, UploadState
from redcross.uploads.database.diff import Comparison, any_row_exists, diff_rows
from redcross.uploads.database.staging import disable_seqscan, key_column, stage_keys, stage_rows
from redcross.uploads.files import storage, workbook
from redcross.uploads.files.workbook import Workbook
from redcross.uploads.models import HeadingMemory, Upload
from redcross.uploads.parsing.parse import parse_workbook
from redcross.uploads.parsing.parsed_workbook import ParsedWorkbook
from redcross.uploads.parsing.preview_rows import PreviewRow
from redcross.uploads.preparing.row_keys import add_row_keys
from redcross.uploads.schema import row_ids
from redcross.uploads.schema.finding_catalogue import finding
from redcross.uploads.schema.findings import Finding, FindingGroup, PlausibilityWarning
from redcross.uploads.schema.import_spec import FieldSpec, ImportContext, SheetKind, SheetSpec
from redcross.uploads.schema.row_ids import ROW_KEY
from redcross.uploads.schema.sheet import Parent, Sheet
from redcross.uploads.validation.row_rules import group_findings

ProgressCallback = Callable[[str, int], object]


@dataclasses.dataclass(frozen=True, slots=True)
class ImportSetup:
    """What has to be known before a file is opened."""

    sheet: Sheet
    spec: SheetSpec
    context: ImportContext
    remembered: Mapping[str, str]
    accepted_before: Mapping[int, FieldFile] = dataclasses.field(default_factory=dict)
    """Uploads of these months that went on without their bad rows → the rows they took."""


@dataclasses.dataclass(slots=True)
class CheckResult:
    """What a file holds, as far as it could be read."""

    tables: list[dict[str, Any]]
    rows: int
    frame: pl.DataFrame
    """The rows without an error, prepared for loading."""
    findings: list[Finding]
    groups: list[FindingGroup]
    seconds: dict[str, float]
    lines: Sequence[PreviewRow] = ()
    comparison: Comparison = dataclasses.field(default_factory=Comparison)
    counts: pl.DataFrame | None = None
    """The rows of a statistics sheet as read, for what they are held against; few."""
    letters: Mapping[tuple[str, str], str] = dataclasses.field(default_factory=dict)
    """(worksheet, field) → the column's letter."""

    def count(self, severity: Severity) -> int:
        """Return how many findings are of this severity."""
        return sum(group.count for group in self.groups if group.severity is severity)

    @property
    def has_errors(self) -> bool:
        """Whether anything blocks the whole."""
        return self.count(Severity.ERROR) > 0


class Stopwatch:
    """Seconds of each step, told on as they begin."""

    def __init__(self, report: ProgressCallback) -> None:
        self.seconds: dict[str, float] = {}
        self._report = report

    @contextmanager
    def step(self, name: str, rows: int = 0) -> Iterator[None]:
        """Time one step."""
        self._report(name, rows)
        start = time.perf_counter()
        yield
        spent = time.perf_counter() - start
        self.seconds[name] = round(self.seconds.get(name, 0) + spent, 3)


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
        branch_levels={each.pk: each.level for each in branches.branches},
    )
    remembered = dict(
        HeadingMemory.objects.filter(branch=branch, sheet=sheet.key).values_list("heading", "field")
    )
    went_on = Upload.objects.filter(
        branch=branch,
        sheet=sheet.key,
        first_month=period.start,
        last_month=period.last,
        accept_good_rows=True,
    ).exclude(state__in=[UploadState.WITHDRAWN, UploadState.UNDONE, UploadState.RETURNED])
    return ImportSetup(
        sheet,
        import_spec(sheet),
        context,
        remembered,
        {each.pk: each.rows_file for each in went_on if each.rows_file},
    )


def import_spec(sheet: Sheet) -> SheetSpec:
    """Return what may stand in a workbook of the sheet: its columns, and the marks of an export.

    Where one row of a workbook fills several records, or is known by its month, no mark helps.
    """
    spec = sheet.specification()
    if sheet.exploded_identity:
        return spec
    return dataclasses.replace(
        spec, fields=(*spec.fields, row_ids.ROW_ID_FIELD), rules=(*spec.rules, row_ids.ROW_ID_RULE)
    )


def read_file(setting: ImportSetup, path: Path, *, filename: str, watch: Stopwatch) -> CheckResult:
    """Open a file and check it; raise workbook.UnreadableError."""
    return check_workbook(
        setting, lambda: workbook.read_workbook(path, filename=filename), watch=watch
    )


def check_workbook(
    setting: ImportSetup, open_book: Callable[[], Workbook], *, watch: Stopwatch
) -> CheckResult:
    """Open a workbook by the given function, parse and check it.

    The function is called here so that nobody else refers to the grids: beside the rows
    read from them they would take a quarter more memory of a large upload.
    """
    with watch.step("read"):
        book = open_book()
    with watch.step("recognise"):
        tables = parse_workbook(book, setting.spec, setting.context, setting.remembered)
    del book
    return prepare_result(setting, tables, watch)


def prepare_result(setting: ImportSetup, found: ParsedWorkbook, watch: Stopwatch) -> CheckResult:
    """Set aside the rows with an error, and prepare the others."""
    with watch.step("check", found.frame.height):
        broken: set[tuple[str, int | None]] = {
            (finding.worksheet, finding.row)
            for finding in found.findings
            if finding.severity is Severity.ERROR and finding.row is not None
        }
        # No row is right that lacks what each must have.
        lacking = {each.worksheet for each in found.findings if each.code == "column.missing"}
        complete = found.frame.filter(~pl.col("worksheet").is_in(list(lacking)))
        whole = _drop_rows(complete, broken)
        frame = prepare_rows(setting, whole)
    return CheckResult(
        tables=[table.as_json() for table in found.tables],
        rows=found.frame.height,
        frame=frame,
        findings=list(found.findings),
        groups=group_findings(found.findings),
        seconds=watch.seconds,
        lines=found.lines,
        counts=whole if setting.spec.kind is SheetKind.STATISTICS else None,
        letters={
            (table.layout.worksheet, name): letter
            for table in found.tables
            for letter, name in table.layout.columns.items()
        },
    )


def add_plausibility_warnings(setting: ImportSetup, found: CheckResult) -> CheckResult:
    """Return it with what its counts say against those effective already.

    Inside the caller's scope. A cell that something was said of is left alone.
    """
    if found.counts is None or found.counts.is_empty():
        return found
    told = {
        (each.worksheet, each.row, each.field)
        for each in found.findings
        if each.severity is not Severity.NOTICE
    }
    doubts = setting.sheet.plausibility_warnings(
        fill_branch(setting, found.counts), setting.context.period
    )
    findings = found.findings + [
        _warning_finding(each, setting.spec.field(each.field), found.letters)
        for each in doubts
        if (each.worksheet, each.row, each.field) not in told
    ]
    return dataclasses.replace(found, findings=findings, groups=group_findings(findings))


def _warning_finding(
    doubt: PlausibilityWarning, field: FieldSpec, letters: Mapping[tuple[str, str], str]
) -> Finding:
    return finding(
        doubt.code,
        f"第{doubt.row}行「{field.label}」：{doubt.message}",
        worksheet=doubt.worksheet,
        row=doubt.row,
        column=letters.get((doubt.worksheet, doubt.field)),
        field=doubt.field,
        value=doubt.value,
    )


def _drop_rows(frame: pl.DataFrame, broken: set[tuple[str, int | None]]) -> pl.DataFrame:
    if not broken:
        return frame
    bad = pl.DataFrame(
        list(broken), schema={"worksheet": pl.String, "row": frame["row"].dtype}, orient="row"
    )
    return frame.join(bad, on=["worksheet", "row"], how="anti", maintain_order="left")


def fill_branch(setting: ImportSetup, frame: pl.DataFrame) -> pl.DataFrame:
    """Give each row that names no branch the uploading one."""
    return frame.with_columns(
        pl.col("branch").fill_null(setting.context.branch_id)
        if "branch" in frame.columns
        else pl.lit(setting.context.branch_id, dtype=pl.Int64).alias("branch")
    )


def prepare_rows(setting: ImportSetup, frame: pl.DataFrame) -> pl.DataFrame:
    """Add what follows from the cells: derived columns, row keys, the parents' keys."""
    sheet, spec = setting.sheet, setting.spec
    if frame.is_empty():
        return frame
    frame = fill_branch(setting, frame)
    frame = frame.with_columns(_fill_model_defaults(sheet, frame))
    absent = [
        field
        for field in spec.fields
        if field.name not in frame.columns and field.name != row_ids.ROW_ID
    ]
    frame = frame.with_columns(
        pl.lit(None, dtype=dtype_of(field)).alias(field.name) for field in absent
    )
    frame = sheet.explode(frame, setting.context.period)
    frame = add_row_keys(
        frame,
        namespace=sheet.key,
        identity=sheet.exploded_identity or spec.identity,
        content=[
            *(field.name for field in spec.fields if field.name not in ("branch", row_ids.ROW_ID)),
            *sheet.exploded_identity,
        ],
        period=setting.context.period,
        dated_by=spec.dated_by,
        accepted=_accepted_keys(setting, frame),
    ).drop(row_ids.ROW_ID, strict=False)
    missing = [
        pl.lit(value).alias(name)
        for name, value in sheet.constants.items()
        if name not in frame.columns
    ]
    frame = sheet.derive(frame.with_columns(missing))
    for parent in sheet.parents:
        frame = _add_parent_key(frame, parent)
    return frame.drop(_empty_columns(frame, absent))


def _accepted_keys(setting: ImportSetup, frame: pl.DataFrame) -> set[tuple[int, str]]:
    """Return branch and key of the rows that went on while these were mended."""
    return {
        pair
        for pk in row_ids.source_upload_ids(frame)
        if pk in setting.accepted_before
        for pair in storage.load_frame(setting.accepted_before[pk])
        .select("branch", ROW_KEY)
        .iter_rows()
    }


def _empty_columns(frame: pl.DataFrame, absent: Sequence[FieldSpec]) -> list[str]:
    """Name the columns the workbook lacks and nothing was derived for: they say nothing."""
    names = [field.name for field in absent if field.name in frame.columns]
    return [name for name in names if frame[name].null_count() == frame.height]


def _fill_model_defaults(sheet: Sheet, frame: pl.DataFrame) -> list[pl.Expr]:
    """Give empty cells the model's default where the column may not be null."""
    filled = []
    for name in frame.columns:
        if name not in sheet.columns or name == "branch":
            continue
        field = sheet.model_field(name)
        if field.null or not (field.has_default() or field.empty_strings_allowed):
            continue
        default = field.get_default()
        if default is not None and (default != "" or frame[name].dtype == pl.String):
            filled.append(pl.col(name).fill_null(pl.lit(default).cast(frame[name].dtype)))
    return filled


def _add_parent_key(frame: pl.DataFrame, parent: Parent) -> pl.DataFrame:
    """Number the parent's rows within each branch by an HMAC of its key."""
    sources = [parent.fields[name] for name in parent.key]
    named = pl.all_horizontal(
        [pl.col(source).cast(pl.String).fill_null("") != "" for source in sources]
    )
    if parent.when is not None:
        named = named & parent.when()
    keyed = (
        frame.filter(named)
        .unique(["branch", *sources], keep="first", maintain_order=True)
        .select("branch", *sources, worksheet=pl.lit(""), row=pl.lit(0))
    )
    keyed = add_row_keys(
        keyed,
        namespace=f"{parent.model._meta.label}",
        identity=sources,
        content=sources,
        period=Period(None, dt.date(1, 1, 1)),
        dated_by=None,
    )
    keyed = keyed.select("branch", *sources, pl.col(ROW_KEY).alias(key_column(parent)))
    joined = frame.join(
        keyed, on=["branch", *sources], how="left", nulls_equal=True, maintain_order="left"
    )
    return joined.with_columns(
        pl.when(named).then(pl.col(key_column(parent))).alias(key_column(parent))
    )


def diff_with_database(
    upload: Upload,
    sheet: Sheet,
    frame: pl.DataFrame,
    watch: Stopwatch,
    *,
    look_only: bool = False,
) -> Comparison:
    """Compare prepared rows with the database, inside the caller's scope.

    `look_only` is for a comparison after which nothing is loaded: rows that are all new
    are then told by their keys alone.
    """
    with watch.step("compare", frame.height):
        if frame.is_empty() and upload.mode == UploadMode.APPEND:
            return Comparison()
        disable_seqscan(sheet)
        if look_only and upload.mode == UploadMode.APPEND:
            stage_keys(sheet, frame)
            if not any_row_exists(sheet):
                return Comparison(new=frame.height)
        return diff_rows(upload, sheet, stage_rows(sheet, frame))
