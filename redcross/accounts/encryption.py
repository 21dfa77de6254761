"""Encryption of personal values at rest: AES-SIV, with a separate index to search by.

`FIELD_KEYS` is a comma-separated list of id:base64 of 64 bytes, the current key first; id 0,
if present, is the index key only and never encrypts. A stored value is one byte of key id,
one byte of algorithm (so that SM4 can be added), then the ciphertext. Equal texts give equal
ciphertexts under one key only, so uniqueness and search use the index: a MAC with a separate
key for each kind of identifier, which key rotation does not change.
"""

import base64
import functools
import hashlib
import secrets
from collections.abc import Iterable, Sequence
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM, AESSIV
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django import forms
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import models

KEY_LENGTH = 64
AES_SIV = 1
INDEX_KEY_ID = 0
MAX_KEY_ID = 255
_NONCE_LENGTH = 12


class UnreadableSecretError(Exception):
    """A stored value was encrypted with a key that this installation does not have."""

    def __str__(self) -> str:
        return "加密数据无法解开：缺少当时使用的密钥，请系统管理员检查 FIELD_KEYS。"


@functools.lru_cache(maxsize=4)
def _parse_keys(text: str) -> dict[int, bytes]:
    keys: dict[int, bytes] = {}
    for part in filter(None, text.split(",")):
        name, _, encoded = part.strip().partition(":")
        try:
            key = base64.b64decode(encoded, validate=True)
        except ValueError:
            key = b""
        if not name.isdigit() or int(name) > MAX_KEY_ID or len(key) != KEY_LENGTH:
            message = (
                "FIELD_KEYS 须为“编号:64字节的Base64”，多个以逗号分隔，编号 1—255，"
                "当前密钥在前；编号 0 为索引密钥。"
            )
            raise ImproperlyConfigured(message)
        keys[int(name)] = key
    if not keys.keys() - {INDEX_KEY_ID}:
        message = "缺少 FIELD_KEYS：没有密钥不能读写个人信息。"
        raise ImproperlyConfigured(message)
    return keys


def _keys() -> dict[int, bytes]:
    return _parse_keys(settings.FIELD_KEYS)


def key_ids() -> list[int]:
    """Return the ids of all keys, the current one first."""
    return list(_keys())


def current_key_id() -> int:
    """Return the id of the key that encrypts new values."""
    return next(key_id for key_id in _keys() if key_id != INDEX_KEY_ID)


@functools.lru_cache(maxsize=16)
def _derive_key(purpose: str, text: str, key_id: int, length: int) -> bytes:
    key = _parse_keys(text)[key_id]
    return HKDF(SHA256(), length, salt=None, info=purpose.encode()).derive(key)


@functools.lru_cache(maxsize=16)
def _field_cipher(text: str, key_id: int) -> AESSIV:
    return AESSIV(_derive_key("field", text, key_id, KEY_LENGTH))


def encrypt(value: str) -> bytes:
    """Return the stored form of a personal value."""
    return encrypt_many([value])[0] or b""


def encrypt_many(values: Iterable[str | None]) -> list[bytes | None]:
    """Encrypt a column; None stays None."""
    key_id = current_key_id()
    siv = _field_cipher(settings.FIELD_KEYS, key_id)
    head = bytes((key_id, AES_SIV))
    return [None if value is None else head + siv.encrypt(value.encode(), None) for value in values]


def decrypt(stored: bytes) -> str:
    """Return the value; raise UnreadableSecretError if its key is missing."""
    stored = bytes(stored)
    if len(stored) < 2 or stored[0] not in _keys() or stored[1] != AES_SIV:
        raise UnreadableSecretError
    try:
        return _field_cipher(settings.FIELD_KEYS, stored[0]).decrypt(stored[2:], None).decode()
    except InvalidTag:
        raise UnreadableSecretError from None


def index_key(kind: str) -> bytes:
    """Return the MAC key of one kind of identifier.

    It is derived from key 0, else from the oldest key: rotation adds a key in front, so
    that the index of every row stays valid.
    """
    source = INDEX_KEY_ID if INDEX_KEY_ID in _keys() else list(_keys())[-1]
    return _derive_key(f"index:{kind}", settings.FIELD_KEYS, source, 32)


def blind_index(kind: str, value: str) -> bytes:
    """Return the 16 bytes that index a value of this kind."""
    return blind_indexes(kind, [value])[0] or b""


def blind_indexes(kind: str, values: Sequence[str | None]) -> list[bytes | None]:
    """Index a column; None stays None. Case and surrounding blanks are ignored."""
    key, mac = index_key(kind), hashlib.blake2b
    return [
        None
        if value is None
        else mac(value.strip().upper().encode(), digest_size=16, key=key).digest()
        for value in values
    ]


def seal(content: bytes) -> bytes:
    """Encrypt a whole file for storage (AES-GCM)."""
    key_id = current_key_id()
    nonce = secrets.token_bytes(_NONCE_LENGTH)
    key = _derive_key("file", settings.FIELD_KEYS, key_id, 32)
    return bytes((key_id,)) + nonce + AESGCM(key).encrypt(nonce, content, None)


def unseal(stored: bytes) -> bytes:
    """Return the content of a sealed file; raise UnreadableSecretError."""
    if not stored or stored[0] not in _keys():
        raise UnreadableSecretError
    nonce, body = stored[1 : _NONCE_LENGTH + 1], stored[_NONCE_LENGTH + 1 :]
    key = _derive_key("file", settings.FIELD_KEYS, stored[0], 32)
    try:
        return AESGCM(key).decrypt(nonce, body, None)
    except InvalidTag:
        raise UnreadableSecretError from None


class EncryptedField(models.BinaryField):  # type: ignore[type-arg]
    """A text stored encrypted; `kind` names the index stored beside it as `<field>_index`.

    The model adds the index column itself, as `BlindIndexField(of=…)`.
    """

    description = "加密文本"

    def __init__(self, *args: Any, kind: str = "", **kwargs: Any) -> None:
        self.kind = kind
        kwargs.setdefault("editable", True)
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        kwargs["kind"] = self.kind
        return name, path, args, kwargs

    def from_db_value(self, value: Any, *_: Any) -> str | None:
        return None if value is None else decrypt(value)

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        if isinstance(value, str):
            value = encrypt(value) if value else None
        return super().get_db_prep_value(value, connection, prepared)

    def to_python(self, value: Any) -> Any:
        return value

    def formfield(self, **kwargs: Any) -> Any:
        return models.Field.formfield(self, form_class=forms.CharField, **kwargs)

    def value_to_string(self, obj: models.Model) -> str:
        return str(self.value_from_object(obj) or "")


class BlindIndexField(models.BinaryField):  # type: ignore[type-arg]
    """The searchable index of an encrypted field, set whenever the row is saved."""

    def __init__(self, *args: Any, of: str = "", **kwargs: Any) -> None:
        self.of = of
        kwargs.update(editable=False, null=True, max_length=16)
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        for key in ("editable", "null", "max_length"):
            kwargs.pop(key, None)
        kwargs["of"] = self.of
        return name, path, args, kwargs

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        source: EncryptedField = model_instance._meta.get_field(self.of)  # type: ignore[assignment]
        value = getattr(model_instance, self.of)
        indexed = blind_index(source.kind, value) if value else None
        setattr(model_instance, self.attname, indexed)
        return indexed
