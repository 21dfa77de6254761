"""The eighteen forms of a branch: their columns, and spellings of the values in each."""

import dataclasses
import datetime as dt
import random
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

Cell = Any
TRUE_BRANCHES = ["五华区", "盘龙区", "官渡区", "西山区", "呈贡区", "石林县", "安宁市"]
BRANCH_SPELLINGS = {
    "五华区": [
        "五华区",
        "五华",
        "昆明市五华区",
        "五 华 区",
        "530102",
        "五华区\u200b",
        "五华区红十字会",
    ],
    "盘龙区": ["盘龙区", "盘龙", "盘龙区\t", "530103"],
    "官渡区": ["官渡区", "官渡", "昆明市官渡区"],
    "西山区": ["西山区", "西山区\u00a0", "西山"],
    "呈贡区": ["呈贡区", "呈贡"],
    "石林县": ["石林县", "石林彝族自治县", "石林", "路南县"],
    "安宁市": ["安宁市", "安宁", "　安宁市"],
}
SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨"
FIRST_NAMES = "晓明芳华建国丽娟志强海燕文斌雪梅春生"
MASKED = ["*琪", "张*", "李*明", "**华", "陈**"]
ANONYMOUS = ["爱心人士", "爱心个人", "无名氏"]
MINORITY = [("买买提·艾力", "·•‧∙・．"), ("岩罕·依香", "·•‧∙・．")]
COMPANIES = [
    "云岭示例公司",
    "滇池样板商贸有限公司",
    "示例小学",
    "样例医院",
    "苍山示例集团（云南）有限公司",
]
PERIOD, YEAR = "2021-Q3", 2021
_WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
_FULL = str.maketrans("0123456789.,-", "０１２３４５６７８９．，－")


@dataclasses.dataclass
class Column:
    field: str | None
    headings: Sequence[Sequence[str]]
    make: Callable[[random.Random, int], Any]
    write: Callable[[random.Random, Any], Any]
    money: bool = False
    empty: float = 0.0
    label: bool = False
    total: bool = False


@dataclasses.dataclass
class Form:
    number: int
    sheet: str
    title: str
    columns: Sequence[Column]
    rows: tuple[int, int] = (8, 16)
    period: str = PERIOD
    finish: Callable[[random.Random, dict[str, Any]], None] = lambda r, row: None
    ledger: bool = True
    per_branch: bool = False


# what a person may write ---------------------------------------------------------------


def day(rng: random.Random, _: int = 0) -> dt.date:
    return dt.date(YEAR, rng.choice([7, 8, 9]), rng.randint(1, 28))


def write_day(rng: random.Random, value: dt.date) -> Any:
    y, m, d = value.year, value.month, value.day
    return rng.choice([
        value, value, f"{y}-{m:02}-{d:02}", f"{y}/{m}/{d}", f"{y}.{m}.{d}", f"{y}.{m:02}.{d:02}",
        f"{y}年{m}月{d}日", f"{y}年{m:02}月{d:02}日", int(f"{y}{m:02}{d:02}"), f"{y}{m:02}{d:02}",
        dt.datetime(y, m, d, 2, 24), f"{y}-{m:02}-{d:02} 02:24:31", f"{y}.{m}.{d} ",
        f"\t{y}-{m}-{d}", f"{y}年 {m}月 {d}日", f"{y}.{m}.{d}".translate(_FULL), f"{y}/{m:02}/{d:02} 14:05",
        f"{y}-{m}-{d}\u200b", f"{y}－{m}－{d}", f"{y}。{m}。{d}", f"{y}、{m}、{d}",
    ])  # fmt: skip


def amount(rng: random.Random, _: int = 0) -> Decimal:
    return rng.choice([
        Decimal(rng.randint(1, 99999)) / 100, Decimal(rng.randint(1, 200000)),
        Decimal(rng.randint(1, 20000)) * 100, Decimal("0.01"), Decimal(rng.randint(10**6, 10**9)) / 100,
    ])  # fmt: skip


def write_amount(rng: random.Random, value: Decimal, unit: int = 1) -> Any:
    """Write yuan in a column of the unit given (1 or 10000)."""
    shown = value / unit
    text = f"{shown:f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    commas = f"{shown:,f}"
    if "." in commas:
        commas = commas.rstrip("0").rstrip(".")
    kinds = [
        float(shown),
        float(shown),
        text,
        commas,
        text.translate(_FULL),
        commas.replace(",", "，"),
        f" {text} ",
        f"{text}\t",
        f"￥{commas}",
        f"¥{text}",
        f"{text}\u00a0",
    ]
    if unit == 1:
        wan = f"{value / 10000:f}"
        wan = wan.rstrip("0").rstrip(".") if "." in wan else wan
        kinds += [
            f"{text}元",
            f"{commas} 元",
            f"人民币{text}元",
            f"{wan}万元",
            f"{wan.replace('.', '．')}万元",
            f"{wan}万",
        ]
    else:
        kinds += [f"{text}万元", f"{text}万", f"{value:f}元"]
    return rng.choice(kinds)


def count(low: int, high: int) -> Callable[[random.Random, int], int]:
    return lambda rng, _: rng.randint(low, high)


def write_count(*units: str) -> Callable[[random.Random, int], Any]:
    def write(rng: random.Random, value: int) -> Any:
        kinds: list[Any] = [
            value,
            value,
            float(value),
            str(value),
            f"{value:,}",
            str(value).translate(_FULL),
            f" {value}\u3000",
        ]
        kinds += [f"{value}{unit}" for unit in units]
        return rng.choice(kinds)

    return write


def person(rng: random.Random, _: int = 0) -> str:
    return rng.choice(SURNAMES) + "".join(rng.sample(FIRST_NAMES, rng.choice([1, 2])))


def write_person(rng: random.Random, value: str) -> str:
    for name, dots in MINORITY:
        if value == name:
            return value.replace("·", rng.choice(dots))
    spaced = [f"{value[0]}  {value[1]}", f"{value[0]}　{value[1]}"] if len(value) == 2 else []
    return rng.choice(
        [value, value, f"{value}\t", f" {value}", f"{value}\u200b", f"{value}\u3000", *spaced]
    )


def person_or_minority(rng: random.Random, i: int = 0) -> str:
    return rng.choice(MINORITY)[0] if rng.random() < 0.15 else person(rng, i)


def giver(rng: random.Random, i: int = 0) -> str:
    return rng.choice(
        [person(rng), rng.choice(MASKED), rng.choice(ANONYMOUS), rng.choice(COMPANIES)]
    )


def write_text(rng: random.Random, value: str) -> str:
    return rng.choice(
        [value, value, value, f"{value}\t", f" {value} ", f"{value}\u00a0", f"\ufeff{value}"]
    )


def text(*values: str) -> Callable[[random.Random, int], str]:
    return lambda rng, _: rng.choice(values)


def choice(words: dict[str, Sequence[str]]) -> tuple[Any, Any]:
    return (
        lambda rng, _: rng.choice(list(words)),
        lambda rng, value: rng.choice(list(words[value])),
    )


def identity(rng: random.Random, sex: str, born: dt.date | None = None) -> str:
    born = born or dt.date(rng.randint(1955, 2003), rng.randint(1, 12), rng.randint(1, 28))
    order = rng.randint(0, 499) * 2 + (1 if sex == "MALE" else 0)
    first = f"{rng.choice(['530102', '530103', '532331'])}{born:%Y%m%d}{order % 1000:03}"
    total = sum(int(a) * b for a, b in zip(first, _WEIGHTS, strict=True))
    return first + "10X98765432"[total % 11]


def write_identity(rng: random.Random, value: str) -> str:
    return rng.choice(
        [
            value,
            value,
            f"'{value}",
            f" {value}",
            f"{value}\t",
            value.replace("X", "x"),
            value.replace("X", "Ｘ"),
            f"{value[:6]} {value[6:14]} {value[14:]}",
            value.translate(_FULL),
            f"{value}\u200b",
        ]
    )


def phone(rng: random.Random, _: int = 0) -> str:
    return f"13{rng.randint(100000000, 999999999)}"


def write_phone(rng: random.Random, value: str) -> Any:
    return rng.choice(
        [
            value,
            value,
            int(value),
            float(value),
            f"{value[:3]} {value[3:7]} {value[7:]}",
            f"{value[:3]}-{value[3:7]}-{value[7:]}",
            f"{value}\t",
        ]
    )


def same(rng: random.Random, value: Any) -> Any:
    return value


YES = {True: ["是", "√", "有", "1", 1], False: ["否", "×", "无", "0"]}
branch_make, branch_write = (
    (lambda rng, _: rng.choice(TRUE_BRANCHES)),
    (lambda rng, v: rng.choice(BRANCH_SPELLINGS[v])),
)
sex_make, sex_write = choice({"MALE": ["男", "男 ", "男性"], "FEMALE": ["女", " 女", "女性"]})


def sequence_column(*headings: str) -> Column:
    return Column(
        None,
        [(h,) for h in headings] or [("序号",), ("序 号",), ("编号",)],
        lambda r, i: i + 1,
        same,
    )


def unit_column(*more: str, label: bool = False) -> Column:
    return Column(
        "branch",
        [("单位",), ("填报单位",), ("县（市、区）",), ("县区",), *((m,) for m in more)],
        branch_make,
        branch_write,
        label=label,
    )


def money(field: str | None, *headings: Sequence[str], empty: float = 0.0) -> Column:
    return Column(field, headings, amount, write_amount, money=True, empty=empty, total=True)


def number(
    field: str | None,
    *headings: Sequence[str],
    low: int = 0,
    high: int = 3000,
    units: Sequence[str] = (),
    empty: float = 0.0,
) -> Column:
    return Column(field, headings, count(low, high), write_count(*units), empty=empty, total=True)


def dated(field: str, *headings: str, label: bool = False, empty: float = 0.0) -> Column:
    return Column(field, [(h,) for h in headings], day, write_day, label=label, empty=empty)


def words(
    field: str | None,
    headings: Sequence[str],
    *values: str,
    empty: float = 0.2,
    label: bool = False,
) -> Column:
    return Column(
        field, [(h,) for h in headings], text(*values), write_text, empty=empty, label=label
    )


def _receipt_columns(channel: str, group: str, number_is: str = "人数") -> tuple[Column, Column]:
    """Number and amount of what came in by one channel, three levels deep."""
    above = ("收到细目款项统计", group)
    return (
        number(f"{channel}_gifts", (*above, number_is)),
        money(f"{channel}_value", (*above, "金额")),
    )


def remark() -> Column:
    return words("remark", ["备注", "备 注"], "已开票据", "线上", "感谢", empty=0.6)


def _sums(whole: str, *parts: str) -> Callable[[random.Random, dict[str, Any]], None]:
    def finish(rng: random.Random, row: dict[str, Any]) -> None:
        row[whole] = sum(row[p] for p in parts)

    return finish


def _all(*steps: Any) -> Any:
    def finish(rng: random.Random, row: dict[str, Any]) -> None:
        for step in steps:
            step(rng, row)

    return finish


def _roster(rng: random.Random, row: dict[str, Any]) -> None:
    row["id_number"] = identity(rng, row["sex"])
    if row["result"] != "PASSED":
        row["certificate_number"] = row["issued_on"] = row["expires_on"] = None
        row["practice"] = "FAILED"
    else:
        row["practice"] = "PASSED"
        row["issued_on"] = row["trained_on"] + dt.timedelta(days=rng.randint(0, 20))
        row["expires_on"] = row["issued_on"].replace(year=row["issued_on"].year + 3) - dt.timedelta(
            days=1
        )


def _applications(rng: random.Random, row: dict[str, Any]) -> None:
    row["born_on"] = dt.date(rng.randint(2010, 2019), rng.randint(1, 12), rng.randint(1, 28))
    row["id_number"] = identity(rng, row["_sex"], row["born_on"])


def _network(rng: random.Random, row: dict[str, Any]) -> None:
    row["units_end"] = row["units_start"] + row["units_new"] - row["units_closed"]


def _stock(rng: random.Random, row: dict[str, Any]) -> None:
    row["value"] = row["quantity"] * row["unit_price"]


def _helped(rng: random.Random, row: dict[str, Any]) -> None:
    row["id_number"] = identity(rng, rng.choice(["MALE", "FEMALE"]))


def _organs(rng: random.Random, row: dict[str, Any]) -> None:
    row["wishes_total"] = row["wishes"] + rng.randint(0, 5000)


def _donated(rng: random.Random, row: dict[str, Any]) -> None:
    row["donated_total"] = row["donated"] + rng.randint(0, 100)


def _ticket(rng: random.Random, i: int) -> str:
    return "".join(rng.choice("0123456789") for _ in range(10)) + f"{i:04}"


def _serial(prefix: str) -> Any:
    return lambda rng, i: f"{prefix}{rng.randint(10**5, 10**6 - 1)}{i:03}"


ITEMS = ["N95口罩", "医用防护服", "84消毒液", "莲花清瘟胶囊（24粒装）", "棉被", "方便面"]
STATE = {
    "NOT_STARTED": ["未启动", "未开始"],
    "IN_PROGRESS": ["推进中", "进行中"],
    "BEHIND": ["滞后"],
}
res_make, res_write = choice({"PASSED": ["合格", "合格 ", "√", "通过"], "FAILED": ["不合格", "×"]})
course_make, course_write = choice(
    {"FIRST_AIDER": ["救护员", "初级救护员"], "RENEWAL": ["复训"], "CPR_AED": ["CPR+AED"]}
)
hard_make, hard_write = choice(
    {
        "LOW_INCOME": ["低保边缘", "低保"],
        "DESTITUTE": ["特困供养", "特困"],
        "ELDERLY": ["独居老人"],
        "DISASTER": ["因灾致困"],
        "SICK_CHILD": ["大病患儿"],
    }
)
dis_make, dis_write = choice({"LEUKAEMIA": ["白血病"], "HEART": ["先心病", "先天性心脏病"]})
move_make, move_write = choice({"IN": ["入库", "采购入库"], "OUT": ["出库", "发放"]})
gov_make, gov_write = choice(
    {
        "YES": ["是", "√", "1", "有", "已设立", "是（2021年6月）"],
        "NO": ["否", "×", "0", "无"],
        "IN_PROGRESS": ["推进中", "○"],
    }
)
bool_make, bool_write = choice(YES)
form17_make, form17_write = choice({"TEAM": ["工作队"], "FORCE": ["救援力量", "救援队"]})
level_make, level_write = choice({"PROVINCE": ["省级"], "PREFECTURE": ["市级"]})
chan_make, chan_write = choice(
    {
        "BANK": ["银行", "转账"],
        "WECHAT": ["微信"],
        "ALIPAY": ["支付宝"],
        "CASH": ["现金"],
        "POS": ["POS"],
    }
)

FORMS = [
    Form(
        1,
        "donations.ledger",
        "示例市红十字会接收社会捐款信息公示表（截至2021年9月30日24：00）",
        [
            sequence_column(),
            dated("received_on", "捐赠日期", "到账日期", "日期", "捐赠时间"),
            Column(
                "giver_name",
                [
                    ("捐赠（单位/姓名）",),
                    ("捐赠(单位/姓名)",),
                    ("捐赠单位（个人）",),
                    ("捐 赠 人",),
                    ("捐赠者",),
                ],
                giver,
                write_text,
            ),
            money(
                "value",
                ("捐赠金额（元）",),
                ("捐赠金额",),
                ("金额（元）",),
                ("捐赠额（单位：元）",),
            ),
            remark(),
        ],
    ),
    Form(
        2,
        "donations.ledger",
        "接收社会捐赠明细（二维码渠道）",
        [
            Column(
                "giver_name", [("捐赠人",), ("姓名（姓氏隐去）",), ("姓名",)], giver, write_text
            ),
            money("value", ("金额",), ("交易金额",), ("金额(元)",)),
            dated("received_on", "时间", "交易时间"),
            Column(
                "ticket_number",
                [("交易单号",)],
                lambda r, i: "".join(r.choice("0123456789abcdef") for _ in range(36)) + f"{i:04}",
                write_text,
            ),
            Column("channel", [("渠道",), ("捐赠渠道",)], chan_make, chan_write),
        ],
    ),
    Form(
        3,
        "donations.goods_received",
        "接收社会捐赠物资一览表 第8期—2",
        [
            sequence_column(),
            Column("giver_name", [("捐赠单位",), ("捐赠方",)], giver, write_text, label=True),
            words("item", ["入库物资（品名）", "品名", "入库物资"], *ITEMS, empty=0),
            words("model_size", ["规格型号", "规格"], "50只/盒", "500ml", "XL"),
            words("measure", ["计量单位"], "件", "箱", "瓶", empty=0),
            number("quantity", ("数量总计",), ("数量",), low=1, units=["件", " 箱"]),
            dated("received_on", "接收日期", "入库日期"),
        ],
    ),
    Form(
        4,
        "donations.goods_given",
        "捐赠物资发放（使用）一览表",
        [
            sequence_column(),
            words(
                "receiver",
                ["接收单位", "领取单位"],
                "示例医院",
                "样例社区",
                "示例小学",
                empty=0,
                label=True,
            ),
            words("item", ["品名", "物资名称"], *ITEMS, empty=0),
            words("model_size", ["规格"], "50只/盒", "XL"),
            words("measure", ["计量单位"], "件", "箱", empty=0),
            number("quantity", ("数量",), ("发放数量",), low=1, units=["件", "箱"]),
            money("value", ("折价（元）",), ("折价金额",)),
            dated("given_on", "发放日期", "日期", label=True),
        ],
    ),
    Form(
        5,
        "donations.daily_takings",
        "示例市红十字会捐款收支情况",
        [
            sequence_column(),
            Column(
                "taken_on",
                [("日期",), ("收款日期",)],
                lambda rng, i: dt.date(YEAR, 7, 1 + i % 31),
                write_day,
            ),
            *_receipt_columns("wechat_pos", "微信二维码及pos机", "pos单数"),
            *_receipt_columns("cash", "现金"),
            *_receipt_columns("bank", "交通银行", "笔数"),
            number("counted_gifts", ("实际数额", "人数")),
            money("counted_value", ("实际数额", "金额")),
            number("published_gifts", ("公示内容", "人数")),
            money("published_value", ("公示内容", "金额")),
        ],
        finish=_all(
            _sums("counted_value", "wechat_pos_value", "cash_value", "bank_value"),
            _sums("published_value", "counted_value"),
        ),
    ),
    Form(
        6,
        "donations.statistics",
        "示例市红十字会募捐筹资情况统计表（2021年第三季度）",
        [
            unit_column(),
            money("raised", ("合计",)),
            money("money", ("资金", "小计")),
            money("money_designated", ("资金", "定向")),
            money("money_free", ("资金", "非定向")),
            money("online", ("资金", "网络")),
            money("day_99", ("资金", "99公益日")),
            money("goods", ("物资折价", "小计")),
            money("goods_designated", ("物资折价", "定向")),
            money("goods_free", ("物资折价", "非定向")),
            money("spent_money", ("支出", "资金")),
            money("spent_goods", ("支出", "物资")),
            money("balance", ("结余",)),
            number("tickets", ("票据份数",), units=["份"]),
        ],
        rows=(4, 7),
        per_branch=True,
        finish=_all(
            _sums("money", "money_designated", "money_free"),
            _sums("goods", "goods_designated", "goods_free"),
            _sums("raised", "money", "goods"),
        ),
    ),
    Form(
        7,
        "donations.campaign_results",
        "2021年99公益日筹款统计表",
        [
            unit_column("州市"),
            words("campaign", ["募捐活动", "活动名称"], "99公益日", empty=0, label=True),
            Column("project", [("项目名称",), ("项目",)], lambda r, i: f"示例项目{i}", write_text),
            number("teams", ("一起捐数",), high=50, units=["个"]),
            number("gift_times", ("捐款人次",), units=["人次"]),
            money("public_value", ("公众捐款",), ("公众捐款（元）",)),
            money("matched_value", ("配捐",)),
            money("offline_value", ("线下",)),
            money("value", ("合计",)),
            Column(None, [("全省排名",)], count(1, 16), same),
            dated("closed_on", "统计截止日期", label=True),
        ],
        finish=_sums("value", "public_value", "matched_value", "offline_value"),
    ),
    Form(
        8,
        "training.roster",
        "示例区红十字会救护员培训学员名册",
        [
            sequence_column("序号"),
            Column(
                "name", [("姓名",), ("姓 名",), ("学员姓名",)], person_or_minority, write_person
            ),
            Column("sex", [("性别",), ("性 别",)], sex_make, sex_write),
            Column(
                "id_number",
                [("身份证号",), ("身份证号码",), ("身份证\n号码",)],
                lambda r, i: "",
                write_identity,
            ),
            words("workplace", ["单位", "工作单位"], "示例中学", "样例公司", empty=0),
            words("occupation", ["职业"], "教师", "学生", "工人"),
            Column("phone", [("联系电话",), ("电话",)], phone, write_phone),
            dated("trained_on", "培训日期", "培训时间", label=True),
            Column("course", [("培训类型",)], course_make, course_write),
            number("theory_mark", ("理论成绩",), low=60, high=100, units=["分"]),
            Column(
                "practice",
                [("操作成绩",)],
                res_make,
                lambda r, v: "合格" if v == "PASSED" else "不合格",
            ),
            Column("result", [("是否合格",), ("考核结果",)], res_make, res_write),
            Column(
                "certificate_number", [("证书编号",), ("证书 编号",)], _serial("YN2021"), write_text
            ),
            dated("issued_on", "发证日期"),
            dated("expires_on", "有效期至"),
            remark(),
        ],
        finish=_roster,
    ),
    Form(
        9,
        "training.statistics",
        "应急救护培训情况统计表（2021年第三季度）",
        [
            unit_column(),
            number("classes", ("救护员", "期数"), high=50, units=["期"]),
            number("first_aiders", ("救护员", "人数"), units=["人"], low=500),
            number("teachers", ("救护员", "教师"), high=100),
            number("students", ("救护员", "学生"), high=100),
            number("officials", ("救护员", "公务员"), high=50),
            number("workers", ("救护员", "企业"), high=100),
            number("residents", ("救护员", "社区农村"), high=100),
            number("events", ("普及", "场次"), high=200, units=["场"]),
            number("people_times", ("普及", "人次"), units=["人次"]),
            number("instructor_classes", ("师资", "期数"), high=5),
            number("instructors", ("师资", "人数"), high=50),
            number("valid", ("累计持证",), low=3001, high=90000, units=["人"]),
            Column(
                "share",
                [("持证率",)],
                lambda r, i: Decimal(r.randint(1, 99)) / 10,
                lambda r, v: r.choice([f"{v}%", f"{v}％"]),
            ),
            number("aeds_new", ("AED", "新增"), high=20, units=["台"]),
            number("aeds", ("AED", "累计"), low=20, high=200),
            number("stations", ("救护站",), high=20, units=["个"]),
        ],
        rows=(4, 7),
        per_branch=True,
    ),
    Form(
        10,
        "donors.stem_cell_statistics",
        "造血干细胞工作统计表（2021年第三季度）",
        [
            unit_column(),
            number("planned", ("入库", "任务数"), low=1, high=500, units=["人份"]),
            number("stored", ("入库", "完成数"), high=500),
            number("reconfirmed", ("再动员",), high=50),
            number("high_resolution", ("高分辨",), high=20),
            number("examined", ("体检",), high=10),
            number("donated", ("捐献", "本年"), high=5, units=["例"]),
            number("donated_total", ("捐献", "累计"), high=100, units=["例"]),
            number("publicity", ("宣传场次",), high=30, units=["场"]),
            number("teams", ("志愿者服务队",), high=9, units=["支"]),
        ],
        rows=(4, 7),
        per_branch=True,
        finish=_donated,
    ),
    Form(
        11,
        "donors.organ_statistics",
        "遗体器官捐献统计表（2021年第三季度）",
        [
            unit_column(),
            number("wishes", ("志愿登记", "本年"), units=["人"]),
            number("wishes_total", ("志愿登记", "累计"), high=9000),
            number("donations", ("器官捐献", "例数"), low=9, high=19, units=["例"]),
            number("hearts", ("器官捐献", "心"), high=9),
            number("lungs", ("器官捐献", "肺"), high=9),
            number("livers", ("器官捐献", "肝"), high=9, units=["个"]),
            number("kidneys", ("器官捐献", "肾"), high=18, units=["枚"]),
            number("pancreases", ("器官捐献", "胰"), high=3),
            number("intestines", ("器官捐献", "小肠"), high=2),
            number("cornea_donations", ("角膜", "例"), high=9),
            number("corneas", ("角膜", "枚"), high=18, units=["枚", "片"]),
            number("bodies", ("遗体（例）",), high=9),
            number("recipients", ("受益人数",), high=60),
            number("coordinators_full_time", ("协调员", "专职"), high=3),
            number("coordinators_part_time", ("协调员", "兼职"), high=5),
            number("consoled", ("慰问救助", "人次"), high=30),
            dataclasses.replace(
                money("consoled_value", ("慰问救助", "万元")),
                write=lambda r, v: write_amount(r, v, 10000),
                money=False,
                total=False,
            ),
        ],
        rows=(4, 7),
        per_branch=True,
        finish=_organs,
    ),
    Form(
        12,
        "relief.roster",
        "博爱送万家发放花名册",
        [
            sequence_column("序号"),
            Column("branch", [("县",), ("县区",)], branch_make, branch_write, label=True),
            words("township", ["乡镇"], "示例镇", "样板乡", empty=0, label=True),
            words("village", ["村（社区）", "村(社区)"], "一村", "二社区", empty=0, label=True),
            Column(
                "householder", [("户主姓名",), ("户主 姓名",)], person_or_minority, write_person
            ),
            Column("id_number", [("身份证号",), ("身份证号码",)], lambda r, i: "", write_identity),
            number("family_size", ("家庭人口",), low=1, high=8, units=["人"]),
            Column("hardship", [("困难类型",)], hard_make, hard_write),
            words("goods", ["发放物资"], "家庭箱", "温暖包", empty=0),
            number("quantity", ("数量",), low=1, high=3, units=["个", "套"]),
            money("goods_value", ("折价（元）",), ("折价(元)",)),
            money("cash_value", ("现金（元）",), ("现金(元)",)),
            Column("phone", [("联系电话",)], phone, write_phone),
            Column("signed_by", [("领取人签字/代领关系",)], lambda r, i: "", same, empty=1),
            dated("given_on", "日期", "发放日期", label=True),
            words("edition", ["活动届次"], "2022年博爱送万家", empty=0, label=True),
        ],
        finish=_helped,
    ),
    Form(
        13,
        "relief.applications",
        "天使计划大病救助申请汇总表",
        [
            sequence_column("序号"),
            Column("child_name", [("患儿姓名",)], person, write_person),
            Column("_sex", [("性别",)], sex_make, sex_write),
            Column("born_on", [("出生日期",)], day, write_day),
            Column("id_number", [("身份证号",)], lambda r, i: "", write_identity),
            Column("branch", [("户籍地",)], branch_make, branch_write),
            Column("disease", [("病种",)], dis_make, dis_write),
            words("hospital", ["医院"], "省示例医院", empty=0),
            Column("transplanted", [("是否手术/移植",), ("是否移植",)], bool_make, bool_write),
            money("own_payment", ("家庭自付（元）",)),
            Column("guardian", [("监护人",)], person, write_person),
            Column(None, [("关系",)], text("父", "母"), same),
            Column("phone", [("电话",)], phone, write_phone),
            dated("applied_on", "申请日期"),
            money("granted", ("资助金额",)),
            dated("paid_on", "拨付日期", empty=0.5),
            Column(
                "aid_fund",
                [("基金",)],
                *choice({"LITTLE_ANGEL": ["小天使基金"], "SUNSHINE": ["天使阳光基金"]}),
            ),
        ],
        finish=_applications,
    ),
    Form(
        14,
        "reform.network",
        "基层组织、会员、志愿者统计表（2021年第三季度）",
        [
            unit_column(),
            number("units_start", ("基层组织", "期初"), low=50, units=["个"]),
            number("units_new", ("基层组织", "新增"), high=50),
            number("units_closed", ("基层组织", "注销"), high=20),
            number("units_end", ("基层组织", "期末")),
            number("townships", ("基层组织", "乡镇"), high=10),
            number("villages", ("基层组织", "村社区"), high=10),
            number("schools", ("基层组织", "学校"), high=10),
            number("medical", ("基层组织", "医疗"), high=10),
            number("enterprises", ("基层组织", "企业"), high=10),
            number("others", ("基层组织", "其他"), high=9),
            number("adults_new", ("会员", "成人"), units=["人"]),
            number("youths_new", ("会员", "青少年")),
            number("groups_new", ("会员", "团体（个）"), high=40),
            number("volunteers_new", ("志愿者", "注册"), units=["人"]),
            number("service_teams", ("志愿者", "服务队"), high=40, units=["支"]),
            number("volunteer_hours", ("志愿者", "时长（小时）"), units=["小时"]),
        ],
        rows=(4, 7),
        per_branch=True,
        finish=_network,
    ),
    Form(
        15,
        "reform.governance",
        "改革进展情况表",
        [
            unit_column(),
            Column(
                "independent_body",
                [("机构单设（理顺）",), ("机构单设(理顺)",)],
                gov_make,
                gov_write,
            ),
            words("body_rank", ["机构规格"], "正科级", "副科级"),
            words("body_nature", ["机构性质"], "参公管理", "全额事业"),
            number("staff_quota", ("编制数",), high=20, units=["名"]),
            number("staff_actual", ("实有",), high=20),
            Column("party_group", [("党组",)], gov_make, gov_write),
            Column("party_leader", [("党委分管领导（姓名职务）",)], gov_make, gov_write),
            Column("government_leader", [("政府分管领导",)], gov_make, gov_write),
            Column("council", [("理事会换届",)], gov_make, gov_write),
            Column("supervisors", [("监事会",)], gov_make, gov_write),
            Column("service_window", [("服务窗口",)], gov_make, gov_write),
            words("evidence", ["佐证文号"], "示发〔2021〕3号"),
            words("reason", ["未完成原因"], "编制未批"),
        ],
        rows=(4, 7),
        per_branch=True,
    ),
    Form(
        16,
        "reform.tasks",
        "2021年度重点任务推进表",
        [
            Column(
                "number", [("序号",)], lambda r, i: str(i + 1), lambda r, v: r.choice([int(v), v])
            ),
            Column("name", [("重点任务",)], lambda r, i: f"示例任务{i + 1}", write_text),
            words("measure", ["具体指标"], "建成三个服务窗口", "培训一万人", empty=0),
            words("target", ["目标值"], "3个", "10000人", empty=0),
            Column("leader", [("责任领导",)], person, write_person),
            words("department", ["责任部门/单位", "责任部门"], "办公室", "赈济救护部", empty=0),
            dated("due_on", "完成时限"),
            words("progress", ["进展情况"], "已完成80%以上", "正常推进", empty=0),
            words("value_done", ["完成值"], "2个", "8000人", empty=0),
            Column(
                "percent",
                [("完成率",), ("完成率（%）",)],
                count(1, 120),
                lambda r, v: r.choice([f"{v}%", f"{v}％", f"{v}.0%"]),
            ),
            Column("state", [("状态",)], *choice(STATE)),
            words("problem", ["存在问题"], "经费不足"),
            words("next_step", ["下步措施"], "加快推进"),
            words("evidence", ["佐证"], "会议纪要"),
        ],
        rows=(4, 9),
    ),
    Form(
        17,
        "relief.dispatches",
        "应急救援情况表",
        [
            unit_column(),
            words("event", ["灾害事件"], "“5·21”漾濞地震", "漾濞地震", empty=0, label=True),
            dated("dispatched_on", "时间", "派出时间"),
            words("place", ["地点"], "示例县", empty=0),
            Column("form", [("类别",)], form17_make, form17_write),
            words("team", ["派出／队伍"], "示例救援队", empty=0),
            number("batches", ("派出", "批次"), low=1, high=5, units=["批"]),
            number("people_times", ("派出", "人次"), low=50, high=500, units=["人次"]),
            words("work", ["任务"], "搜救", "供水"),
        ],
    ),
    Form(
        18,
        "relief.stock",
        "救灾物资出入库台账",
        [
            unit_column(),
            dated("moved_on", "日期", "出入库日期"),
            Column("document_number", [("单据号",), ("单号",)], _serial("RK"), write_text),
            Column("movement", [("类别",), ("出入库类别",)], move_make, move_write),
            words("item", ["品名"], "棉被", "折叠床", empty=0),
            words("model_size", ["规格"], "XL", "500ml"),
            number("quantity", ("数量",), low=1, units=["件", "箱"]),
            Column(
                "unit_price",
                [("单价（元）",), ("单价",)],
                lambda r, i: Decimal(r.randint(1, 99999)) / 100,
                write_amount,
            ),
            Column("value", [("金额（元）",), ("金额",)], amount, write_amount, total=True),
            words("counterpart", ["来源或去向", "捐赠方/调入方"], "示例公司", "样例社区"),
            words("batch", ["批次"], "2021-1", "B02"),
            Column(
                "expires_on",
                [("有效期",), ("有效期至",)],
                lambda r, i: dt.date(2023, r.randint(1, 12), r.randint(1, 28)),
                write_day,
                empty=0.4,
            ),
            Column("handler", [("经手人",)], person, write_person),
        ],
        finish=_stock,
    ),
]
