"""What leaders ask of first aid."""

from django.db.models import Q

from redcross.indicators.choices import Kind
from redcross.indicators.declare.declaration import (
    POPULATION,
    Count,
    Cumulative,
    Indicator,
    Ratio,
    Sum,
    register,
)
from redcross.units import Unit
from training.choices import Course, Result
from training.models import Device, Enrolment, Instructor, Popularisation, Station, TrainingClass

FIRST_AIDERS_TRAINED = Indicator(
    "training.first_aiders_trained",
    "培训初级救护员人数",
    unit=Unit.PEOPLE,
    kind=Kind.FLOW,
    source=Enrolment,
    measure=Count(),
    date_field="trained_on",
    where=Q(course=Course.FIRST_AIDER, result=Result.PASSED),
    by=["audience"],
    definition="报告期内参加救护员培训并考核合格的人数，按培训日期统计；复训、CPR+AED 和师资不计。",
)
ENROLLED = Indicator(
    "training.enrolled",
    "参加救护员培训人数",
    unit=Unit.PEOPLE,
    kind=Kind.FLOW,
    source=Enrolment,
    measure=Count(),
    date_field="trained_on",
    where=Q(course=Course.FIRST_AIDER),
    by=["result", "audience"],
    definition="报告期内参加救护员培训的人数，含不合格与缺考。",
)
PASS_RATE = Ratio(
    "training.pass_rate",
    "考核合格率",
    numerator=FIRST_AIDERS_TRAINED,
    denominator=ENROLLED,
    definition="培训初级救护员人数÷参加救护员培训人数。",
)
RENEWED = Indicator(
    "training.renewed",
    "复训合格人数",
    unit=Unit.PEOPLE,
    kind=Kind.FLOW,
    source=Enrolment,
    measure=Count(),
    date_field="trained_on",
    where=Q(course=Course.RENEWAL, result=Result.PASSED),
    definition="报告期内参加救护员复训并合格的人数。",
)
CERTIFICATES_ISSUED = Indicator(
    "training.certificates_issued",
    "颁发救护员证",
    unit=Unit.TICKETS,
    kind=Kind.FLOW,
    source=Enrolment,
    measure=Count(),
    date_field="issued_on",
    where=~Q(certificate_number=""),
    by=["course"],
    definition="报告期内颁发的证书数，按发证日期统计。",
)
VALID_CERTIFICATES = Indicator(
    "training.valid_certificates",
    "有效救护员证",
    unit=Unit.TICKETS,
    kind=Kind.STOCK,
    source=Enrolment,
    measure=Count(),
    date_field="issued_on",
    end_date_fields=["expires_on", "revoked_on"],
    where=~Q(certificate_number="") & Q(course__in=[Course.FIRST_AIDER, Course.RENEWAL]),
    definition="截至期末仍在有效期内、未注销的救护员证（含复训换证）。",
)
FIRST_AIDERS_TOTAL = Cumulative(
    "training.first_aiders_total",
    "累计培训初级救护员",
    base=FIRST_AIDERS_TRAINED,
)
CERTIFIED_SHARE = Ratio(
    "training.certified_share",
    "持证率",
    numerator=VALID_CERTIFICATES,
    denominator=POPULATION,
    definition="有效救护员证÷常住人口。健康中国行动要求 2022 年不低于 1%，2030 年不低于 3%。",
)
TRAINED_SHARE = Ratio(
    "training.trained_share",
    "当期培训占常住人口比例",
    numerator=FIRST_AIDERS_TRAINED,
    denominator=POPULATION,
    definition="培训初级救护员人数÷常住人口。",
)
CLASSES = Indicator(
    "training.classes",
    "救护员培训班",
    unit=Unit.SESSIONS,
    kind=Kind.FLOW,
    source=TrainingClass,
    measure=Count(),
    date_field="held_on",
    where=Q(course=Course.FIRST_AIDER),
    by=["audience"],
    definition="报告期内举办的救护员培训班期数，同一单位同一天同一类型计一期。",
)
POPULARISED_TIMES = Indicator(
    "training.popularised_times",
    "普及应急救护知识人次",
    unit=Unit.PEOPLE_TIMES,
    kind=Kind.FLOW,
    source=Popularisation,
    measure=Sum("people_times"),
    date_field="held_on",
    by=["audience"],
    definition="报告期内普及活动的参加人次；不考核、不发证，与培训人数分别统计。",
)
POPULARISATION_EVENTS = Indicator(
    "training.popularisation_events",
    "普及活动",
    unit=Unit.EVENTS,
    kind=Kind.FLOW,
    source=Popularisation,
    measure=Count(),
    date_field="held_on",
    by=["audience"],
    definition="报告期内举办的应急救护普及活动场次。",
)
INSTRUCTORS = Indicator(
    "training.instructors",
    "在册救护师资",
    unit=Unit.PERSONS,
    kind=Kind.STOCK,
    source=Instructor,
    measure=Count(),
    date_field="issued_on",
    end_date_fields=["expires_on"],
    by=["level"],
    definition="截至期末师资证在有效期内的师资人数。",
)
STATIONS = Indicator(
    "training.stations",
    "博爱急救站",
    unit=Unit.PIECES,
    kind=Kind.STOCK,
    source=Station,
    measure=Count(),
    date_field="opened_on",
    end_date_fields=["closed_on"],
    by=["site_kind"],
    definition="截至期末已挂牌、未撤销的博爱急救站。",
)
AEDS = Indicator(
    "training.aeds",
    "AED",
    unit=Unit.DEVICES,
    kind=Kind.STOCK,
    source=Device,
    measure=Count(),
    date_field="installed_on",
    end_date_fields=["removed_on"],
    by=["site_kind"],
    definition="截至期末已安装、未拆除的自动体外除颤器。",
)

register(
    FIRST_AIDERS_TRAINED,
    FIRST_AIDERS_TOTAL,
    ENROLLED,
    PASS_RATE,
    RENEWED,
    CERTIFICATES_ISSUED,
    VALID_CERTIFICATES,
    CERTIFIED_SHARE,
    TRAINED_SHARE,
    CLASSES,
    POPULARISED_TIMES,
    POPULARISATION_EVENTS,
    INSTRUCTORS,
    STATIONS,
    AEDS,
)
