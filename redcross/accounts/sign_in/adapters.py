"""How the library of second factors keeps its secrets: under our own keys."""

import base64

from allauth.mfa.adapter import DefaultMFAAdapter

from redcross.accounts.encryption import seal, unseal


class SecondFactorAdapter(DefaultMFAAdapter):
    """Seal what an authenticator shares with us."""

    def encrypt(self, text: str) -> str:
        """Return a secret as it is stored."""
        return base64.b64encode(seal(text.encode())).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Return a stored secret."""
        return unseal(base64.b64decode(encrypted_text)).decode()
