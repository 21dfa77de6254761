"""Goods in stores and their movements."""

import datetime as dt
from decimal import Decimal
from typing import Self

from django.db import models
from django.db.models import F, Q

from redcross.accounts.database.policies import register_read_only
from redcross.accounts.models import Visible
from redcross.uploads.history import track_history
from redcross.uploads.models import Record, RecordQuerySet
from relief.choices import (
    MovementKind,
    Origin,
)
from relief.models.references import Event, Item


class StockMovementQuerySet(RecordQuerySet["StockMovement"]):
    """Movements by what a storekeeper has to do."""

    def papers_due(self, today: dt.date, days: int = 3) -> Self:
        """Keep goods sent before their papers, which nobody has brought within three days."""
        return self.filter(
            papers_later=True,
            papers_on__isnull=True,
            moved_on__lte=today - dt.timedelta(days=days),
        )


@track_history
class StockMovement(Record):
    """Goods coming into or leaving a store; the stock of each is kept by the database."""

    store = models.CharField("仓库", max_length=60, default="中心仓库")
    moved_on = models.DateField("日期")
    document_number = models.CharField("单据号", max_length=40, blank=True)
    movement = models.CharField("类别", max_length=12, choices=MovementKind)
    item = models.ForeignKey(
        Item, verbose_name="品名", on_delete=models.PROTECT, related_name="movements"
    )
    model_size = models.CharField("规格", max_length=120, blank=True)
    measure = models.CharField("计量单位", max_length=20, blank=True)
    quantity = models.DecimalField("数量", max_digits=14, decimal_places=2)
    unit_price = models.DecimalField(
        "单价（元）", max_digits=14, decimal_places=2, null=True, blank=True
    )
    value = models.DecimalField("金额（元）", max_digits=18, decimal_places=2, default=0)
    origin = models.CharField("物资来源", max_length=10, choices=Origin, blank=True)
    counterpart = models.CharField("来源或去向", max_length=120, blank=True)
    event = models.ForeignKey(
        Event,
        verbose_name="灾害事件",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="movements",
    )
    batch = models.CharField("批次", max_length=60, blank=True)
    expires_on = models.DateField("有效期至", null=True, blank=True)
    papers_later = models.BooleanField("先发后补", default=False)
    papers_on = models.DateField("手续补齐日期", null=True, blank=True)
    handler = models.CharField("经手人", max_length=60, blank=True)
    remark = models.CharField("备注", max_length=500, blank=True)
    change = models.DecimalField("库存变动", max_digits=14, decimal_places=2, editable=False)
    value_change = models.DecimalField(
        "库存金额变动", max_digits=18, decimal_places=2, editable=False
    )

    objects = StockMovementQuerySet.as_manager()  # type: ignore[misc]

    class Meta(Record.Meta):
        verbose_name = "物资出入库"
        verbose_name_plural = "物资出入库"
        constraints = [
            *Record.Meta.constraints,
            models.CheckConstraint(
                name="movement_kind_is_known", condition=Q(movement__in=MovementKind.values)
            ),
            models.CheckConstraint(
                name="movement_origin_is_known",
                condition=Q(origin="") | Q(origin__in=Origin.values),
            ),
            models.CheckConstraint(
                name="movement_quantity_above_zero",
                condition=Q(quantity__gt=0, value__gte=0),
                violation_error_message="数量须大于 0，金额不能为负。",
            ),
            models.CheckConstraint(
                name="movement_change_as_its_kind",
                condition=Q(
                    movement__in=["IN", "TRANSFER_IN", "SURPLUS"],
                    change=F("quantity"),
                    value_change=F("value"),
                )
                | Q(
                    movement__in=["OUT", "TRANSFER_OUT", "LOSS"],
                    change=-F("quantity"),
                    value_change=-F("value"),
                )
                | Q(movement="DIRECT", change=0, value_change=0),
                violation_error_message="库存变动与类别、数量不一致。",
            ),
            models.CheckConstraint(
                name="movement_papers_after_goods",
                condition=Q(papers_on__isnull=True) | Q(papers_on__gte=F("moved_on")),
                violation_error_message="手续补齐日期不能早于发放日期。",
            ),
        ]
        indexes = [
            models.Index(name="movement_by_day", fields=["branch", "moved_on"]),
            models.Index(name="movement_of_item", fields=["branch", "store", "item"]),
        ]

    def __str__(self) -> str:
        return f"{self.moved_on:%Y年%-m月%-d日}{self.get_movement_display()}{self.item}"

    def apply_sign(self) -> None:
        """Give the movement its sign; goods passed straight on never lie in the store."""
        into = {MovementKind.IN, MovementKind.TRANSFER_IN, MovementKind.SURPLUS}
        sign = 1 if self.movement in into else -1
        sign = 0 if self.movement == MovementKind.DIRECT else sign
        self.change, self.value_change = self.quantity * sign, self.value * sign


class StockLevel(Visible):
    """The quantity of goods in a store: maintained by a trigger on movements, never negative."""

    store = models.CharField("仓库", max_length=60)
    item = models.ForeignKey(
        Item, verbose_name="品名", on_delete=models.PROTECT, related_name="levels"
    )
    quantity = models.DecimalField("库存数量", max_digits=16, decimal_places=2, default=Decimal(0))

    class Meta:
        verbose_name = "库存"
        verbose_name_plural = "库存"
        constraints = [
            models.UniqueConstraint(name="stock_level_once", fields=["branch", "store", "item"]),
            models.CheckConstraint(
                name="stock_never_below_zero",
                condition=Q(quantity__gte=0),
                violation_error_message="库存不足，不能出库。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.store} {self.item}"

    def is_short(self) -> bool:
        """Return whether less is in store than the reserve that its kind of goods requires."""
        return self.quantity < self.item.reserve


@register_read_only
def _list_trigger_tables() -> set[str]:
    return {StockLevel._meta.db_table}
