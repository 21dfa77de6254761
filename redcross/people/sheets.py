"""The sheet of requested accounts."""

import polars as pl

from redcross.people.models import AccountRequest
from redcross.uploads.registry import register
from redcross.uploads.schema.import_spec import Rule, SheetKind
from redcross.uploads.schema.sheet import Column, Sheet


@register
class Accounts(Sheet):
    """账户登记表：每行一个人的一个角色；审核生效后由上一级在“人员与账户”里开通。"""

    key = "people.accounts"
    title = "账户登记表"
    model = AccountRequest
    kind = SheetKind.ROSTER
    identity = ("username", "role")

    branch = Column("单位", aliases=["机构", "所属单位", "州市", "县区"], fill_down=True)
    display_name = Column("姓名", aliases=["人员姓名", "用户姓名"], sample="张示例")
    username = Column("登录名", aliases=["账号", "账户", "用户名"], sample="kunming-zhang")
    role = Column("角色", aliases=["岗位", "权限"], sample="统计员")
    domain_ = Column("业务", aliases=["业务范围", "分管业务"])
    office_phone = Column("办公电话", aliases=["电话", "联系电话"])
    email = Column("电子邮箱", aliases=["邮箱", "邮件"])
    ends_on = Column("截止日期", aliases=["有效期至"])

    def rules(self) -> tuple[Rule, ...]:
        """Require sign-in names without spaces and special characters."""
        return (
            Rule(
                code="text.too_long",
                violation=lambda: ~pl.col("username").str.contains(r"^[\p{Han}A-Za-z0-9_.@-]+$"),
                needs=("username",),
                message="登录名“{username}”含有空格或不能用的符号",
                suggestion="登录名请用汉字、字母、数字和 - _ . @。",
            ),
        )
