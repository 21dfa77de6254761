"""The error by which a service refuses what a user wants to do."""


class RefusedError(Exception):
    """An action is refused and nothing was written; `message` says why, in Chinese."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message

    def __str__(self) -> str:
        return self.message
