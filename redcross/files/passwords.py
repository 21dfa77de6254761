"""Encryption of Office files with a password (AES-256, agile), and strong passwords."""

import io
import secrets

from msoffcrypto import OfficeFile
from msoffcrypto.exceptions import DecryptionError, FileFormatError, InvalidKeyError
from msoffcrypto.format.ooxml import OOXMLFile

ENCRYPTABLE = frozenset({"xlsx", "xlsm", "docx"})
MIN_LENGTH = 10
MIN_CLASSES = 3
_LETTER_GROUPS = (
    "abcdefghjkmnpqrstuvwxyz",
    "ABCDEFGHJKLMNPQRSTUVWXYZ",
    "23456789",
)  # without characters that look alike
_OLE_SIGNATURE = bytes.fromhex("d0cf11e0a1b11ae1")
_PACKAGE_STREAM = "EncryptedPackage".encode("utf-16-le")


def generate_password() -> str:
    """Return three groups of four characters, easy to read out, with both cases and digits."""
    while True:
        signs = [secrets.choice("".join(_LETTER_GROUPS)) for _ in range(12)]
        if all(set(group) & set(signs) for group in _LETTER_GROUPS):
            return "-".join("".join(signs[at : at + 4]) for at in (0, 4, 8))


def count_character_classes(password: str) -> int:
    """Return how many of lower case, upper case, digits and other characters a password has."""
    return sum(
        any(test(sign) for sign in password)
        for test in (
            str.islower,
            str.isupper,
            str.isdigit,
            lambda sign: not (sign.islower() or sign.isupper() or sign.isdigit()),
        )
    )


def is_strong(password: str) -> bool:
    """Return whether a password has enough characters and character classes."""
    return len(password) >= MIN_LENGTH and count_character_classes(password) >= MIN_CLASSES


def encrypt_office_file(content: bytes, password: str) -> bytes:
    """Return a workbook or Word document encrypted with the password."""
    buffer = io.BytesIO()
    OOXMLFile(io.BytesIO(content)).encrypt(password, buffer)
    return buffer.getvalue()


def is_encrypted(content: bytes) -> bool:
    """Return whether a file is an encrypted Office document."""
    return content.startswith(_OLE_SIGNATURE) and _PACKAGE_STREAM in content


def decrypt_office_file(content: bytes, password: str) -> bytes | None:
    """Return the plain file; None if the password is wrong or the file damaged."""
    try:
        file = OfficeFile(io.BytesIO(content))
        file.load_key(password=password, verify_password=True)
        buffer = io.BytesIO()
        file.decrypt(buffer)
    except (DecryptionError, FileFormatError, InvalidKeyError, ValueError, OSError):
        return None
    return buffer.getvalue()
