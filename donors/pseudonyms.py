"""Pseudonymous codes of donors: eleven characters and a check character.

The code is a keyed hash of the identity document under a key of this installation: the same
person has the same code, and nobody can compute the document from it. The check character is
ISO 7064 MOD 37-2, which finds every single wrong character and nearly all transpositions.
"""

import hashlib
from collections.abc import Sequence

from redcross.accounts.encryption import index_key

_CHARACTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ*"
_MODULUS = 37
_LENGTH = 10


def compute_check_character(body: str) -> str:
    """Return the ISO 7064 MOD 37-2 character of an upper-case text of digits and letters."""
    rest = 0
    for character in body:
        rest = (rest + _CHARACTERS.index(character)) * 2 % _MODULUS
    return _CHARACTERS[(1 - rest) % _MODULUS]


def is_donor_code(text: str) -> bool:
    """Return whether the text is a donor's code with a correct check character."""
    body, check = text[:-1], text[-1:]
    is_alphanumeric = all(character in _CHARACTERS[:-1] for character in body)
    return is_alphanumeric and len(body) == _LENGTH + 1 and compute_check_character(body) == check


def compute_donor_codes(numbers: Sequence[str | None]) -> list[str | None]:
    """Return the code of each identity document, None where there is none."""
    key = index_key("donor-code")
    return [None if not number else _compute_code(number, key) for number in numbers]


def _compute_code(number: str, key: bytes) -> str:
    digest = hashlib.blake2b(number.upper().encode(), digest_size=8, key=key).digest()
    rest, letters = int.from_bytes(digest), ""
    for _ in range(_LENGTH):
        rest, index = divmod(rest, 36)
        letters += _CHARACTERS[index]
    body = f"D{letters}"
    return body + compute_check_character(body)
