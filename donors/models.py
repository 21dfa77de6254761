"""The vault of identities and consents, and what is known under a pseudonymous code."""

import dataclasses
import datetime as dt

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from donors.choices import (
    AgeBand,
    BloodType,
    Category,
    ConsentBy,
    ConsentForm,
    ExitReason,
    LetterDirection,
    Outcome,
    Scope,
    Step,
    VaultActKind,
    WishChannel,
)
from redcross.accounts.encryption import BlindIndexField, EncryptedField
from redcross.accounts.models import User, Visible
from redcross.accounts.policies import register_append_only
from redcross.uploads.choices import Sex
from redcross.uploads.history import track_history
from redcross.uploads.models import Record

CODE_LENGTH = 12


class DonorIdentity(Record):
    """Who a code stands for: the vault. No history is kept, every value is encrypted."""

    in_vault = True

    code = models.CharField("代码", max_length=CODE_LENGTH)
    name = EncryptedField("姓名", null=True, blank=True)
    id_number = EncryptedField("身份证号", kind="id_number", null=True, blank=True)
    id_number_index = BlindIndexField(of="id_number")
    phone = EncryptedField("联系电话", kind="phone", null=True, blank=True)
    phone_index = BlindIndexField(of="phone")
    relative = EncryptedField("亲友联系人", null=True, blank=True)
    relative_phone = EncryptedField("亲友电话", kind="phone", null=True, blank=True)
    relative_phone_index = BlindIndexField(of="relative_phone")
    erased_on = models.DateField("删除日期", null=True, blank=True, editable=False)

    class Meta(Record.Meta):
        verbose_name = "捐献者身份"
        verbose_name_plural = "捐献者身份"
        constraints = [*Record.Meta.constraints]
        indexes = [models.Index(name="donor_identity_by_code", fields=["code"])]

    def __str__(self) -> str:
        return self.code


class Consent(Record):
    """What a person, or his family, agreed to: the vault."""

    in_vault = True

    code = models.CharField("代码", max_length=CODE_LENGTH)
    scope = models.CharField("范围", max_length=12, choices=Scope)
    form = models.CharField("形式", max_length=8, choices=ConsentForm, default=ConsentForm.WRITTEN)
    signed_on = models.DateField("签署日期")
    withdrawn_on = models.DateField("撤回日期", null=True, blank=True)

    class Meta(Record.Meta):
        verbose_name = "同意书"
        verbose_name_plural = "同意书"
        constraints = [
            *Record.Meta.constraints,
            models.CheckConstraint(
                name="consent_scope_is_known", condition=Q(scope__in=Scope.values)
            ),
            models.CheckConstraint(
                name="consent_form_is_known", condition=Q(form__in=ConsentForm.values)
            ),
            models.CheckConstraint(
                name="consent_withdrawn_after_signed",
                condition=Q(withdrawn_on__isnull=True) | Q(withdrawn_on__gte=F("signed_on")),
                violation_error_message="撤回日期不能早于签署日期。",
            ),
        ]
        indexes = [models.Index(name="consent_by_code", fields=["code"])]

    def __str__(self) -> str:
        return f"{self.code} {self.get_scope_display()}"


class VaultOpening(Visible):
    """That a person opened a branch's vault: why, and until when."""

    user = models.ForeignKey(
        User, verbose_name="打开人", on_delete=models.PROTECT, related_name="+"
    )
    reason = models.CharField("理由", max_length=200)
    emergency = models.BooleanField("紧急打开", default=False)
    opened_at = models.DateTimeField("打开时间")
    until = models.DateTimeField("关闭时间")
    reviewed_by = models.ForeignKey(
        User,
        verbose_name="核查人",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    reviewed_at = models.DateTimeField("核查时间", null=True, blank=True)
    review_note = models.CharField("核查结论", max_length=200, blank=True)

    class Meta:
        verbose_name = "身份库打开记录"
        verbose_name_plural = "身份库打开记录"
        constraints = [
            models.CheckConstraint(name="vault_opening_has_a_reason", condition=~Q(reason="")),
            models.CheckConstraint(
                name="vault_opening_is_short",
                condition=Q(until__gte=F("opened_at"))
                & Q(until__lte=F("opened_at") + dt.timedelta(minutes=30)),
            ),
            models.CheckConstraint(
                name="vault_opening_is_reviewed_by_another",
                condition=Q(reviewed_by__isnull=True) | ~Q(reviewed_by=F("user")),
                violation_error_message="核查须由他人进行。",
            ),
        ]
        indexes = [models.Index(name="vault_opening_of", fields=["user", "until"])]

    def __str__(self) -> str:
        return f"{self.branch} {timezone.localtime(self.opened_at):%Y年%-m月%-d日 %H:%M}"


class VaultAct(Visible):
    """What was done inside: which code, when; never a value."""

    Kind = VaultActKind

    opening = models.ForeignKey(
        VaultOpening, verbose_name="打开记录", on_delete=models.PROTECT, related_name="acts"
    )
    kind = models.CharField("动作", max_length=12, choices=VaultActKind)
    code = models.CharField("代码", max_length=CODE_LENGTH, blank=True)
    at = models.DateTimeField("时间")

    class Meta:
        verbose_name = "身份库动作"
        verbose_name_plural = "身份库动作"
        constraints = [
            models.CheckConstraint(
                name="vault_act_is_known", condition=Q(kind__in=VaultActKind.values)
            ),
        ]
        indexes = [models.Index(name="vault_act_of", fields=["opening", "at"])]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.code}"


register_append_only(VaultAct)


@track_history
class StemCellVolunteer(Record):
    """A volunteer of the stem-cell registry: registered, and stored once the HLA is known."""

    identity = models.ForeignKey(
        DonorIdentity,
        verbose_name="身份",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )
    consent = models.ForeignKey(
        Consent,
        verbose_name="同意书",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )
    code = models.CharField("志愿者代码", max_length=CODE_LENGTH, editable=False)
    sex = models.CharField("性别", max_length=6, choices=Sex, blank=True)
    born_on = models.DateField("出生日期", null=True, blank=True)
    blood_type = models.CharField("血型", max_length=2, choices=BloodType, blank=True)
    registered_on = models.DateField("登记日期")
    stored_on = models.DateField("入库日期", null=True, blank=True)
    storage_number = models.CharField("入库编号", max_length=40, blank=True)
    sampling_unit = models.CharField("采样单位", max_length=120, blank=True)
    left_on = models.DateField("退库日期", null=True, blank=True)
    remark = models.CharField("备注", max_length=500, blank=True)

    class Meta(Record.Meta):
        verbose_name = "造血干细胞志愿者"
        verbose_name_plural = "造血干细胞志愿者"
        constraints = [
            *Record.Meta.constraints,
            models.CheckConstraint(
                name="volunteer_sex_is_known", condition=Q(sex="") | Q(sex__in=Sex.values)
            ),
            models.CheckConstraint(
                name="volunteer_blood_type_is_known",
                condition=Q(blood_type="") | Q(blood_type__in=BloodType.values),
            ),
            models.CheckConstraint(
                name="volunteer_stored_after_registered",
                condition=Q(stored_on__isnull=True) | Q(stored_on__gte=F("registered_on")),
                violation_error_message="入库日期不能早于登记日期。",
            ),
        ]
        indexes = [
            models.Index(name="volunteer_by_day", fields=["branch", "registered_on"]),
            models.Index(name="volunteer_by_code", fields=["code"]),
        ]

    def __str__(self) -> str:
        return self.code


@track_history
class StemCellStep(Record):
    """One step of a volunteer's way, passed or left with a reason."""

    code = models.CharField("志愿者代码", max_length=CODE_LENGTH)
    step = models.CharField("环节", max_length=16, choices=Step)
    happened_on = models.DateField("日期")
    outcome = models.CharField("结果", max_length=6, choices=Outcome, default=Outcome.PASSED)
    exit_reason = models.CharField("退出原因", max_length=12, choices=ExitReason, blank=True)
    hospital = models.CharField("采集医院", max_length=120, blank=True)
    second = models.BooleanField("二次捐献", default=False)
    remark = models.CharField("备注", max_length=500, blank=True)

    class Meta(Record.Meta):
        verbose_name = "造血干细胞捐献环节"
        verbose_name_plural = "造血干细胞捐献环节"
        constraints = [
            *Record.Meta.constraints,
            models.CheckConstraint(
                name="stem_cell_step_is_known", condition=Q(step__in=Step.values)
            ),
            models.CheckConstraint(
                name="stem_cell_exit_with_reason",
                condition=Q(outcome=Outcome.PASSED, exit_reason="")
                | Q(outcome=Outcome.LEFT, exit_reason__in=ExitReason.values),
                violation_error_message="退出须选退出原因，通过的不填。",
            ),
        ]
        indexes = [
            models.Index(name="stem_cell_step_by_day", fields=["branch", "happened_on"]),
            models.Index(name="stem_cell_step_by_code", fields=["code"]),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.get_step_display()}"


@track_history
class OrganWish(Record):
    """A registered wish to donate after death; it may be withdrawn, and is only a wish."""

    identity = models.ForeignKey(
        DonorIdentity,
        verbose_name="身份",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )
    consent = models.ForeignKey(
        Consent,
        verbose_name="同意书",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )
    code = models.CharField("登记人代码", max_length=CODE_LENGTH, editable=False)
    registered_on = models.DateField("登记日期")
    channel = models.CharField("登记渠道", max_length=8, choices=WishChannel)
    organs = models.BooleanField("器官", default=False)
    corneas = models.BooleanField("角膜", default=False)
    body = models.BooleanField("遗体", default=False)
    withdrawn_on = models.DateField("撤销日期", null=True, blank=True)

    class Meta(Record.Meta):
        verbose_name = "捐献志愿登记"
        verbose_name_plural = "捐献志愿登记"
        constraints = [
            *Record.Meta.constraints,
            models.CheckConstraint(
                name="wish_channel_is_known", condition=Q(channel__in=WishChannel.values)
            ),
            models.CheckConstraint(
                name="wish_says_what",
                condition=Q(organs=True) | Q(corneas=True) | Q(body=True),
                violation_error_message="器官、角膜、遗体至少选一项。",
            ),
            models.CheckConstraint(
                name="wish_withdrawn_after_registered",
                condition=Q(withdrawn_on__isnull=True) | Q(withdrawn_on__gte=F("registered_on")),
                violation_error_message="撤销日期不能早于登记日期。",
            ),
        ]
        indexes = [models.Index(name="wish_by_day", fields=["branch", "registered_on"])]

    def __str__(self) -> str:
        return self.code


@dataclasses.dataclass(frozen=True, slots=True)
class CaseStage:
    """One of the links of a case: its name, its day, and whether it is the next one due."""

    name: str
    day: dt.date | None
    is_next: bool


@track_history
class DonationCase(Record):
    """A donation after death as dated facts, in any order, with two hard rules.

    Nothing is recovered before death is determined, nor without written consent and a
    witness. Recipients are counts: no key joins a donor to anybody.
    """

    identity = models.ForeignKey(
        DonorIdentity,
        verbose_name="身份",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )
    code = models.CharField("捐献者代码", max_length=CODE_LENGTH, blank=True, editable=False)
    case_number = models.CharField("案例号", max_length=40)
    sex = models.CharField("性别", max_length=6, choices=Sex, blank=True)
    age_band = models.CharField("年龄段", max_length=6, choices=AgeBand)
    category = models.CharField("捐献类别", max_length=4, choices=Category, blank=True)
    hospital = models.CharField("医院", max_length=120, blank=True)
    coordinator = models.CharField("协调员", max_length=60, blank=True)
    reported_on = models.DateField("报告日期")
    registered_on = models.DateField("报名登记日期", null=True, blank=True)
    assessed_on = models.DateField("捐献评估日期", null=True, blank=True)
    consented_on = models.DateField("书面同意日期", null=True, blank=True)
    consent_by = models.CharField("同意人", max_length=24, choices=ConsentBy, blank=True)
    died_on = models.DateField("死亡判定日期", null=True, blank=True)
    witnessed_on = models.DateField("见证日期", null=True, blank=True)
    witness = models.CharField("见证人", max_length=60, blank=True)
    recovered_on = models.DateField("器官获取日期", null=True, blank=True)
    allocated_on = models.DateField("器官分配日期", null=True, blank=True)
    body_handled_on = models.DateField("遗体处理日期", null=True, blank=True)
    commemorated_on = models.DateField("缅怀纪念日期", null=True, blank=True)
    aided_on = models.DateField("人道救助日期", null=True, blank=True)
    hearts = models.PositiveSmallIntegerField("心（枚）", default=0)
    lungs = models.PositiveSmallIntegerField("肺（枚）", default=0)
    livers = models.PositiveSmallIntegerField("肝（枚）", default=0)
    kidneys = models.PositiveSmallIntegerField("肾（枚）", default=0)
    pancreases = models.PositiveSmallIntegerField("胰（枚）", default=0)
    intestines = models.PositiveSmallIntegerField("小肠（枚）", default=0)
    corneas = models.PositiveSmallIntegerField("眼角膜（枚）", null=True, blank=True)
    body = models.BooleanField("遗体", default=False)
    recipients = models.PositiveSmallIntegerField("器官受者（人）", default=0)
    cornea_recipients = models.PositiveSmallIntegerField("角膜受者（人）", default=0)
    families_helped = models.PositiveSmallIntegerField("受助家庭（个）", null=True, blank=True)
    first_of_its_kind = models.CharField("首例说明", max_length=200, blank=True)
    aid_value = models.DecimalField(
        "慰问金额（元）", max_digits=18, decimal_places=2, null=True, blank=True
    )
    organs = models.PositiveSmallIntegerField("大器官（枚）", default=0, editable=False)
    people_helped = models.PositiveSmallIntegerField("受益人数", default=0, editable=False)

    class Meta(Record.Meta):
        verbose_name = "捐献案例"
        verbose_name_plural = "捐献案例"
        constraints = [
            *Record.Meta.constraints,
            models.CheckConstraint(
                name="case_recovery_after_death",
                condition=Q(recovered_on__isnull=True) | Q(died_on__lte=F("recovered_on")),
                violation_error_message="死亡判定以前不得获取器官。",
            ),
            models.CheckConstraint(
                name="case_recovery_with_consent_and_witness",
                condition=Q(recovered_on__isnull=True)
                | (Q(consented_on__lte=F("recovered_on")) & Q(witnessed_on__lte=F("recovered_on"))),
                violation_error_message="没有书面同意和见证不得获取器官。",
            ),
            models.CheckConstraint(
                name="case_recovery_is_whole",
                condition=Q(recovered_on__isnull=True)
                | Q(
                    died_on__isnull=False,
                    consented_on__isnull=False,
                    witnessed_on__isnull=False,
                ),
                violation_error_message="获取以前须有死亡判定、书面同意与见证的日期。",
            ),
            models.CheckConstraint(
                name="case_child_with_both_parents",
                condition=~Q(age_band=AgeBand.CHILD)
                | Q(consented_on__isnull=True)
                | Q(consent_by=ConsentBy.BOTH_PARENTS),
                violation_error_message="未成年人捐献须由父母双方书面同意。",
            ),
            models.CheckConstraint(
                name="case_counts_are_possible",
                condition=Q(hearts__lte=1)
                & Q(livers__lte=1)
                & Q(pancreases__lte=1)
                & Q(intestines__lte=1)
                & Q(lungs__lte=2)
                & Q(kidneys__lte=2)
                & (Q(corneas__isnull=True) | Q(corneas__lte=2)),
                violation_error_message="心、肝、胰、小肠至多 1，肺、肾、角膜至多 2。",
            ),
            models.CheckConstraint(
                name="case_organs_add_up",
                condition=Q(
                    organs=F("hearts")
                    + F("lungs")
                    + F("livers")
                    + F("kidneys")
                    + F("pancreases")
                    + F("intestines")
                ),
                violation_error_message="大器官数应等于各器官之和。",
            ),
            models.CheckConstraint(
                name="case_people_add_up",
                condition=Q(people_helped=F("recipients") + F("cornea_recipients")),
                violation_error_message="受益人数应等于器官受者与角膜受者之和。",
            ),
            models.CheckConstraint(
                name="case_gives_after_recovery",
                condition=Q(recovered_on__isnull=False) | Q(organs=0, people_helped=0),
                violation_error_message="尚未获取的案例不能填写器官数和受者数。",
            ),
            models.CheckConstraint(
                name="case_age_band_is_known", condition=Q(age_band__in=AgeBand.values)
            ),
            models.CheckConstraint(
                name="case_sex_is_known", condition=Q(sex="") | Q(sex__in=Sex.values)
            ),
            models.CheckConstraint(
                name="case_category_is_known",
                condition=Q(category="") | Q(category__in=Category.values),
            ),
            models.CheckConstraint(
                name="case_consent_is_known",
                condition=Q(consent_by="") | Q(consent_by__in=ConsentBy.values),
            ),
            models.UniqueConstraint(
                name="case_number_once_a_branch",
                fields=["branch", "case_number"],
                violation_error_message="本单位已有这一案例号。",
            ),
        ]
        indexes = [
            models.Index(name="case_by_report", fields=["branch", "reported_on"]),
            models.Index(name="case_by_recovery", fields=["branch", "recovered_on"]),
        ]

    def __str__(self) -> str:
        return self.case_number

    @property
    def stages(self) -> list[CaseStage]:
        """The links of a case in their usual order; the first without a day is due next."""
        days = (
            ("案例报告", self.reported_on),
            ("报名登记", self.registered_on),
            ("捐献评估", self.assessed_on),
            ("捐献确认（书面同意）", self.consented_on),
            ("死亡判定", self.died_on),
            ("协调员见证", self.witnessed_on),
            ("器官获取", self.recovered_on),
            ("器官分配", self.allocated_on),
            ("遗体处理", self.body_handled_on),
            ("缅怀纪念", self.commemorated_on),
            ("人道救助", self.aided_on),
        )
        due = next((name for name, day in days if day is None), "")
        return [CaseStage(name, day, name == due) for name, day in days]

    @property
    def given(self) -> list[tuple[str, int]]:
        """What was given, by kind, without what was not."""
        counts = (
            ("心", self.hearts),
            ("肺", self.lungs),
            ("肝", self.livers),
            ("肾", self.kidneys),
            ("胰", self.pancreases),
            ("小肠", self.intestines),
            ("眼角膜", self.corneas or 0),
        )
        return [(name, count) for name, count in counts if count]


@track_history
class PublicityCase(Record):
    """A story told with the family's written consent, apart from the case itself."""

    name = models.CharField("宣传标题", max_length=200)
    alias = models.CharField("化名", max_length=30)
    consented_on = models.DateField("宣传授权日期")
    published_on = models.DateField("发布日期")
    medium = models.CharField("发布渠道", max_length=120, blank=True)
    taken_up = models.BooleanField("总会推广使用", default=False)
    taken_up_on = models.DateField("总会采用日期", null=True, blank=True)
    content = models.CharField("内容摘要", max_length=500, blank=True)

    class Meta(Record.Meta):
        verbose_name = "捐献宣传案例"
        verbose_name_plural = "捐献宣传案例"
        constraints = [
            *Record.Meta.constraints,
            models.CheckConstraint(
                name="publicity_after_consent",
                condition=Q(published_on__gte=F("consented_on")),
                violation_error_message="取得书面授权以前不得发布。",
            ),
            models.CheckConstraint(
                name="publicity_taken_up_with_its_day",
                condition=Q(taken_up=False, taken_up_on__isnull=True)
                | Q(taken_up=True, taken_up_on__isnull=False),
                violation_error_message="总会采用的须填采用日期，未采用的不填。",
            ),
        ]
        indexes = [models.Index(name="publicity_by_day", fields=["branch", "published_on"])]

    def __str__(self) -> str:
        return self.name


@track_history
class FamilyLetter(Record):
    """A letter between a donor's family and others, which only a coordinator hands on."""

    came_on = models.DateField("收信日期")
    direction = models.CharField("方向", max_length=12, choices=LetterDirection)
    code = models.CharField("捐献者代码", max_length=CODE_LENGTH, blank=True)
    coordinator = models.CharField("经手协调员", max_length=60)
    checked = models.BooleanField("已核查不含身份信息", default=False)
    handed_on = models.DateField("转交日期", null=True, blank=True)

    class Meta(Record.Meta):
        verbose_name = "往来信件"
        verbose_name_plural = "往来信件"
        constraints = [
            *Record.Meta.constraints,
            models.CheckConstraint(
                name="letter_direction_is_known", condition=Q(direction__in=LetterDirection.values)
            ),
            models.CheckConstraint(
                name="letter_checked_before_handed_on",
                condition=Q(handed_on__isnull=True) | Q(checked=True),
                violation_error_message="核查不含身份信息以前不得转交。",
            ),
            models.CheckConstraint(
                name="letter_handed_on_after_it_came",
                condition=Q(handed_on__isnull=True) | Q(handed_on__gte=F("came_on")),
                violation_error_message="转交日期不能早于收信日期。",
            ),
        ]
        indexes = [models.Index(name="letter_by_day", fields=["branch", "came_on"])]

    def __str__(self) -> str:
        return f"{self.get_direction_display()} {self.came_on:%Y年%-m月%-d日}"


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


@track_history
class Coordinator(Record):
    """Who accompanies donations, of the society or of a hospital's team."""

    name = models.CharField("姓名", max_length=60)
    full_time = models.BooleanField("专职", default=False)
    team = models.CharField("所属机构", max_length=120, blank=True)
    certificate_number = models.CharField("协调员证号", max_length=40)
    issued_on = models.DateField("发证日期")
    expires_on = models.DateField("有效期至", null=True, blank=True)

    class Meta(Record.Meta):
        verbose_name = "捐献协调员"
        verbose_name_plural = "捐献协调员"
        constraints = [
            *Record.Meta.constraints,
            models.CheckConstraint(
                name="coordinator_ends_after_it_begins",
                condition=Q(expires_on__isnull=True) | Q(expires_on__gte=F("issued_on")),
                violation_error_message="有效期至不能早于发证日期。",
            ),
        ]

    def __str__(self) -> str:
        return self.name
