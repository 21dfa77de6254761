"""A ledger as plain values, so that parsing is tested without a database."""

import datetime as dt
import tempfile
from pathlib import Path

import polars as pl

from redcross.periods import Period
from redcross.units import Unit
from redcross.uploads.files import parser, workbook
from redcross.uploads.files.workbook import Grid, Workbook
from redcross.uploads.parsing.parse import parse_workbook
from redcross.uploads.parsing.parsed_workbook import ParsedWorkbook
from redcross.uploads.schema.import_spec import (
    CellKind,
    FieldSpec,
    ImportContext,
    SheetKind,
    SheetSpec,
)

CHANNELS = {"银行": "BANK", "微信": "WECHAT"}
LEDGER = SheetSpec(
    key="test.ledger",
    title="捐赠明细表",
    kind=SheetKind.LEDGER,
    dated_by="received_on",
    identity=("ticket",),
    fields=(
        FieldSpec("branch", "单位", CellKind.BRANCH, aliases=("县区",), fill_down=True),
        FieldSpec(
            "giver", "捐赠人", CellKind.TEXT, required=True, max_length=120, fill_down=True,
            aliases=("捐赠单位", "捐赠（单位/姓名）", "姓名", "捐赠单位（个人）"), substrings=("捐赠单位",),
        ),
        FieldSpec("value", "金额（元）", CellKind.DECIMAL, unit=Unit.YUAN, max_digits=18,
                  aliases=("金额", "捐赠金额", "捐赠金额（元）", "折算金额"), substrings=("金额",)),
        FieldSpec("received_on", "到账日期", CellKind.DATE, aliases=("捐赠日期", "日期"), required=True),
        FieldSpec("channel", "渠道", CellKind.CHOICE, choices=CHANNELS,
                  labels={key: word for word, key in CHANNELS.items()}),
        FieldSpec("item", "品名", CellKind.TEXT, aliases=("入库物资",)),
        FieldSpec("measure", "计量单位", CellKind.TEXT, aliases=("单位",)),
        FieldSpec("quantity", "数量", CellKind.DECIMAL, aliases=("数量总计",)),
        FieldSpec("phone", "联系电话", CellKind.PHONE, personal=True),
        FieldSpec("ticket", "票据号", CellKind.TEXT),
        FieldSpec("remark", "备注", CellKind.TEXT),
    ),
)  # fmt: skip
BRANCH_NAMES = {
    "昆明市": (1,),
    "曲靖市": (6,),
    "玉溪市": (7,),
    "五华区": (2,),
    "五华": (2,),
    "盘龙区": (3,),
    "大理": (4, 5),
    "瑞丽市": (9,),
}
BRANCH_LABELS = {
    1: "昆明市",
    6: "曲靖市",
    7: "玉溪市",
    2: "五华区",
    3: "盘龙区",
    4: "大理州",
    5: "大理市",
    9: "瑞丽市",
}


def ledger_context(period: str = "2020") -> ImportContext:
    return ImportContext(
        period=Period.parse(period),
        today=dt.date(2022, 2, 22),
        branch_id=1,
        branch_names=BRANCH_NAMES,
        branch_labels=BRANCH_LABELS,
        own_subtree=frozenset({1, 2, 3, 4, 5, 6, 7}),
        branch_levels={
            1: "city",
            4: "city",
            6: "city",
            7: "city",
            2: "county",
            3: "county",
            5: "county",
        },
    )


def parse_ledger(
    content: bytes, folder: Path, *, filename: str = "表.xlsx", period: str = "2020"
) -> ParsedWorkbook:
    path = folder / filename
    path.write_bytes(content)
    return parse_workbook(
        workbook.read_workbook(path, filename=filename), LEDGER, ledger_context(period)
    )


def open_in_process(path: Path) -> Workbook:
    """Open a file without a child of its own; what the child guards is tested elsewhere."""
    with tempfile.TemporaryDirectory() as name:
        answer = parser.open_file(path, Path(name))
        grids = tuple(
            Grid(
                worksheet=grid["name"] or "表",
                first_row=grid["first_row"],
                cells=pl.read_ipc((Path(name) / grid["file"]).read_bytes()),
                merged=tuple(tuple(merge) for merge in grid["merged"] or ()),
                knows_merges=grid["merged"] is not None,
                from_1904=answer.get("from_1904", False),
            )
            for grid in answer["grids"]
        )
    return Workbook(grids, tuple(answer["notices"]))


def finding_codes(reading: ParsedWorkbook) -> list[str]:
    return [finding.code for finding in reading.findings]
