"""From parsed rows to rows that can be loaded: derived columns, row keys, parents' keys."""

import datetime as dt
from collections.abc import Sequence

import polars as pl

from redcross.periods import Period
from redcross.uploads.cells.plain_cells import dtype_of
from redcross.uploads.database.staging import key_column
from redcross.uploads.files import storage
from redcross.uploads.preparing.import_setup import ImportSetup
from redcross.uploads.preparing.row_keys import add_row_keys
from redcross.uploads.schema.expressions import is_filled
from redcross.uploads.schema.import_spec import FieldSpec
from redcross.uploads.schema.row_ids import ROW_ID, ROW_KEY, source_upload_ids
from redcross.uploads.schema.sheet import Parent, Sheet


def fill_branch(setup: ImportSetup, frame: pl.DataFrame) -> pl.DataFrame:
    """Give each row that names no branch the uploading one."""
    return frame.with_columns(
        pl.col("branch").fill_null(setup.context.branch_id)
        if "branch" in frame.columns
        else pl.lit(setup.context.branch_id, dtype=pl.Int64).alias("branch")
    )


def prepare_rows(setup: ImportSetup, frame: pl.DataFrame) -> pl.DataFrame:
    """Return the rows as they are loaded: one a record, with all that follows from the cells."""
    sheet, spec = setup.sheet, setup.spec
    if frame.is_empty():
        return frame
    frame = fill_branch(setup, frame)
    frame = frame.with_columns(_fill_model_defaults(sheet, frame))
    absent = [
        field for field in spec.fields if field.name not in frame.columns and field.name != ROW_ID
    ]
    frame = frame.with_columns(
        pl.lit(None, dtype=dtype_of(field)).alias(field.name) for field in absent
    )
    frame = sheet.explode(frame, setup.context.period)
    own = [field.name for field in spec.fields if field.name not in ("branch", ROW_ID)]
    frame = add_row_keys(
        frame,
        namespace=sheet.key,
        identity=sheet.exploded_identity or spec.identity,
        content=[*own, *sheet.exploded_identity],
        period=setup.context.period,
        dated_by=spec.dated_by,
        accepted=_accepted_keys(setup, frame),
    ).drop(ROW_ID, strict=False)
    constants = [
        pl.lit(value).alias(name)
        for name, value in sheet.constants.items()
        if name not in frame.columns
    ]
    frame = sheet.derive(frame.with_columns(constants))
    for parent in sheet.parents:
        frame = _add_parent_key(frame, parent)
    return frame.drop(_empty_columns(frame, absent))


def _accepted_keys(setup: ImportSetup, frame: pl.DataFrame) -> set[tuple[int, str]]:
    """Return branch and key of the rows that went on while these were mended."""
    return {
        pair
        for pk in source_upload_ids(frame)
        if pk in setup.accepted_before
        for pair in storage.load_frame(setup.accepted_before[pk])
        .select("branch", ROW_KEY)
        .iter_rows()
    }


def _empty_columns(frame: pl.DataFrame, absent: Sequence[FieldSpec]) -> list[str]:
    """Return the columns the workbook lacks and nothing was derived for."""
    names = [field.name for field in absent if field.name in frame.columns]
    return [name for name in names if frame[name].null_count() == frame.height]


def _fill_model_defaults(sheet: Sheet, frame: pl.DataFrame) -> list[pl.Expr]:
    """Return expressions that fill empty cells with the model's default, where it has none."""
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
    """Add the key of the parent's row, a MAC of what tells it from others of the branch."""
    sources = [parent.fields[name] for name in parent.key]
    has_parent = pl.all_horizontal([is_filled(source) for source in sources])
    if parent.when is not None:
        has_parent = has_parent & parent.when()
    parents = (
        frame.filter(has_parent)
        .unique(["branch", *sources], keep="first", maintain_order=True)
        .select("branch", *sources, worksheet=pl.lit(""), row=pl.lit(0))
    )
    keyed = add_row_keys(
        parents,
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
        pl.when(has_parent).then(pl.col(key_column(parent))).alias(key_column(parent))
    )
