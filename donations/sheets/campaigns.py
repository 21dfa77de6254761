"""What campaigns raised, and when they were made public."""

import polars as pl

from donations.models import (
    CampaignResult,
    Disclosure,
)
from redcross.branches.choices import Level
from redcross.periods import Period
from redcross.units import Unit
from redcross.uploads.registry import register
from redcross.uploads.schema.import_spec import Rule, SheetKind
from redcross.uploads.schema.schedule import Due, Yearly
from redcross.uploads.schema.sheet import Column, Sheet


@register
class CampaignResults(Sheet):
    """公益日筹款统计：每行一个项目在活动截止时的筹款，活动口径，含线下。"""

    key = "donations.campaign_results"
    title = "公益日筹款统计表"
    titles = (
        "99公益日筹款统计表",
        "人道公益日筹款统计表",
        "99公益日筹款情况表",
        "公益日网络筹款统计表",
    )
    model = CampaignResult
    kind = SheetKind.STATISTICS
    dated_by = "closed_on"
    identity = ("campaign", "project", "part")
    due = (Due(Level.PREFECTURE, Yearly(day=20, month=10)),)

    branch = Column(
        "单位",
        aliases=["州市", "州（市）", "县区", "单位名称", "筹款单位", "县(市)别", "参与单位"],
        fill_down=True,
    )
    campaign = Column(
        "募捐活动",
        aliases=["活动", "活动名称", "公益日"],
        fill_down=True,
        from_title=True,
        allow_create=True,
    )
    project = Column(
        "项目名称",
        aliases=["项目", "筹款项目", "母项目", "母项目名称", "对接母计划", "公益项目", "上线项目"],
        required=False,
        fill_down=True,
    )
    part = Column(
        "子计划",
        aliases=[
            "子计划名称",
            "子项目",
            "子项目名称",
            "子计划/项目",
            "计划名称",
            "子计划（项目）名称",
            "认领子计划",
            "项目子计划",
        ],
    )
    teams = Column(
        "一起捐数",
        aliases=[
            "一起捐",
            "一起捐（个）",
            "一起捐队伍数",
            "一起捐队伍",
            "一起捐个数",
            "一起捐队数",
        ],
        required=False,
    )
    gift_times = Column(
        "捐款人次",
        aliases=["人次", "捐赠人次", "参与人次", "筹款人次", "爱心人次", "捐款人次数", "捐款次数"],
        required=False,
    )
    public_value = Column(
        "公众捐款（元）",
        aliases=[
            "公众捐款",
            "公众筹款",
            "线上公众捐款",
            "公众捐赠",
            "线上筹款",
            "捐款／公众",
            "公众",
            "公众募捐",
            "网友捐款(元)",
            "网络端(万元)／公众自捐",
            "个人及单位捐款",
        ],
        unit=Unit.YUAN,
    )
    matched_value = Column(
        "配捐（元）",
        aliases=[
            "配捐",
            "腾讯配捐",
            "配捐金额",
            "企业配捐",
            "平台配捐",
            "捐款／配捐",
            "配捐资金",
            "公益平台配套(元)",
            "网络端(万元)／激励配捐",
            "配比资金",
        ],
        unit=Unit.YUAN,
        required=False,
    )
    offline_value = Column(
        "线下（元）",
        aliases=[
            "线下",
            "线下捐款",
            "线下筹款",
            "线下捐赠",
            "线下募集",
            "捐款／线下",
            "线下转入(元)",
            "线下端(万元)",
            "柜台及转账捐款",
        ],
        unit=Unit.YUAN,
        required=False,
    )
    value = Column(
        "合计（元）",
        aliases=[
            "合计",
            "筹款合计",
            "筹款总额",
            "总额",
            "总计",
            "筹款金额",
            "合计金额",
            "筹款总金额",
            "总金额",
            "筹款合计数(元)",
            "两端合计(万元)",
            "总筹款",
        ],
        unit=Unit.YUAN,
    )
    place = Column(
        "全省排名",
        aliases=["排名", "名次", "位次", "全省位次", "全省名次", "省内排名", "省内排序"],
        note="按所填保存，看板的排名由系统计算。",
    )
    closed_on = Column(
        "统计截止日期",
        aliases=["截止日期", "统计日期", "统计时间"],
        required=False,
        fill_down=True,
        note="不填时为报告期最后一天。",
    )

    def explode(self, frame: pl.DataFrame, period: Period) -> pl.DataFrame:
        """Take the last day of the period where nobody has written when it was counted."""
        return frame.with_columns(pl.col("closed_on").cast(pl.Date).fill_null(period.last_day))

    def derive(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Take the part for the project where nobody has written what it is a part of."""
        named = pl.col("project").fill_null("") != ""
        return frame.with_columns(
            project=pl.when(named).then("project").otherwise("part"),
            part=pl.when(named).then("part"),
        )

    def rules(self) -> tuple[Rule, ...]:
        """A row names its project; 合计 = 公众捐款 + 配捐 + 线下."""
        return (
            Rule(
                code="required.empty",
                violation=lambda: (
                    (pl.col("project").fill_null("") == "") & (pl.col("part").fill_null("") == "")
                ),
                needs=("value",),
                message="没有项目名称，也没有子计划",
                suggestion="请补填项目名称。",
            ),
            Rule(
                code="sum.parts",
                violation=lambda: (
                    pl.col("value")
                    != pl.col("public_value")
                    + pl.col("matched_value").fill_null(0)
                    + pl.col("offline_value").fill_null(0)
                ),
                needs=("value", "public_value", "matched_value", "offline_value"),
                message="合计 {value} 不等于公众捐款 {public_value}、配捐与线下之和",
                suggestion="请核对各项。",
            ),
        )


@register
class Disclosures(Sheet):
    """募捐信息公开登记表：每行一次公开，方案、进展或结果。"""

    key = "donations.disclosures"
    title = "募捐信息公开登记表"
    model = Disclosure
    dated_by = "published_on"
    identity = ("campaign", "content", "published_on")

    branch = Column("单位", aliases=["公开单位", "州市"], fill_down=True)
    campaign = Column("募捐活动", aliases=["活动", "活动名称"], fill_down=True)
    content = Column(
        "公开内容",
        aliases=["内容", "类别"],
        words={"方案": "PLAN", "进展": "PROGRESS", "结果": "FINAL"},
    )
    published_on = Column("公开日期", aliases=["日期", "发布日期"])
    place = Column("公开渠道", aliases=["渠道", "平台", "网址"])
