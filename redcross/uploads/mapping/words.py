"""The words by which headings and rows of any sheet are told apart.

What one sheet calls its own columns stands in its vocabulary file, not here.
"""

import re

SUM_WORDS = ("合计", "总计", "小计", "共计", "合計", "總計")
"""What a sum is called where nothing else is written beside it."""
SERIAL_HEADINGS = frozenset({"序号", "编号", "序", "NO", "NO.", "行号", "#"})
"""Headings of columns that only number the rows, normalised."""
BRANCH_HEADINGS = (
    "单位", "填报单位", "所属单位", "单位名称", "机构", "县", "县区", "县（市、区）", "县市区",
    "区县", "县（区）", "县（市）", "县市", "市县", "州市", "州（市）", "各州市", "各县市", "州县",
    "地州市", "州市名称", "县市名称", "县区名称", "地区", "行政区划", "红十字会", "红十字会名称",
    "报送单位", "上报单位", "报表单位", "编报单位", "县区名", "县（区）名称", "单位（县市区）",
    "县（市、区）红十字会", "州市、县", "责任县区",
)  # fmt: skip
"""What the column of the reporting branch is called in every sheet that has one."""

COUNT_ENDINGS = ("数", "数量", "人次", "次数")
"""How a heading ends that counts what its other words name: 捐款人数 names nobody."""
FILLER_PATTERNS = {
    "money": re.compile(r"(?:总金额|金额|数额|额)$"),
    "number": re.compile(r"(?:总数|数量|数|%)$"),
    "date": re.compile(r"起止(?=时间|日期)"),
    "words": re.compile(r"^(?:是否|有无)|(?:名称|姓名|情况|说明)$|是否"),
}
"""What fills up a heading without meaning more, by what the column holds (`value_class`)."""
FILLER_ENDINGS = ("总人数", "人次数", "人数", "数量", "总数", "数", "情况", "信息", "名称", "姓名")
"""What is cut off before two headings are compared, the longest first."""
CLASS_ENDINGS = {
    "money": re.compile(r"(?:金额|款额|数额|总额|折价|价值|价款|经费|元)$"),
    "number": re.compile(r"(?:人数|人次|次数|数量|户数|笔数|份数|场次|例数|件数|个数|总数)$"),
    "date": re.compile(r"(?:日期|时间|时限|期限)$"),
}
"""How the headings of each value class end."""
OPPOSITE_WORDS = (
    (("任务", "目标", "指标", "计划", "应收"), ("完成", "实际", "实收")),
    (
        ("期初", "上期", "原有", "年初"), ("期末", "现有", "年末"), ("新增", "新建"),
        ("注销", "撤销", "减少"),
    ),
    (("入库", "收入", "接收"), ("出库", "发出", "发放", "支出")),
    (("承诺", "认捐", "协议"), ("到账", "到位", "实收")),
    (("本年", "本期", "本月", "本季", "当期", "当月"), ("累计", "历年", "总计")),
    (("例",), ("枚", "片")),
    (("小时", "时长"), ("队",)),
    (("单价", "价格", "价值"), ("单位", "数量")),
    (("资金", "现金", "捐款"), ("物资", "实物", "捐物")),
    (("人次",), ("人数",)),
    (("成人", "成年"), ("青少年",), ("团体",)),
    (("非定向", "不定向"),),
    (("补考", "补交", "补助"),),
    (("监护人", "家长"), ("患儿", "患者")),
    (("户主",), ("经办", "填表", "领取", "代领")),
)  # fmt: skip
"""Groups of sides: a heading and a word with different sides of one group mean two things."""

TOTAL_WORDS = (
    "合计", "总计", "小计", "共计", "累计", "总金额", "总额", "总数", "总和", "合計", "總計",
)  # fmt: skip
"""What the first cell of a total says; after it nothing may stand but what sums are called."""
AMOUNT_WORDS = (
    "金额", "总额", "合计", "总计", "共计", "小计", "累计", "总和", "资金", "捐款", "善款",
    "人民币",
)  # fmt: skip
"""What stands before an amount among words: 总金额314540755.69."""
