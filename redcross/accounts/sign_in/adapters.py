"""Storage of second-factor secrets, encrypted with the keys of the portal."""

import base64

from allauth.mfa.adapter import DefaultMFAAdapter

from redcross.accounts.encryption import seal, unseal


class SecondFactorAdapter(DefaultMFAAdapter):
    """Encrypts the secrets of authenticators."""

    def encrypt(self, text: str) -> str:
        """Return the stored form of a secret."""
        return base64.b64encode(seal(text.encode())).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Return the secret of a stored form."""
        return unseal(base64.b64decode(encrypted_text)).decode()
