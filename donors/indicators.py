"""What leaders ask of the three donations; organs and bodies are never compared."""

from django.db.models import Q

from donors.choices import Outcome, Step
from donors.models import BloodMonth, DonationCase, OrganWish, StemCellStep, StemCellVolunteer
from redcross.indicators.choices import Kind
from redcross.indicators.declare.declaration import Count, Cumulative, Indicator, Sum, register
from redcross.units import Unit

STEM_CELL_REGISTERED = Indicator(
    "donors.stem_cell_registered",
    "造血干细胞志愿者登记",
    unit=Unit.PEOPLE,
    kind=Kind.FLOW,
    source=StemCellVolunteer,
    measure=Count(),
    date_field="registered_on",
    sensitive=True,
    definition="报告期内报名登记的造血干细胞捐献志愿者人数。",
)
STEM_CELL_STORED = Indicator(
    "donors.stem_cell_stored",
    "造血干细胞新增入库",
    unit=Unit.SAMPLES,
    kind=Kind.FLOW,
    source=StemCellVolunteer,
    measure=Count(),
    date_field="stored_on",
    sensitive=True,
    definition="报告期内血样检测后入库的人份数，按入库日期统计。",
)
STEM_CELL_STOCK = Indicator(
    "donors.stem_cell_stock",
    "造血干细胞库容",
    unit=Unit.SAMPLES,
    kind=Kind.STOCK,
    source=StemCellVolunteer,
    measure=Count(),
    date_field="stored_on",
    end_date_fields=["left_on"],
    sensitive=True,
    definition="截至期末在库、未退库的人份数；以登记的期初数加此后的入库。",
)
STEM_CELL_STEPS = Indicator(
    "donors.stem_cell_steps",
    "造血干细胞捐献各环节",
    unit=Unit.PEOPLE_TIMES,
    kind=Kind.FLOW,
    source=StemCellStep,
    measure=Count(),
    date_field="happened_on",
    where=Q(outcome=Outcome.PASSED),
    by=["step"],
    sensitive=True,
    definition="报告期内通过各环节的人次，按环节日期统计。",
)
STEM_CELL_EXITS = Indicator(
    "donors.stem_cell_exits",
    "造血干细胞捐献退出",
    unit=Unit.PEOPLE_TIMES,
    kind=Kind.FLOW,
    source=StemCellStep,
    measure=Count(),
    date_field="happened_on",
    where=Q(outcome=Outcome.LEFT),
    by=["step", "exit_reason"],
    sensitive=True,
    definition="报告期内在各环节退出的人次，按原因统计。",
)
STEM_CELL_DONATIONS = Indicator(
    "donors.stem_cell_donations",
    "造血干细胞捐献例数",
    unit=Unit.CASES,
    kind=Kind.FLOW,
    source=StemCellStep,
    measure=Count(),
    date_field="happened_on",
    where=Q(step=Step.COLLECTION, outcome=Outcome.PASSED),
    by=["second"],
    sensitive=True,
    marks_record_high=True,
    definition="报告期内完成采集的例数，二次捐献另计一例。",
)
STEM_CELL_DONATIONS_TOTAL = Cumulative(
    "donors.stem_cell_donations_total", "累计造血干细胞捐献例数", base=STEM_CELL_DONATIONS
)
ORGAN_WISHES = Indicator(
    "donors.organ_wishes",
    "人体器官捐献志愿登记",
    unit=Unit.PEOPLE,
    kind=Kind.FLOW,
    source=OrganWish,
    measure=Count(),
    date_field="registered_on",
    by=["channel"],
    sensitive=True,
    comparable=False,
    definition="报告期内登记捐献意愿的人数；登记只是意愿，可随时撤销。",
)
ORGAN_WISHES_TOTAL = Cumulative(
    "donors.organ_wishes_total", "累计人体器官捐献志愿登记", base=ORGAN_WISHES
)
ORGAN_WISHES_STANDING = Indicator(
    "donors.organ_wishes_standing",
    "有效捐献志愿登记",
    unit=Unit.PEOPLE,
    kind=Kind.STOCK,
    source=OrganWish,
    measure=Count(),
    date_field="registered_on",
    end_date_fields=["withdrawn_on"],
    sensitive=True,
    comparable=False,
    definition="截至期末登记而未撤销的人数。",
)
_HAS_ORGANS = Q(recovered_on__isnull=False, organs__gt=0)
ORGAN_DONATIONS = Indicator(
    "donors.organ_donations",
    "人体器官捐献例数",
    unit=Unit.CASES,
    kind=Kind.FLOW,
    source=DonationCase,
    measure=Count(),
    date_field="recovered_on",
    where=_HAS_ORGANS,
    sensitive=True,
    comparable=False,
    definition="报告期内实现捐献的例数，按器官获取日期统计；只捐角膜或遗体的不计。",
)
ORGAN_DONATIONS_TOTAL = Cumulative(
    "donors.organ_donations_total", "累计人体器官捐献例数", base=ORGAN_DONATIONS
)
ORGAN_RECIPIENTS = Indicator(
    "donors.organ_recipients",
    "接受器官或组织移植人数",
    unit=Unit.PEOPLE,
    kind=Kind.FLOW,
    source=DonationCase,
    measure=Sum("people_helped"),
    date_field="recovered_on",
    where=Q(recovered_on__isnull=False),
    sensitive=True,
    comparable=False,
    definition="报告期内因捐献接受器官或角膜移植的人数，只统计人数，不登记受者信息。",
)
ORGAN_RECIPIENTS_TOTAL = Cumulative(
    "donors.organ_recipients_total", "器官捐献累计受益人数", base=ORGAN_RECIPIENTS
)


def _organ_indicator(
    key: str, label: str, column: str, part_of: Indicator | None = None
) -> Indicator:
    return Indicator(
        f"donors.{key}",
        label,
        unit=Unit.ORGANS,
        kind=Kind.FLOW,
        source=DonationCase,
        measure=Sum(column),
        date_field="recovered_on",
        where=Q(recovered_on__isnull=False),
        sensitive=True,
        comparable=False,
        part_of=part_of,
        definition=f"报告期内捐献的{label}数，按器官获取日期统计。",
    )


ORGANS = _organ_indicator("organs", "大器官", "organs")
HEARTS = _organ_indicator("hearts", "心脏", "hearts", ORGANS)
LUNGS = _organ_indicator("lungs", "肺脏", "lungs", ORGANS)
LIVERS = _organ_indicator("livers", "肝脏", "livers", ORGANS)
KIDNEYS = _organ_indicator("kidneys", "肾脏", "kidneys", ORGANS)
PANCREASES = _organ_indicator("pancreases", "胰腺", "pancreases", ORGANS)
INTESTINES = _organ_indicator("intestines", "小肠", "intestines", ORGANS)
CORNEAS = _organ_indicator("corneas", "眼角膜", "corneas")
BODIES = Indicator(
    "donors.bodies",
    "遗体捐献例数",
    unit=Unit.CASES,
    kind=Kind.FLOW,
    source=DonationCase,
    measure=Count(),
    date_field="body_handled_on",
    where=Q(body=True),
    sensitive=True,
    comparable=False,
    definition="报告期内接收遗体捐献的例数，按遗体处理日期统计。",
)
BLOOD_TIMES = Indicator(
    "donors.blood_times",
    "无偿献血人次",
    unit=Unit.PEOPLE_TIMES,
    kind=Kind.FLOW,
    source=BloodMonth,
    measure=Sum("people_times"),
    date_field="month",
    definition="血液中心（血站）统计的无偿献血人次。",
)
BLOOD_VOLUME = Indicator(
    "donors.blood_volume",
    "无偿献血量",
    unit=Unit.MILLILITRES,
    kind=Kind.FLOW,
    source=BloodMonth,
    measure=Sum("volume"),
    date_field="month",
    definition="血液中心（血站）统计的无偿献血量，1 单位为 200 毫升。",
)
BLOOD_PROMOTIONS = Indicator(
    "donors.blood_promotions",
    "无偿献血宣传动员",
    unit=Unit.EVENTS,
    kind=Kind.FLOW,
    source=BloodMonth,
    measure=Sum("promotions"),
    date_field="month",
    definition="红十字会组织或参与的无偿献血宣传动员场次。",
)

register(
    STEM_CELL_REGISTERED,
    STEM_CELL_STORED,
    STEM_CELL_STOCK,
    STEM_CELL_STEPS,
    STEM_CELL_EXITS,
    STEM_CELL_DONATIONS,
    STEM_CELL_DONATIONS_TOTAL,
    ORGAN_WISHES,
    ORGAN_WISHES_TOTAL,
    ORGAN_WISHES_STANDING,
    ORGAN_DONATIONS,
    ORGAN_DONATIONS_TOTAL,
    ORGAN_RECIPIENTS,
    ORGAN_RECIPIENTS_TOTAL,
    ORGANS,
    HEARTS,
    LUNGS,
    LIVERS,
    KIDNEYS,
    PANCREASES,
    INTESTINES,
    CORNEAS,
    BODIES,
    BLOOD_TIMES,
    BLOOD_VOLUME,
    BLOOD_PROMOTIONS,
)
