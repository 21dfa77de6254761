"""What editions of yearly programmes raised and gave to households."""

import polars as pl

from redcross.units import Unit
from redcross.uploads.registry import register
from redcross.uploads.schema.import_spec import Rule, SheetKind
from redcross.uploads.schema.sheet import Column, Sheet
from relief.models import (
    Distribution,
    EditionResource,
)


@register
class EditionResources(Sheet):
    """送万家筹集款物汇总：每行一个单位一种资金来源在本届筹集的款或物。"""

    key = "relief.edition_resources"
    title = "博爱送万家筹集款物汇总表"
    model = EditionResource
    dated_by = "mobilised_on"
    identity = ("edition", "funding_source", "form", "mobilised_on")

    branch = Column("单位", fill_down=True)
    edition = Column("活动届次", fill_down=True, from_title=True, allow_create=True)
    funding_source = Column("资金来源")
    form = Column("形式", required=False)
    value = Column("金额（元）", unit=Unit.YUAN)
    mobilised_on = Column("统计日期", fill_down=True)


class _Distribution(Sheet):
    """What a household roster and a summary by village share."""

    vocabulary = "distribution"
    model = Distribution
    dated_by = "given_on"

    branch = Column("单位", fill_down=True)
    edition = Column("活动届次", fill_down=True, from_title=True, allow_create=True)
    given_on = Column("发放日期", fill_down=True)
    township = Column("乡镇", fill_down=True)
    village = Column("村（社区）", fill_down=True)
    goods = Column("发放物资")
    quantity = Column("数量", required=False)
    goods_value = Column("折价（元）", unit=Unit.YUAN, required=False)
    cash_value = Column("现金（元）", unit=Unit.YUAN, required=False)
    remark = Column("备注")


@register
class Roster(_Distribution):
    """博爱送万家发放花名册：每行一户；受益人次为家庭人口，未填的按 1 计。"""

    key = "relief.roster"
    title = "博爱送万家发放花名册"
    kind = SheetKind.ROSTER
    identity = ("edition", "id_number")
    constants = {"households": 1, "beneficiary_times": 1}

    householder = Column("户主姓名")
    id_number = Column("身份证号", required=True)
    family_size = Column("家庭人口")
    hardship = Column("困难类型", required=False, fallback_column="remark")
    phone = Column("联系电话")
    signed_by = Column("领取人签字")

    def rules(self) -> tuple[Rule, ...]:
        """A household has 1 to 15 people."""
        return (
            Rule(
                code="rule.broken",
                violation=lambda: ~pl.col("family_size").is_between(1, 15),
                needs=("family_size",),
                message="家庭人口 {family_size} 不在 1 至 15 之间",
                suggestion="请核对家庭人口。",
            ),
        )

    def derive(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Take the family for the people helped, one person where nobody counted."""
        if "family_size" not in frame.columns:
            return frame
        return frame.with_columns(beneficiary_times=pl.col("family_size").fill_null(1))


@register
class Distributions(_Distribution):
    """博爱送万家发放汇总：每行一个村（社区）集中发放的一批。"""

    key = "relief.distributions"
    title = "博爱送万家发放汇总表"
    identity = ("edition", "given_on", "township", "village")

    households = Column("户数")
    beneficiary_times = Column("受益人次")
