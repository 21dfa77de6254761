"""Programmes, projects, aid, distributions, events, stores and rescue teams."""

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Self

import polars as pl
from django.db import models
from django.db.models import F, Q

from donations.models import Campaign
from redcross.accounts.encryption import BlindIndexField, EncryptedField
from redcross.accounts.models import Visible
from redcross.accounts.policies import register_read_only
from redcross.uploads.choices import Sex
from redcross.uploads.history import track_history
from redcross.uploads.models import NamedKey, Record, RecordQuerySet
from relief.choices import (
    AidFund,
    Disease,
    DispatchForm,
    Form,
    FundingSource,
    Hardship,
    MovementKind,
    Origin,
    ProjectState,
    ResponseLevel,
    TeamKind,
    TeamLevel,
)

_DATE_COLUMNS = (
    "given_on",
    "mobilised_on",
    "dispatched_on",
    "declared_on",
    "engaged_on",
    "asked_on",
)


def _find_date_column(rows: pl.DataFrame) -> str:
    """Return the column by which rows that bring a name along are dated."""
    return next(name for name in _DATE_COLUMNS if name in rows.columns)


class Programme(NamedKey):
    """A brand of aid: 博爱家园, 博爱送万家, 滇苗助学, 红十字天使计划."""

    purpose = models.CharField("用途", max_length=200, blank=True)
    medical = models.BooleanField("医疗救助", default=False)

    class Meta:
        verbose_name = "救助项目品牌"
        verbose_name_plural = "救助项目品牌"


class Edition(NamedKey):
    """One season of a yearly programme; it may cross New Year."""

    EARLIEST_MONTH = 11

    programme = models.ForeignKey(
        Programme, verbose_name="项目品牌", on_delete=models.PROTECT, related_name="editions"
    )
    starts_on = models.DateField("开始日期")
    ends_on = models.DateField("结束日期", null=True, blank=True)

    class Meta:
        verbose_name = "活动届次"
        verbose_name_plural = "活动届次"
        constraints = [
            models.CheckConstraint(
                name="edition_ends_after_it_starts",
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                violation_error_message="结束日期不能早于开始日期。",
            ),
        ]

    @classmethod
    def registration_rule(cls) -> Callable[[str, dt.date], bool]:
        """A year and a brand: 2026年博爱送万家, from the November before on."""
        brands = set(Programme.objects.in_use().values_list("name", flat=True))

        def may_register(name: str, until: dt.date) -> bool:
            year, _, brand = name.partition("年")
            begun = {str(until.year), str(until.year + (until.month >= cls.EARLIEST_MONTH))}
            return brand in brands and year in begun

        return may_register

    @classmethod
    def from_new_name(cls, name: str, rows: pl.DataFrame) -> Self:
        """Begin the edition with the first day of its rows."""
        programme = Programme.objects.get(name=name.partition("年")[2])
        return cls(
            code=name, name=name, programme=programme, starts_on=rows[_find_date_column(rows)].min()
        )


class Event(NamedKey):
    """A disaster or an epidemic the society answers to, in the province or outside."""

    happened_on = models.DateField("发生日期")
    ended_on = models.DateField("结束日期", null=True, blank=True)
    place = models.CharField("地点", max_length=120, blank=True)
    outside_province = models.BooleanField("省外", default=False)
    longitude = models.DecimalField("经度", max_digits=9, decimal_places=6, null=True, blank=True)
    latitude = models.DecimalField("纬度", max_digits=9, decimal_places=6, null=True, blank=True)
    appeal = models.ForeignKey(
        Campaign,
        verbose_name="募捐活动",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="events",
    )

    class Meta:
        verbose_name = "灾害事件"
        verbose_name_plural = "灾害事件"
        ordering = ["-happened_on"]
        constraints = [
            models.CheckConstraint(
                name="event_ends_after_it_happens",
                condition=Q(ended_on__isnull=True) | Q(ended_on__gte=F("happened_on")),
                violation_error_message="结束日期不能早于发生日期。",
            ),
        ]

    @classmethod
    def from_new_name(cls, name: str, rows: pl.DataFrame) -> Self:
        """Date the event by the first day of its rows, and place it where they say."""
        places = rows["place"].drop_nulls() if "place" in rows.columns else pl.Series([""])
        place = next((each for each in places if each), "")
        return cls(
            code=name, name=name, happened_on=rows[_find_date_column(rows)].min(), place=place
        )


class Item(NamedKey):
    """A kind of goods in stores, counted in one base unit."""

    UNIT_UNKNOWN = "未写明"
    LONGEST_UNIT = 10

    unit = models.CharField("基本单位", max_length=LONGEST_UNIT)
    reserve = models.PositiveIntegerField("储备定额", default=0)

    class Meta:
        verbose_name = "物资品种"
        verbose_name_plural = "物资品种"

    @classmethod
    def from_new_name(cls, name: str, rows: pl.DataFrame) -> Self:
        """Count the goods as the first row that says so does."""
        measures = rows["measure"].drop_nulls() if "measure" in rows.columns else pl.Series([""])
        unit = next((each for each in measures if each), cls.UNIT_UNKNOWN)
        return cls(code=name, name=name, unit=unit[: cls.LONGEST_UNIT])


@track_history
class Project(Record):
    """One project in one year of its life; it is counted in every year it is implemented."""

    year = models.PositiveSmallIntegerField("年度", editable=False)
    month = models.DateField("截止月", editable=False)
    programme = models.ForeignKey(
        Programme, verbose_name="项目品牌", on_delete=models.PROTECT, related_name="projects"
    )
    name = models.CharField("项目名称", max_length=200)
    place = models.CharField("实施地点", max_length=120, blank=True)
    funding_source = models.CharField("资金来源", max_length=10, choices=FundingSource)
    budget = models.DecimalField("预算（元）", max_digits=18, decimal_places=2, default=0)
    secured = models.DecimalField("本年到位资金（元）", max_digits=18, decimal_places=2, default=0)
    spent = models.DecimalField("本年支出（元）", max_digits=18, decimal_places=2, default=0)
    beneficiaries = models.PositiveIntegerField("受益人数", null=True, blank=True)
    started_on = models.DateField("开工日期", null=True, blank=True)
    completed_on = models.DateField("完工日期", null=True, blank=True)
    state = models.CharField("状态", max_length=10, choices=ProjectState)
    milestones = models.CharField("进展", max_length=500, blank=True)
    remark = models.CharField("备注", max_length=500, blank=True)

    class Meta(Record.Meta):
        verbose_name = "救助项目"
        verbose_name_plural = "救助项目"
        constraints = [
            *Record.Meta.constraints,
            models.CheckConstraint(
                name="project_source_is_known", condition=Q(funding_source__in=FundingSource.values)
            ),
            models.CheckConstraint(
                name="project_state_is_known", condition=Q(state__in=ProjectState.values)
            ),
            models.CheckConstraint(
                name="project_completed_after_started",
                condition=Q(completed_on__isnull=True)
                | Q(started_on__isnull=True)
                | Q(completed_on__gte=F("started_on")),
                violation_error_message="完工日期不能早于开工日期。",
            ),
        ]
        indexes = [models.Index(name="project_by_month", fields=["branch", "month"])]

    def __str__(self) -> str:
        return self.name


@track_history
class EditionResource(Record):
    """What one edition of a programme mobilised, by source and form."""

    edition = models.ForeignKey(
        Edition, verbose_name="活动届次", on_delete=models.PROTECT, related_name="resources"
    )
    funding_source = models.CharField("资金来源", max_length=10, choices=FundingSource)
    form = models.CharField("形式", max_length=5, choices=Form, default=Form.MONEY)
    value = models.DecimalField("金额（元）", max_digits=18, decimal_places=2)
    mobilised_on = models.DateField("统计日期")

    class Meta(Record.Meta):
        verbose_name = "届次筹集款物"
        verbose_name_plural = "届次筹集款物"
        constraints = [
            *Record.Meta.constraints,
            models.CheckConstraint(
                name="edition_source_is_known", condition=Q(funding_source__in=FundingSource.values)
            ),
            models.CheckConstraint(name="edition_form_is_known", condition=Q(form__in=Form.values)),
        ]
        indexes = [models.Index(name="edition_resource_by_day", fields=["branch", "mobilised_on"])]

    def __str__(self) -> str:
        return f"{self.edition} {self.get_funding_source_display()}"


@track_history
class Distribution(Record):
    """Goods or cash given to one household, or to a village in one go."""

    edition = models.ForeignKey(
        Edition, verbose_name="活动届次", on_delete=models.PROTECT, related_name="distributions"
    )
    given_on = models.DateField("发放日期")
    township = models.CharField("乡镇", max_length=60, blank=True)
    village = models.CharField("村（社区）", max_length=60, blank=True)
    householder = EncryptedField("户主姓名", null=True, blank=True)
    id_number = EncryptedField("身份证号", kind="id_number", null=True, blank=True)
    id_number_index = BlindIndexField(of="id_number")
    phone = EncryptedField("联系电话", kind="phone", null=True, blank=True)
    phone_index = BlindIndexField(of="phone")
    households = models.PositiveIntegerField("户数", default=1)
    family_size = models.PositiveSmallIntegerField("家庭人口", null=True, blank=True)
    beneficiary_times = models.PositiveIntegerField("受益人次")
    hardship = models.CharField("困难类型", max_length=12, choices=Hardship, blank=True)
    goods = models.CharField("发放物资", max_length=200, blank=True)
    quantity = models.DecimalField("数量", max_digits=14, decimal_places=2, null=True, blank=True)
    goods_value = models.DecimalField("折价（元）", max_digits=18, decimal_places=2, default=0)
    cash_value = models.DecimalField("现金（元）", max_digits=18, decimal_places=2, default=0)
    signed_by = models.CharField("领取人", max_length=60, blank=True)
    remark = models.CharField("备注", max_length=500, blank=True)

    class Meta(Record.Meta):
        verbose_name = "慰问发放"
        verbose_name_plural = "慰问发放"
        constraints = [
            *Record.Meta.constraints,
            models.CheckConstraint(
                name="distribution_hardship_is_known",
                condition=Q(hardship="") | Q(hardship__in=Hardship.values),
            ),
            models.CheckConstraint(
                name="distribution_family_is_possible",
                condition=Q(family_size__isnull=True) | Q(family_size__range=(1, 15)),
                violation_error_message="家庭人口在 1 至 15 人之间。",
            ),
        ]
        indexes = [
            models.Index(name="distribution_by_day", fields=["branch", "given_on"]),
            models.Index(name="distribution_of_edition", fields=["edition", "id_number_index"]),
        ]

    def __str__(self) -> str:
        return f"{self.edition} {self.township}{self.village}"


class AidBand(models.Model):
    """What a fund of the angel plan grants for what the family pays itself, from a day on."""

    fund = models.CharField("基金", max_length=12, choices=AidFund)
    effective_on = models.DateField("施行日期")
    above = models.DecimalField("家庭自付高于（元）", max_digits=12, decimal_places=2, default=0)
    up_to = models.DecimalField(
        "至（元，含）", max_digits=12, decimal_places=2, null=True, blank=True
    )
    transplanted = models.BooleanField("移植后", default=False)
    grant = models.DecimalField("资助金额（元）", max_digits=12, decimal_places=2)

    class Meta:
        verbose_name = "天使计划资助档次"
        verbose_name_plural = "天使计划资助档次"
        ordering = ["fund", "-effective_on", "transplanted", "above"]
        constraints = [
            models.UniqueConstraint(
                name="aid_band_once",
                fields=["fund", "effective_on", "transplanted", "above"],
                violation_error_message="这一档次已有规定。",
            ),
            models.CheckConstraint(
                name="aid_band_in_order",
                condition=Q(up_to__isnull=True) | Q(up_to__gt=F("above")),
                violation_error_message="上限应大于下限。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_fund_display()} {self.above}以上"


class AidCap(models.Model):
    """What a fund may propose for one child over its whole life, and until which age."""

    fund = models.CharField("基金", max_length=12, choices=AidFund)
    effective_on = models.DateField("施行日期")
    cap = models.DecimalField("一名患儿累计上限（元）", max_digits=12, decimal_places=2)
    oldest = models.PositiveSmallIntegerField("申请时年龄上限（周岁）")

    class Meta:
        verbose_name = "天使计划上限"
        verbose_name_plural = "天使计划上限"
        ordering = ["fund", "-effective_on"]
        constraints = [
            models.UniqueConstraint(
                name="aid_cap_once",
                fields=["fund", "effective_on"],
                violation_error_message="该基金这一天已有上限。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_fund_display()} {self.cap}"


@track_history
class AidApplication(Record):
    """A sick child's application, from the county's first look to the grant.

    What the society proposes obeys the bands and the cap over the child's whole life; what
    was decided elsewhere is recorded with a reason.
    """

    aid_fund = models.CharField("基金", max_length=12, choices=AidFund)
    child_name = EncryptedField("患儿姓名", null=True, blank=True)
    id_number = EncryptedField("身份证号", kind="id_number", null=True, blank=True)
    id_number_index = BlindIndexField(of="id_number")
    guardian = EncryptedField("监护人", null=True, blank=True)
    relation = models.CharField("与患儿关系", max_length=20, blank=True)
    phone = EncryptedField("电话", kind="phone", null=True, blank=True)
    phone_index = BlindIndexField(of="phone")
    sex = models.CharField("性别", max_length=6, choices=Sex, blank=True)
    born_on = models.DateField("出生日期")
    domicile = EncryptedField("户籍地", null=True, blank=True)
    disease = models.CharField("病种", max_length=10, choices=Disease)
    hospital = models.CharField("医院", max_length=120, blank=True)
    transplanted = models.BooleanField("是否移植", default=False)
    own_payment = models.DecimalField("家庭自付（元）", max_digits=18, decimal_places=2)
    applied_on = models.DateField("申请日期")
    first_review_on = models.DateField("初审日期", null=True, blank=True)
    first_review = models.CharField("初审意见", max_length=200, blank=True)
    review_on = models.DateField("审核日期", null=True, blank=True)
    appraised_on = models.DateField("评审日期", null=True, blank=True)
    publicised_on = models.DateField("公示日期", null=True, blank=True)
    proposed = models.DecimalField(
        "拟资助金额（元）", max_digits=12, decimal_places=2, null=True, blank=True
    )
    granted = models.DecimalField(
        "资助金额（元）", max_digits=12, decimal_places=2, null=True, blank=True
    )
    paid_on = models.DateField("拨付日期", null=True, blank=True)
    reason = models.CharField("另行决定的说明", max_length=300, blank=True)

    class Meta(Record.Meta):
        verbose_name = "救助申请"
        verbose_name_plural = "救助申请"
        constraints = [
            *Record.Meta.constraints,
            models.CheckConstraint(
                name="application_fund_is_known", condition=Q(aid_fund__in=AidFund.values)
            ),
            models.CheckConstraint(
                name="application_disease_is_known", condition=Q(disease__in=Disease.values)
            ),
            models.CheckConstraint(
                name="application_sex_is_known", condition=Q(sex="") | Q(sex__in=Sex.values)
            ),
            models.CheckConstraint(
                name="application_after_birth",
                condition=Q(applied_on__gte=F("born_on")),
                violation_error_message="申请日期不能早于出生日期。",
            ),
            models.CheckConstraint(
                name="application_paid_what_was_granted",
                condition=Q(paid_on__isnull=True) | Q(granted__isnull=False),
                violation_error_message="已拨付的须填资助金额。",
            ),
            models.CheckConstraint(
                name="application_other_grant_with_reason",
                condition=Q(granted__isnull=True)
                | Q(granted=F("proposed"), proposed__isnull=False)
                | ~Q(reason=""),
                violation_error_message="资助金额与拟资助金额不同时须写明原因。",
            ),
        ]
        indexes = [
            models.Index(name="application_by_day", fields=["branch", "applied_on"]),
            models.Index(name="application_of_child", fields=["id_number_index"]),
        ]

    def __str__(self) -> str:
        return f"{self.get_aid_fund_display()} {self.applied_on:%Y年%-m月%-d日}"

    @property
    def stage(self) -> str:
        """How far the application has come."""
        for day, name in (
            (self.paid_on, "已拨付"),
            (self.publicised_on, "已公示"),
            (self.appraised_on, "已评审"),
            (self.review_on, "已审核"),
            (self.first_review_on, "已初审"),
        ):
            if day is not None:
                return name
        return "待初审"


@track_history
class AidGrant(Record):
    """Aid given to people: students, patients, families; one line a person or a batch."""

    programme = models.ForeignKey(
        Programme, verbose_name="项目品牌", on_delete=models.PROTECT, related_name="grants"
    )
    given_on = models.DateField("救助日期")
    disease = models.CharField("病种", max_length=10, choices=Disease, default=Disease.NONE)
    medical = models.BooleanField("医疗救助", default=False, editable=False)
    people_times = models.PositiveIntegerField("救助人次")
    value = models.DecimalField("救助金额（元）", max_digits=18, decimal_places=2)
    funding_source = models.CharField("资金来源", max_length=10, choices=FundingSource)
    remark = models.CharField("备注", max_length=500, blank=True)

    class Meta(Record.Meta):
        verbose_name = "救助发放"
        verbose_name_plural = "救助发放"
        constraints = [
            *Record.Meta.constraints,
            models.CheckConstraint(
                name="grant_disease_is_known", condition=Q(disease__in=Disease.values)
            ),
            models.CheckConstraint(
                name="grant_source_is_known", condition=Q(funding_source__in=FundingSource.values)
            ),
            models.CheckConstraint(
                name="grant_medical_as_its_disease",
                condition=Q(medical=True, disease__in=["LEUKAEMIA", "HEART", "OTHER"])
                | Q(medical=False, disease=Disease.NONE),
                violation_error_message="填了病种的是医疗救助，没有病种的不是。",
            ),
        ]
        indexes = [models.Index(name="grant_by_day", fields=["branch", "given_on"])]

    def __str__(self) -> str:
        return f"{self.programme} {self.given_on:%Y年%-m月%-d日}"


@track_history
class EventResponse(Record):
    """A level of response to an event, from a time on; all levels are kept."""

    event = models.ForeignKey(
        Event, verbose_name="灾害事件", on_delete=models.PROTECT, related_name="responses"
    )
    level = models.CharField("响应级别", max_length=5, choices=ResponseLevel)
    declared_on = models.DateField("启动日期")
    remark = models.CharField("说明", max_length=300, blank=True)

    class Meta(Record.Meta):
        verbose_name = "应急响应"
        verbose_name_plural = "应急响应"
        constraints = [
            *Record.Meta.constraints,
            models.CheckConstraint(
                name="response_level_is_known", condition=Q(level__in=ResponseLevel.values)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.event} {self.get_level_display()}"


@track_history
class Dispatch(Record):
    """People sent to an event: batches, and people-times; and what a branch states beside.

    What it received and handed on is kept as it was stated (填报数): the ledgers of gifts
    and of stores count these, so no figure adds them up here.
    """

    event = models.ForeignKey(
        Event, verbose_name="灾害事件", on_delete=models.PROTECT, related_name="dispatches"
    )
    dispatched_on = models.DateField("派出日期")
    form = models.CharField("类别", max_length=5, choices=DispatchForm)
    team = models.CharField("队伍名称", max_length=120, blank=True)
    teams = models.PositiveIntegerField("队伍数（支）", null=True, blank=True)
    batches = models.PositiveIntegerField("批次", default=1)
    people_times = models.PositiveIntegerField("人次", default=0)
    place = models.CharField("地点", max_length=120, blank=True)
    work = models.CharField("任务", max_length=300, blank=True)
    level = models.CharField("响应级别", max_length=5, choices=ResponseLevel, blank=True)
    received_money = models.DecimalField(
        "接受资金（元）", max_digits=18, decimal_places=2, null=True, blank=True
    )
    received_goods = models.DecimalField(
        "接受物资折价（元）", max_digits=18, decimal_places=2, null=True, blank=True
    )
    goods = models.CharField("调拨物资品名", max_length=120, blank=True)
    measure = models.CharField("调拨物资计量单位", max_length=20, blank=True)
    quantity = models.DecimalField(
        "调拨物资数量", max_digits=14, decimal_places=2, null=True, blank=True
    )
    goods_value = models.DecimalField(
        "调拨物资折价（元）", max_digits=18, decimal_places=2, null=True, blank=True
    )
    beneficiary_times = models.PositiveIntegerField("受益人次", null=True, blank=True)

    class Meta(Record.Meta):
        verbose_name = "救援派出"
        verbose_name_plural = "救援派出"
        constraints = [
            *Record.Meta.constraints,
            models.CheckConstraint(
                name="dispatch_form_is_known", condition=Q(form__in=DispatchForm.values)
            ),
            models.CheckConstraint(
                name="dispatch_people_in_every_batch",
                condition=Q(people_times__gte=F("batches")),
                violation_error_message="人次不能少于批次。",
            ),
            models.CheckConstraint(
                name="dispatch_level_is_known",
                condition=Q(level="") | Q(level__in=ResponseLevel.values),
            ),
        ]
        indexes = [models.Index(name="dispatch_by_day", fields=["branch", "dispatched_on"])]

    def __str__(self) -> str:
        return f"{self.event} {self.dispatched_on:%Y年%-m月%-d日}"


@track_history
class Engagement(Record):
    """Volunteers a branch engaged for an event: people, counted once for both."""

    event = models.ForeignKey(
        Event, verbose_name="灾害事件", on_delete=models.PROTECT, related_name="engagements"
    )
    engaged_on = models.DateField("统计日期")
    volunteers = models.PositiveIntegerField("志愿者人数")
    hours = models.DecimalField("服务时长（小时）", max_digits=14, decimal_places=1, default=0)
    work = models.CharField("服务内容", max_length=300, blank=True)

    class Meta(Record.Meta):
        verbose_name = "志愿者参与"
        verbose_name_plural = "志愿者参与"
        constraints = [
            *Record.Meta.constraints,
            models.UniqueConstraint(
                name="engagement_once_an_event",
                fields=["branch", "event"],
                violation_error_message="同一单位同一事件的志愿者只统计一次。",
            ),
        ]
        indexes = [models.Index(name="engagement_by_day", fields=["branch", "engaged_on"])]

    def __str__(self) -> str:
        return f"{self.event} {self.volunteers}"


@track_history
class Need(Record):
    """What is asked for at an event, and how much of it is met."""

    event = models.ForeignKey(
        Event, verbose_name="灾害事件", on_delete=models.PROTECT, related_name="needs"
    )
    asked_on = models.DateField("提出日期")
    item = models.CharField("需求物资", max_length=120)
    measure = models.CharField("计量单位", max_length=20)
    quantity = models.DecimalField("需求数量", max_digits=14, decimal_places=2)
    met = models.DecimalField("已满足数量", max_digits=14, decimal_places=2, default=0)

    class Meta(Record.Meta):
        verbose_name = "物资需求"
        verbose_name_plural = "物资需求"
        constraints = [*Record.Meta.constraints]

    def __str__(self) -> str:
        return f"{self.item} {self.quantity}{self.measure}"


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
    """What lies in a store: kept by a trigger on movements, and never below nothing."""

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


@register_read_only
def _list_trigger_tables() -> set[str]:
    return {StockLevel._meta.db_table}


@track_history
class RescueTeam(Record):
    """A rescue team of one of the seven kinds, and how ready it is."""

    name = models.CharField("队伍名称", max_length=120)
    team_kind = models.CharField("类别", max_length=12, choices=TeamKind)
    level = models.CharField("级别", max_length=10, choices=TeamLevel)
    people = models.PositiveIntegerField("队员人数")
    founded_on = models.DateField("组建日期")
    dissolved_on = models.DateField("撤销日期", null=True, blank=True)
    drilled_on = models.DateField("最近演练日期", null=True, blank=True)
    equipment = models.CharField("主要装备", max_length=300, blank=True)

    class Meta(Record.Meta):
        verbose_name = "救援队"
        verbose_name_plural = "救援队"
        constraints = [
            *Record.Meta.constraints,
            models.CheckConstraint(
                name="team_kind_is_known", condition=Q(team_kind__in=TeamKind.values)
            ),
            models.CheckConstraint(
                name="team_level_is_known", condition=Q(level__in=TeamLevel.values)
            ),
            models.CheckConstraint(
                name="team_dissolved_after_founded",
                condition=Q(dissolved_on__isnull=True) | Q(dissolved_on__gte=F("founded_on")),
                violation_error_message="撤销日期不能早于组建日期。",
            ),
        ]

    def __str__(self) -> str:
        return self.name
