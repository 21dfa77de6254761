"""Goods coming into and leaving stores."""

from decimal import Decimal

import polars as pl

from redcross.branches.choices import Level
from redcross.units import Unit
from redcross.uploads.choices import Severity
from redcross.uploads.registry import register
from redcross.uploads.schema.finding_catalogue import FindingCode, register_codes
from redcross.uploads.schema.import_spec import Rule
from redcross.uploads.schema.schedule import Due, Quarterly
from redcross.uploads.schema.sheet import Column, Sheet
from relief.choices import MovementKind, Origin
from relief.models import (
    Item,
    StockMovement,
)

register_codes(
    FindingCode(
        "stock.measure",
        "W644",
        Severity.WARNING,
        "计量单位与物资品种不同",
        "库存按物资品种的基本单位计数，箱与件不能混计。",
        "请换算为基本单位后填写数量。",
    ),
)


def _movement_direction() -> pl.Expr:
    """Return what happens to the goods: as written, else goods with a source come in."""
    written = pl.col("movement").cast(pl.String).replace("", None)
    by_origin = (
        pl.col("origin")
        .cast(pl.String)
        .replace("", None)
        .replace_strict(
            {
                Origin.PURCHASE: MovementKind.IN.value,
                Origin.DONATION: MovementKind.IN.value,
                Origin.HANDOVER: MovementKind.IN.value,
                Origin.TRANSFER: MovementKind.TRANSFER_IN.value,
            },
            default=None,
            return_dtype=pl.String,
        )
    )
    return pl.coalesce(written, by_origin).alias("movement")


@register
class Stock(Sheet):
    """救灾物资出入库台账：每行一次入库、出库、调拨、盘点或应急直转。"""

    key = "relief.stock"
    title = "救灾物资出入库台账"
    model = StockMovement
    dated_by = "moved_on"
    constants = {"change": 0, "value_change": 0}
    due = (Due(Level.PREFECTURE, Quarterly(day=8)),)

    branch = Column("单位", fill_down=True)
    store = Column("仓库", required=False, fill_down=True, default="中心仓库")
    moved_on = Column("日期")
    document_number = Column("单据号")
    movement = Column("类别", required=False, from_title=True)
    item = Column("品名", allow_create=True)
    model_size = Column("规格")
    measure = Column("计量单位", note="数量按物资品种的基本单位填。")
    quantity = Column("数量")
    unit_price = Column("单价（元）", unit=Unit.YUAN)
    value = Column("金额（元）", unit=Unit.YUAN, required=False)
    origin = Column("物资来源", required=False, fallback_column="counterpart")  # fmt: skip
    counterpart = Column("来源或去向")  # fmt: skip
    event = Column("灾害事件")
    batch = Column("批次")
    expires_on = Column("有效期至")
    papers_later = Column("先发后补", required=False)
    papers_on = Column("手续补齐日期")
    handler = Column("经手人")
    remark = Column("备注")

    def rules(self) -> tuple[Rule, ...]:
        """Something moves, one can tell which way, and it is counted as its item is."""
        units = dict(Item.objects.values_list("code", "unit"))
        usual = pl.col("item").replace_strict(units, default=None, return_dtype=pl.String)
        return (
            Rule(
                code="stock.measure",
                violation=lambda: pl.col("measure") != usual,
                needs=("measure", "item"),
                message="计量单位“{measure}”不是该物资的基本单位",
                suggestion="请换算为基本单位后填写数量。",
                severity=Severity.WARNING,
            ),
            Rule(
                code="required.empty",
                violation=lambda: _movement_direction().is_null(),
                needs=("moved_on",),
                message="看不出是入库还是出库",
                suggestion="请补上“类别”一栏（入库、出库、调入、调出……），或在表名中写明；"
                "入库的也可以填“物资来源”。",
            ),
            Rule(
                code="amount.negative",
                violation=lambda: pl.col("quantity") <= 0,
                needs=("quantity",),
                message="数量 {quantity} 须大于 0",
                suggestion="出库也填正数，由“类别”区分。",
            ),
        )

    def derive(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Give each movement its sign; goods passed straight on never lie in the store."""
        frame = frame.with_columns(_movement_direction())
        incoming = [MovementKind.IN, MovementKind.TRANSFER_IN, MovementKind.SURPLUS]
        sign = (
            pl.when(pl.col("movement").is_in([str(kind) for kind in incoming]))
            .then(1)
            .when(pl.col("movement") == MovementKind.DIRECT)
            .then(0)
            .otherwise(-1)
        )
        quantity = pl.col("quantity").cast(pl.Decimal(16, 2))
        value = (
            pl.col("value").cast(pl.Decimal(20, 2)).fill_null(0)
            if "value" in frame.columns
            else pl.lit(Decimal(0))
        )
        if "unit_price" in frame.columns:
            priced = (quantity * pl.col("unit_price").cast(pl.Decimal(16, 2))).cast(
                pl.Decimal(20, 2)
            )
            value = pl.when(value == 0).then(priced.fill_null(0)).otherwise(value)
        value = value.cast(pl.Decimal(20, 2))
        return frame.with_columns(
            value=value,
            change=(quantity * sign).cast(pl.Decimal(16, 2)),
            value_change=(value * sign).cast(pl.Decimal(20, 2)),
        )
