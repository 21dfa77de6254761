"""Limits on files of strangers, and the error by which the sandboxed child refuses one."""

MAX_MEMORY_BYTES = 1_500_000_000
MAX_UNZIPPED_BYTES = 1_500_000_000
MAX_COMPRESSION_RATIO, MIN_RATIO_BYTES = 300, 100_000_000
"""An archive that unpacks to more bytes than the second may not pass the first."""
MAX_CELLS = 60_000_000
MAX_COLUMNS = 2000
MAX_CELL_LENGTH = 32_768
"""One more than a cell of Excel holds."""
MAX_SPANNED_CELLS = 300_000
MAX_SHEET_ROWS, MAX_SHEET_COLUMNS = 1_048_576, 16_384
"""The size of a worksheet of Excel."""


class UnopenableError(Exception):
    """The file cannot be opened; `code` is a key of the messages in workbook.py."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(code)
        self.code, self.detail = code, detail
