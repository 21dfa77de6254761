"""The phrases by which totals, sections, notes and signatures are told from data."""

import re

from redcross.uploads.mapping.units import UNIT_WORDS
from redcross.uploads.mapping.words import TOTAL_WORDS

_TOTAL_WORD = "|".join(TOTAL_WORDS)
_OF_TOTAL = (
    "金额|数额|款额|总额|捐款|捐赠|善款|款项|款物|资金|物资|人民币|大写|小写|人数|人次|笔数|户数|收到|接收|募集|收入"
    "|社会|各界|爱心|单位|个人|为|是|共|额|数|款|元"
)
# 合计科技公司 is a giver: after the word stands nothing but what sums are called.
_TOTAL_ENDS = rf"(?:{_OF_TOTAL})*+(?=$|[^\w(]|_|\d|\((?:{UNIT_WORDS}|{_OF_TOTAL}|单位|\d))"
TOTAL = re.compile(
    r"\W*(?:以上|本页|本表|本期|本月|本年|本日|当日|全年|全省|全市|全州|全县|全区|累计|捐款|捐赠|接收|金额|款物|资金|物资)*"
    rf"(?:{_TOTAL_WORD}){_TOTAL_ENDS}"
)
TOTAL_OF = re.compile(
    rf".{{1,20}}(?:{_TOTAL_WORD}){_TOTAL_ENDS}|.{{0,20}}共(?:收到|接收|接受|募集|筹集|收)?(?:{_OF_TOTAL})*+\d"
)
"""2月1日小计 or 共57笔: a total only where the row has nothing else that a line has."""
SECTION = (
    r"^[(]?[一二三四五六七八九十]{1,3}(?:[)、.:](?:[^一二三四五六七八九十]|[一二三四五六七八九十]+[^一二三四五六七八九十、.:)])"
    r"|[)、.:]?$)"
)
"""一、单位 and 一、五华区; 一、二 are two lines."""
SIGNATURE = re.compile(
    r"(?:注|备注|说明|附注|填表|制表|审核|复核|负责人|单位负责人|主管|经办|联系|填报|报送|"
    r"统计时间|统计日期|截止|截至|数据来源|日期|时间|签字|盖章|公示|监督|电话|地址|开户)"
    r"(?:人|单位|日期|时间|电话|领导|责任人|来源|期|说明|方式|银行)*\s*[(]?[^:]{0,12}:"
)
LABEL_WITH_COLON = re.compile(r"[\u3400-\u9fff]{2,8}(?:\([^)]{1,6}\))?:")
"""分管领导：, 科室（盖章）：, whatever stands behind it."""
PAGE_FURNITURE = re.compile(
    r"\(?(?:金额|货币|计量)?单位[:为是]\S{1,8}\)?|第\d+页(?:[,，/／]?共\d+页)?|共\d+页|\d+[/／]\d+页?"
    r"|接上页|转下页|续表|续上表"
)
"""单位：元 and 第2页, printed again above the heading of each page."""
PERIOD_SUMS = frozenset(
    {f"{when}{what}" for when in ("本月", "本日", "当月", "当日") for what in ("合计", "小计")}
)
"""The sum of the lines since the last of its kind; 本年累计 counts what is carried too."""
CARRIED_FORWARD = PERIOD_SUMS | frozenset(
    {
        *("承前页", "过次页", "转次页", "接前页", "承上页", "转下页"),
        *("上年结转", "结转下年", "期初余额", "年初余额", "月初余额", "上月结转", "上期结转"),
        *(
            f"{when}{what}"
            for when in ("本月", "本年", "本期", "本季", "本日", "本页", "当月", "当年", "当日")
            for what in ("合计", "累计", "发生额", "小计", "总计", "合计数", "累计数")
        ),
    }
)
"""What account books print between their lines, in whichever column."""
SUMMARY = re.compile(
    r"(?:订单|交易|退款|收款|手续费|支付|捐款|捐赠)*(?:总(?:金?额|单数|笔数|数|计)|合计(?:金额|笔数))"
    r"|总(?:订单|交易|退款|收款|支付|捐款|捐赠|手续费)*(?:单数|笔数|金?额|数)|手续费总额"
)
"""总交易单数, 订单总金额: the heading of the summary at the foot of an export."""
NOTE = re.compile(r"^(?:注|备注|说明|附注|温馨提示|存在问题)[:\d(]")
NUMERIC_DAY = re.compile(r"^\d{4}([-./])\d{1,2}\1\d{1,2}$")
