"""Encryption of personal values at rest, and rotation of its keys."""

import base64

import pytest
from django.core.exceptions import ImproperlyConfigured
from hypothesis import given
from hypothesis import strategies as st

from redcross.accounts import encryption
from redcross.accounts.encryption import (
    UnreadableSecretError,
    blind_index,
    decrypt,
    encrypt,
    seal,
    unseal,
)
from redcross.accounts.masks import mask_id_number, mask_name, mask_phone


def key(number, letter):
    return f"{number}:{base64.b64encode(letter * 64).decode()}"


@given(st.text(min_size=1, max_size=60))
def test_encrypted_value_decrypts_to_itself(value):
    assert decrypt(encrypt(value)) == value


def test_new_field_key_reads_old_values_and_keeps_the_index(settings):
    settings.FIELD_KEYS = key(1, b"a")
    stored, index = encrypt("13800001234"), blind_index("phone", "13800001234")

    settings.FIELD_KEYS = f"{key(2, b'b')},{key(1, b'a')}"

    assert decrypt(stored) == "13800001234"
    assert encrypt("13800001234")[0] == 2
    assert blind_index("phone", "13800001234") == index


def test_decryption_with_missing_key_is_refused_by_name(settings):
    settings.FIELD_KEYS = key(1, b"a")
    stored = encrypt("x")
    settings.FIELD_KEYS = key(2, b"b")

    with pytest.raises(UnreadableSecretError, match="密钥"):
        decrypt(stored)


@pytest.mark.parametrize("keys", ["", "x", "1:short", "300:" + "A" * 88])
def test_malformed_field_keys_refuse_to_start_with_a_message(settings, keys):
    settings.FIELD_KEYS = keys

    with pytest.raises(ImproperlyConfigured, match="FIELD_KEYS"):
        encrypt("x")


def test_blind_index_differs_by_kind_of_identifier():
    assert blind_index("phone", "1") != blind_index("id_number", "1")


def test_tampered_encrypted_file_does_not_open():
    sealed = bytearray(seal(b"content"))
    assert unseal(bytes(sealed)) == b"content"
    sealed[-1] ^= 1

    with pytest.raises(UnreadableSecretError):
        unseal(bytes(sealed))


def test_masks_show_only_allowed_characters():
    assert mask_id_number("530102199001011234") == "530102********1234"
    assert mask_phone("13800005678、0871-63620000") == "138****5678、0871-636****0000"
    assert (mask_name("张三"), mask_name("张小明")) == ("张*", "张*明")
    assert encryption.current_key_id() > 0
