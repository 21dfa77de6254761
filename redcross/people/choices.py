"""Choices of people."""

from django.db import models


class ActionVerb(models.TextChoices):
    """The kind of an account action: what one user does to the account or roles of another."""

    OPEN = "OPEN", "开通账户"
    RESET_PASSWORD = "RESET_PASSWORD", "重置密码"
    RESET_SECOND_FACTOR = "RESET_SECOND_FACTOR", "解除验证器"
    SIGN_OUT = "SIGN_OUT", "结束全部登录"
    STAND_IN = "STAND_IN", "安排代理"
    HAND_OVER = "HAND_OVER", "移交工作"
    GRANT_ROLE = "GRANT_ROLE", "授予或延长角色"
    END_ROLE = "END_ROLE", "结束角色"
    CLOSE_ACCOUNT = "CLOSE_ACCOUNT", "停用账户"
    REOPEN_ACCOUNT = "REOPEN_ACCOUNT", "启用账户"
    EDIT_ACCOUNT = "EDIT_ACCOUNT", "修改账户资料"


class RequestState(models.TextChoices):
    """The state of an action that a second administrator must confirm."""

    WAITING = "WAITING", "待确认"
    CONFIRMED = "CONFIRMED", "已确认"
    DECLINED = "DECLINED", "未通过"
    EXPIRED = "EXPIRED", "已过期"
