"""A value encrypted with the keys of this installation; a start with other keys is refused."""

from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError

from redcross.accounts.encryption import UnreadableSecretError, blind_index
from redcross.accounts.models import Canary

_VALUE = "金丝雀"
_MISMATCH = "FIELD_KEYS 与数据库不符：{why}，请放回写入数据时所用的密钥再启动。"


def store_canary(*, using: str) -> None:
    """Store a value encrypted with the current keys if there is none yet."""
    if not Canary.objects.using(using).exists():
        Canary(value=_VALUE).save(using=using)


def find_key_mismatch() -> str:
    """Return in one sentence why the keys do not match the data, "" if they do."""
    try:
        canary = Canary.objects.order_by("pk").first()
        if canary is None:
            return ""
        indexed = bytes(canary.value_index or b"")
    except UnreadableSecretError:
        return _MISMATCH.format(why="已加密的数据无法解开")
    except ImproperlyConfigured as error:
        return str(error)
    if indexed != blind_index("canary", _VALUE):
        return _MISMATCH.format(why="索引密钥已改变，按证件号查找会失效")
    return ""


def exit_on_wrong_keys() -> None:
    """Exit if the keys do not match the data; an unreachable database is not checked."""
    try:
        message = find_key_mismatch()
    except DatabaseError:
        return
    if message:
        raise SystemExit(message)
