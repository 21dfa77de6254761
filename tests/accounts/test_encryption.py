"""Personal values at rest, and keys that change."""

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
from redcross.accounts.masks import masked_name, masked_number, masked_phone


def key(number, letter):
    return f"{number}:{base64.b64encode(letter * 64).decode()}"


@given(st.text(min_size=1, max_size=60))
def test_always_what_was_encrypted_comes_back(value):
    assert decrypt(encrypt(value)) == value


def test_a_new_key_in_front_reads_what_the_old_one_wrote_and_keeps_the_index(settings):
    settings.FIELD_KEYS = key(1, b"a")
    stored, index = encrypt("13800001234"), blind_index("phone", "13800001234")

    settings.FIELD_KEYS = f"{key(2, b'b')},{key(1, b'a')}"

    assert decrypt(stored) == "13800001234"
    assert encrypt("13800001234")[0] == 2
    assert blind_index("phone", "13800001234") == index


def test_a_missing_key_is_a_clear_refusal(settings):
    settings.FIELD_KEYS = key(1, b"a")
    stored = encrypt("x")
    settings.FIELD_KEYS = key(2, b"b")

    with pytest.raises(UnreadableSecretError, match="密钥"):
        decrypt(stored)


@pytest.mark.parametrize("keys", ["", "x", "1:short", "300:" + "A" * 88])
def test_crooked_keys_stop_the_portal_with_a_sentence(settings, keys):
    settings.FIELD_KEYS = keys

    with pytest.raises(ImproperlyConfigured, match="FIELD_KEYS"):
        encrypt("x")


def test_kinds_of_identifiers_are_indexed_apart():
    assert blind_index("phone", "1") != blind_index("id_number", "1")


def test_a_sealed_file_that_was_touched_does_not_open():
    sealed = bytearray(seal(b"content"))
    assert unseal(bytes(sealed)) == b"content"
    sealed[-1] ^= 1

    with pytest.raises(UnreadableSecretError):
        unseal(bytes(sealed))


def test_masks_leave_what_the_rules_allow():
    assert masked_number("530102199001011234") == "530102********1234"
    assert masked_phone("13800005678、0871-63620000") == "138****5678、0871-636****0000"
    assert (masked_name("张三"), masked_name("张小明")) == ("张*", "张*明")
    assert encryption.current_key_id() > 0
