"""The numbered catalogue of findings: what each means, and how to mend it."""

import dataclasses

from redcross.uploads.choices import Severity
from redcross.uploads.schema.findings import Finding

_E, _W, _N = Severity.ERROR, Severity.WARNING, Severity.NOTICE


@dataclasses.dataclass(frozen=True, slots=True)
class FindingCode:
    """One kind of finding."""

    key: str
    number: str
    severity: Severity
    title: str
    meaning: str
    remedy: str


_CODE_ROWS = (
    (
        "heading.missing",
        "E001",
        _E,
        "没有找到表头",
        "工作表中没有一行含有两个以上本表的栏目名称。",
        "请使用空表模板，或把栏目名称放在同一行。",
    ),
    (
        "column.missing",
        "E002",
        _E,
        "缺少必填栏",
        "整张表没有这一栏。",
        "请补上这一栏；公开名单没有票据号、日期时可改用其他报表。",
    ),
    ("table.empty", "E003", _E, "没有数据行", "表头下没有数据。", "本期确无数据时请报“零报告”。"),
    (
        "label.carried",
        "W004",
        _W,
        "空白按上一行读取",
        "该栏没有合并单元格而留了空白，按上一行的内容读取。",
        "请核对；不是同一个的请补填。",
    ),
    (
        "label.unmerged",
        "N005",
        _N,
        "合并单元格按上一行读取",
        "csv 等格式不保存合并单元格，空白按上一行的内容读取。",
        "如不对，请补填后重新上传。",
    ),
    (
        "unit.conflict",
        "W006",
        _W,
        "两处单位不一致",
        "栏目名称中的单位与表上方的单位不同，按栏目名称读取。",
        "请统一单位。",
    ),
    (
        "branch.not_read",
        "W007",
        _W,
        "疑似单位的栏没有读取",
        "这一栏填的都是单位名称，但没有对应到“单位”，全部行按本单位读取。",
        "请在页面上指定它对应“单位”，或确认全部是本单位的数据。",
    ),
    (
        "date.unreadable",
        "E101",
        _E,
        "日期无法识别",
        "单元格内容不是日期。",
        "请写成 2021-08-08、2021/8/8 或 2021年8月8日。",
    ),
    (
        "date.impossible",
        "E102",
        _E,
        "日期不存在",
        "月或日超出范围，或年份不合理。",
        "请核对月和日。",
    ),
    ("date.month_only", "E103", _E, "只有年月", "需要具体到日。", "请补上日。"),
    ("date.year_missing", "E104", _E, "日期没有年份", "报告期跨年，无法确定年份。", "请写明年份。"),
    (
        "date.year_assumed",
        "W105",
        _W,
        "按报告期补年份",
        "单元格没有年份，按报告期读取。",
        "请写明年份。",
    ),
    ("date.two_digit_year", "W106", _W, "两位年份", "年份只有两位。", "请写四位年份。"),
    (
        "date.outside_period",
        "E107",
        _E,
        "日期不在报告期内",
        "该行不属于所报的月份。",
        "请改正日期，或另报所属月份。",
    ),
    ("date.order", "E108", _E, "日期先后不合理", "后一个日期早于前一个。", "请核对两个日期。"),
    ("date.future", "W109", _W, "日期晚于今天", "日期在将来。", "请核对日期。"),
    (
        "amount.unreadable",
        "E201",
        _E,
        "金额无法识别",
        "单元格内容不是数字。",
        "请只填一个数字，单位写在表头。",
    ),
    ("amount.in_words", "E202", _E, "金额写成汉字", "大写或中文数字不能汇总。", "请填写数字。"),
    ("amount.too_large", "E203", _E, "金额过大", "数值超出合理范围。", "请核对单位是元还是万元。"),
    (
        "amount.more_places",
        "W204",
        _W,
        "小数位过多",
        "小数位超出，按四舍五入读取。",
        "请保留规定的小数位。",
    ),
    ("amount.foreign_unit", "E205", _E, "不是人民币", "带有其他货币或单位。", "请折算为人民币。"),
    (
        "amount.negative",
        "E206",
        _E,
        "金额为负",
        "只有退款可以为负，且须注明原因和原票据。",
        "请填写退款原因和被冲销的原票据号。",
    ),
    ("amount.inexact", "E209", _E, "不是确数", "写有余、约、多等字。", "请填写准确的数字。"),
    (
        "amount.jump",
        "W210",
        _W,
        "疑似单位写错",
        "该数与同一栏其他行或本单位上期相差约一万倍，可能写错了元与万元。",
        "请核对单位是元还是万元。",
    ),
    (
        "percent.scaled",
        "W211",
        _W,
        "百分数按小数读取",
        "整栏都是 0 至 1 之间的小数，按百分数读取，如 0.85 读作 85%。",
        "请核对；本意是 0.85% 的请写成“0.85%”。",
    ),
    (
        "percent.doubtful",
        "W212",
        _W,
        "百分数写法不一",
        "同一栏既有 0 至 1 之间的小数，又有大于 1 的数。",
        "请统一写成百分数，如 85%。",
    ),
    ("amount.digits", "E207", _E, "数值位数过多", "整数部分位数超出。", "请核对数值。"),
    ("integer.fraction", "E208", _E, "应为整数", "人数、件数等不能有小数。", "请填写整数。"),
    (
        "id.rounded",
        "E301",
        _E,
        "证件号码丢失末几位",
        "Excel 把号码当作数字，超过 15 位的部分变成了 0。",
        "请把整列设为“文本”格式后重新填写。",
    ),
    (
        "id.check_digit",
        "E302",
        _E,
        "身份证校验码不正确",
        "最后一位与前 17 位不符，必有一位写错。",
        "请对照证件核对每一位。",
    ),
    (
        "id.birth_date",
        "E303",
        _E,
        "身份证出生日期不存在",
        "第 7—14 位不是日期。",
        "请对照证件核对。",
    ),
    ("id.length", "E304", _E, "证件号码位数不对", "身份证号应为 18 位。", "请核对是否漏填。"),
    (
        "id.unreadable",
        "E305",
        _E,
        "证件号码无法识别",
        "不是身份证、护照或通行证号码。",
        "请核对证件号码。",
    ),
    (
        "id.fifteen_digits",
        "W306",
        _W,
        "15 位旧身份证号",
        "第一代身份证已停用。",
        "请改为 18 位号码。",
    ),
    ("id.birth_mismatch", "E307", _E, "出生日期与身份证不符", "两处不一致。", "请核对。"),
    (
        "id.sex_mismatch",
        "E308",
        _E,
        "性别与身份证不符",
        "身份证第 17 位单数为男、双数为女。",
        "请核对。",
    ),
    (
        "phone.unreadable",
        "E311",
        _E,
        "电话无法识别",
        "位数或格式不对。",
        "手机号 11 位；座机写区号。",
    ),
    ("credit_code.form", "W321", _W, "信用代码格式不符", "应为 18 位。", "请对照证照核对。"),
    (
        "credit_code.check_digit",
        "W322",
        _W,
        "信用代码校验码不符",
        "个别真实代码也会不符，仅提醒。",
        "请对照证照核对。",
    ),
    (
        "branch.unknown",
        "E401",
        _E,
        "单位名称无法识别",
        "不是本省红十字会或已知的旧名。",
        "请填写规范名称或行政区划代码。",
    ),
    ("branch.ambiguous", "E402", _E, "单位名称不唯一", "同名的有州市也有县。", "请写全称。"),
    (
        "branch.outside",
        "E403",
        _E,
        "单位不在管辖范围",
        "只能报本单位和下级单位。",
        "请删去该行或改正单位。",
    ),
    ("choice.unknown", "E411", _E, "不在可选范围", "该栏只能填列出的词。", "请按可填的词改正。"),
    (
        "reference.unknown",
        "E412",
        _E,
        "名称没有登记",
        "基金、活动等须先由省级登记。",
        "请改正名称，或联系省红十字会登记。",
    ),
    (
        "date.month_end",
        "W110",
        _W,
        "有效期只有年月",
        "按当月最后一天保存。",
        "知道是哪一天的，请写全。",
    ),
    (
        "phone.masked",
        "W310",
        _W,
        "电话已隐去",
        "带星号的电话不保存。",
        "需要联系的，请填完整的号码。",
    ),
    (
        "amount.goods",
        "W213",
        _W,
        "金额栏里写的是物资",
        "款和物填在同一栏，物资记入品名，没有金额。",
        "有价值的，请另填金额、数量和计价依据。",
    ),
    (
        "check.failed",
        "E010",
        _E,
        "检查时出现意外",
        "程序没有预料到的情况，已记录。",
        "请重新检查一次，仍不行时把批次号告诉系统管理员。",
    ),
    (
        "choice.other",
        "W416",
        _W,
        "不在可选范围，读作其他",
        "该栏的可选范围中没有这个词，按“其他”保存。",
        "另有所指的，按可填的词改写。",
    ),
    (
        "reference.new",
        "W414",
        _W,
        "名称还没有登记",
        "新的物资品种、灾害事件、届次随本批登记；写法不同的同一件事会成为两件。",
        "与已登记的是同一件的，按登记的名称改写；确是新的，写明情况后提交。",
    ),
    (
        "reference.as_text",
        "W415",
        _W,
        "名称没有登记，按文字保存",
        "没有登记过的基金、活动不计入任何基金和活动，写的字记入另一栏。",
        "应计入某个基金或活动的，按登记的名称改写。",
    ),
    ("boolean.unreadable", "E413", _E, "应填是或否", "无法判断是或否。", "请填“是”或“否”。"),
    ("required.empty", "E501", _E, "必填项为空", "该栏每行都要填。", "请补填。"),
    (
        "text.digits_lost",
        "E504",
        _E,
        "编号丢失末几位",
        "Excel 把编号当作数字，超过 15 位的部分丢失。",
        "请把整列设为“文本”格式后重新填写。",
    ),
    ("text.too_long", "E502", _E, "文字过长", "超过该栏的长度。", "请精简。"),
    (
        "cell.error",
        "E503",
        _E,
        "公式错误",
        "单元格显示 #REF! 一类错误。",
        "请修正公式或直接填数值。",
    ),
    (
        "identity.repeated",
        "W511",
        _W,
        "重复的行",
        "编号与另一行相同。",
        "确为同一张票据的多笔时无需修改。",
    ),
    ("row.repeated", "E513", _E, "不应重复的内容重复", "该栏在一份表中只能出现一次。", "请核对。"),
    (
        "total.differs",
        "W601",
        _W,
        "合计与明细不符",
        "打印的合计与明细之和不同。",
        "请核对合计或明细。",
    ),
    ("sum.parts", "E602", _E, "分项之和不等于合计", "合计应等于各分项之和。", "请核对各项。"),
    ("sum.cumulative", "E603", _E, "累计小于本期", "累计数不应小于当期数。", "请核对。"),
    (
        "swing.large",
        "W604",
        _W,
        "与上期相差过大",
        "同一单位的这个数比上一个同样长短的报告期变动超过 50%；上期数很小的不比。",
        "请核对；确实如此请在说明中写明。",
    ),
    (
        "total.not_carried",
        "W605",
        _W,
        "累计数接不上",
        "本期累计应等于上期累计加本期数；上期累计取同一张表上一个同样长短的报告期。",
        "请核对本期数与累计数；上期报错的请先更正上期，确有调整的请在说明中写明。",
    ),
    (
        "roster.differs",
        "W606",
        _W,
        "与名册人数不符",
        "同一单位同一报告期，统计表上的数与已生效的名册、台账数出来的不同。",
        "请核对名册是否报全、是否都已生效；以名册为准，统计表只作核对，不重复计入。",
    ),
    (
        "refund.reason_missing",
        "E611",
        _E,
        "退款缺少原因",
        "金额为负须写明原因和原票据号。",
        "请补填。",
    ),
    (
        "column.unknown",
        "N701",
        _N,
        "没有用到的栏",
        "表中有不认识的栏，未读取。",
        "可在页面上指定它对应哪一栏。",
    ),
    (
        "column.from_title",
        "N706",
        _N,
        "按标题读取",
        "表中没有这一栏，标题写明了它，全部行按标题读取。",
        "请核对；不是的请补上这一栏。",
    ),
    (
        "branch.from_worksheet",
        "N713",
        _N,
        "按工作表名称确定单位",
        "工作表以下级单位命名，表中没有单位一栏，全部行记在这个单位。",
        "请核对；不是的请补上单位一栏。",
    ),
    (
        "date.range",
        "W111",
        _W,
        "一段日期",
        "填的是起止日期，按第一天保存。",
        "应按另一天的，请只填那一天。",
    ),
    (
        "column.stated",
        "N709",
        _N,
        "按上传人填写的读取",
        "表中没有这一栏，上传人为整张表填写了它。",
        "请核对；不是的请在批次页面改填，或补上这一栏。",
    ),
    (
        "column.akin",
        "W712",
        _W,
        "按相近的名称读取",
        "表头的叫法不在已知的叫法中，按名称相近、内容相符的一栏读取。",
        "请核对；不是的请在批次页面“识别结果”处改过来，以后会记住。",
    ),
    (
        "table.excerpt",
        "W711",
        _W,
        "与另一张工作表重复",
        "这张工作表的行在另一张中都有，只读一次。",
        "确是另外的行，请合并到一张工作表后重报。",
    ),
    (
        "sheet.continued",
        "W710",
        _W,
        "没有表头的续页",
        "这张工作表没有表头，列和前一张相同，按前一张的表头读取。",
        "请核对；不是续页的，删去这张工作表或补上表头。",
    ),
    (
        "column.by_period",
        "W708",
        _W,
        "按报告期读取日期",
        "表中没有日期一栏，标题也没有写明，全部行按报告期读取。",
        "不是这一天的，请在批次页面“整张表填写”处写明，或补上这一栏。",
    ),
    (
        "branch.by_level",
        "N707",
        _N,
        "按同栏单位的级别读取",
        "这个名称既是州市又是县（市），同栏其他单位都是同一级。",
        "不是的请写全称，如“大理州”“大理市”。",
    ),
    ("workbook.notice", "N703", _N, "文件说明", "读取文件时跳过了一些内容。", "一般无需处理。"),
    (
        "branch.workplace",
        "W009",
        _W,
        "单位不是红十字会机构",
        "名单中的“单位”没有一个是红十字会机构，看作捐赠人等所在的单位。",
        "若是填报单位，请写规范名称，或把栏目改为“填报单位”。",
    ),
    (
        "table.skipped",
        "W008",
        _W,
        "没有读取的表格",
        "同一份文件中另有明细，这个表格只有金额，看作汇总。",
        "若不是汇总，请补上必填栏后重新上传。",
    ),
    ("sheet.skipped", "N704", _N, "跳过的工作表", "没有找到本表的表头。", "一般无需处理。"),
    (
        "upload.same_rows",
        "N705",
        _N,
        "数据与另一份完全相同",
        "换了文件名或顺序，但每一行都与已报的一份相同。",
        "若是重复报送，请撤回；相同的行不会重复计入。",
    ),
    ("rule.broken", "E799", _E, "不符合填报规则", "各栏之间不一致。", "请按提示核对。"),
)

CODES = {row[0]: FindingCode(*row) for row in _CODE_ROWS}


def register_codes(*codes: FindingCode) -> None:
    """Add the kinds of finding that an app's own rules give; a key used twice fails."""
    for code in codes:
        if CODES.setdefault(code.key, code) != code:
            message = f"two findings are called {code.key}"
            raise ValueError(message)


def severity_of(code: str) -> Severity:
    """Return how grave a code is; one outside the catalogue blocks."""
    known = CODES.get(code)
    return known.severity if known else Severity.ERROR


def finding(
    code: str,
    message: str,
    *,
    worksheet: str,
    row: int | None = None,
    column: str | None = None,
    field: str | None = None,
    value: str = "",
    suggestion: str | None = None,
    severity: Severity | None = None,
) -> Finding:
    """Return a finding of this code; severity and remedy are the catalogue's unless given.

    `row` as Excel numbers it, `column` as its letter; both None for a whole worksheet.
    """
    if suggestion is None:
        suggestion = CODES[code].remedy
    return Finding(
        worksheet=worksheet,
        row=row,
        column=column,
        field=field,
        code=code,
        severity=severity_of(code) if severity is None else severity,
        message=message,
        suggestion=suggestion,
        value=value,
    )
