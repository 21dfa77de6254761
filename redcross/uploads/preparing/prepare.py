"""From a file to prepared rows, findings and a comparison; writes nothing."""

import dataclasses
from collections.abc import Callable, Collection, Mapping
from pathlib import Path

import polars as pl

from redcross.uploads.choices import Severity, UploadMode
from redcross.uploads.database.diff import Comparison, any_row_exists, diff_rows
from redcross.uploads.database.staging import disable_seqscan, stage_keys, stage_rows
from redcross.uploads.files import workbook
from redcross.uploads.files.workbook import Workbook
from redcross.uploads.models import Upload
from redcross.uploads.parsing.parse import parse_workbook
from redcross.uploads.parsing.parsed_workbook import ParsedWorkbook
from redcross.uploads.preparing.check_result import CheckResult, Stopwatch
from redcross.uploads.preparing.import_setup import ImportSetup
from redcross.uploads.preparing.prepare_rows import fill_branch, prepare_rows
from redcross.uploads.schema.finding_catalogue import finding
from redcross.uploads.schema.findings import Finding, PlausibilityWarning
from redcross.uploads.schema.import_spec import FieldSpec, SheetKind
from redcross.uploads.schema.sheet import Sheet
from redcross.uploads.validation.row_rules import group_findings


def read_file(setup: ImportSetup, path: Path, *, filename: str, watch: Stopwatch) -> CheckResult:
    """Open a file and check it; raise workbook.UnreadableError."""
    return check_workbook(
        setup, lambda: workbook.read_workbook(path, filename=filename), watch=watch
    )


def check_workbook(
    setup: ImportSetup, open_book: Callable[[], Workbook], *, watch: Stopwatch
) -> CheckResult:
    """Open a workbook by the given function, parse and check it.

    The function is called here so that nobody else refers to the grids: beside the rows
    read from them they would take a quarter more memory of a large upload.
    """
    with watch.step("read"):
        book = open_book()
    with watch.step("recognise"):
        parsed = parse_workbook(book, setup.spec, setup.context, setup.remembered)
    del book
    return prepare_result(setup, parsed, watch)


def prepare_result(setup: ImportSetup, parsed: ParsedWorkbook, watch: Stopwatch) -> CheckResult:
    """Set aside the rows with an error, and prepare the others.

    No row of a worksheet is right that lacks a column each must have.
    """
    with watch.step("check", parsed.frame.height):
        faulty = {
            (entry.worksheet, entry.row)
            for entry in parsed.findings
            if entry.severity is Severity.ERROR and entry.row is not None
        }
        lacking = {entry.worksheet for entry in parsed.findings if entry.code == "column.missing"}
        complete = parsed.frame.filter(~pl.col("worksheet").is_in(list(lacking)))
        whole = _drop_rows(complete, faulty)
        frame = prepare_rows(setup, whole)
    return CheckResult(
        tables=[table.as_json() for table in parsed.tables],
        rows=parsed.frame.height,
        frame=frame,
        findings=list(parsed.findings),
        groups=group_findings(parsed.findings),
        seconds=watch.seconds,
        lines=parsed.lines,
        counts=whole if setup.spec.kind is SheetKind.STATISTICS else None,
        letters={
            (table.layout.worksheet, name): letter
            for table in parsed.tables
            for letter, name in table.layout.columns.items()
        },
    )


def _drop_rows(frame: pl.DataFrame, faulty: Collection[tuple[str, int]]) -> pl.DataFrame:
    """Return the rows that are not among the faulty ones, given as (worksheet, row)."""
    if not faulty:
        return frame
    rows = pl.DataFrame(
        list(faulty), schema={"worksheet": pl.String, "row": frame["row"].dtype}, orient="row"
    )
    return frame.join(rows, on=["worksheet", "row"], how="anti", maintain_order="left")


def add_plausibility_warnings(setup: ImportSetup, result: CheckResult) -> CheckResult:
    """Return the result with the warnings of the sheet about its counts beside effective ones.

    Inside the caller's scope. A cell that has an error or a warning gets no other.
    """
    if result.counts is None or result.counts.is_empty():
        return result
    known = {
        (entry.worksheet, entry.row, entry.field)
        for entry in result.findings
        if entry.severity is not Severity.NOTICE
    }
    warnings = setup.sheet.plausibility_warnings(
        fill_branch(setup, result.counts), setup.context.period
    )
    findings = result.findings + [
        _warning_finding(warning, setup.spec.field(warning.field), result.letters)
        for warning in warnings
        if (warning.worksheet, warning.row, warning.field) not in known
    ]
    return dataclasses.replace(result, findings=findings, groups=group_findings(findings))


def _warning_finding(
    warning: PlausibilityWarning, field: FieldSpec, letters: Mapping[tuple[str, str], str]
) -> Finding:
    return finding(
        warning.code,
        f"第{warning.row}行「{field.label}」：{warning.message}",
        worksheet=warning.worksheet,
        row=warning.row,
        column=letters.get((warning.worksheet, warning.field)),
        field=warning.field,
        value=warning.value,
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

    `look_only` is for a comparison after which nothing is loaded: that rows are all new is
    then known from their keys alone.
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
