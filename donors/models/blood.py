"""Blood donation by month."""

from django.db import models

from redcross.uploads.history import track_history
from redcross.uploads.models import Record


@track_history
class BloodMonth(Record):
    """What the blood services counted in a branch's area, and what the society promoted."""

    month = models.DateField("月份", editable=False)
    people_times = models.PositiveIntegerField("献血人次")
    volume = models.DecimalField("献血量（毫升）", max_digits=16, decimal_places=0)
    promotions = models.PositiveIntegerField("宣传动员场次", default=0)
    gold_awards = models.PositiveIntegerField("奉献奖金奖", default=0)
    silver_awards = models.PositiveIntegerField("奉献奖银奖", default=0)
    bronze_awards = models.PositiveIntegerField("奉献奖铜奖", default=0)

    class Meta(Record.Meta):
        verbose_name = "无偿献血统计"
        verbose_name_plural = "无偿献血统计"
        constraints = [*Record.Meta.constraints]
        indexes = [models.Index(name="blood_by_month", fields=["branch", "month"])]

    def __str__(self) -> str:
        return f"{self.branch} {self.month:%Y年%-m月}"
