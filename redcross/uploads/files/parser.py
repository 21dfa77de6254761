"""The child that opens a stranger's file: `python -m redcross.uploads.files.parser FILE FOLDER`.

It runs with limits on memory and time and has neither Django nor the database. It writes one
Arrow file a worksheet into the folder and answers in one line of JSON. Whatever a file does to
it (a panic, an abort, an endless loop) stays in this process; the parent reports it.
"""

import gc
import json
import resource
import sys
from pathlib import Path
from typing import Any

from redcross.uploads.files.limits import MAX_MEMORY_BYTES, UnopenableError
from redcross.uploads.files.spreadsheets import open_archive, open_workbook
from redcross.uploads.files.text_tables import open_text

_HEAD_BYTES = 4096
_ZIP_MAGIC = b"PK"
_OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_FILEPASS_RECORD = b"\x2f\0\x06\0\0\0"
"""The record of a BIFF workbook that is protected by a password of the oldest kind."""
_BIFF_BEGINNINGS = (b"\x09\x08", b"\x09\x04", b"\x09\x02", b"\x09\x00")
_BIFF_LENGTHS = (b"\x10\x00", b"\x08\x00", b"\x06\x00", b"\x04\x00")
_FOREIGN_FORMATS = {
    b"%PDF": "PDF 文件",
    b"\x89PNG": "图片",
    b"\xff\xd8\xff": "图片",
    b"GIF8": "图片",
    b"BM": "图片",
    b"Rar!": "RAR 压缩包",
    b"7z\xbc\xaf": "7z 压缩包",
    b"\x1f\x8b": "gzip 压缩包",
    b"MZ": "程序文件",
    b"\x7fELF": "程序文件",
    b"SQLite format 3": "数据库文件",
    b"{\\rtf": "RTF 文档",
}


def open_file(path: Path, folder: Path) -> dict[str, Any]:
    """Write the grids of any file into `folder` and describe them; raise UnopenableError."""
    with path.open("rb") as file:
        head = file.read(_HEAD_BYTES)
    if not head.strip(b"\0 \r\n\t"):
        raise UnopenableError("file.empty")
    if head.startswith(_ZIP_MAGIC):
        return open_archive(path, folder)
    if head.startswith(_OLE_MAGIC):
        return _open_ole(path, folder)
    if head[:2] in _BIFF_BEGINNINGS and head[2:4] in _BIFF_LENGTHS:
        return open_workbook(path, folder, [])
    for magic, name in _FOREIGN_FORMATS.items():
        if head.startswith(magic):
            raise UnopenableError("file.not_a_workbook", name)
    return open_text(path, folder)


def open_within_limits(path: Path, folder: Path) -> dict[str, Any]:
    """Limit this process, open the file in it, and return the answer for the parent."""
    resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY_BYTES, MAX_MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    gc.disable()  # cells have no reference cycles; looking for them takes a fifth of the time
    try:
        answer = open_file(path, folder)
    except UnopenableError as error:
        answer = {"error": error.code, "detail": error.detail}
    except MemoryError:
        answer = {"error": "file.out_of_memory", "detail": ""}
    except Exception as error:  # noqa: BLE001  the parent reports it
        answer = {"error": "file.damaged", "detail": type(error).__name__}
    answer["peak_kb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return answer


def main() -> None:
    """Open the file named on the command line, and answer in one line of JSON."""
    answer = open_within_limits(Path(sys.argv[1]), Path(sys.argv[2]))
    sys.stdout.write(json.dumps(answer, ensure_ascii=True))


def _open_ole(path: Path, folder: Path) -> dict[str, Any]:
    """Open an Excel file of before 2007; one under a password looks damaged or encrypted."""
    content = path.read_bytes()
    if "EncryptedPackage".encode("utf-16-le") in content:
        raise UnopenableError("file.encrypted")
    try:
        return open_workbook(path, folder, [])
    except UnopenableError as error:
        if error.code == "file.damaged" and _FILEPASS_RECORD in content:
            raise UnopenableError("file.encrypted") from None
        raise


if __name__ == "__main__":
    main()
