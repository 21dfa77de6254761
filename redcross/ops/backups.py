"""Backup of the whole portal in one file, and restoring it.

A tar with three parts: a dump by pg_dump, the stored files (encrypted: useless without
FIELD_KEYS), and a manifest with the SHA-256 of each part.
"""

import dataclasses
import datetime as dt
import hashlib
import io
import json
import os
import shutil
import subprocess
import tarfile
from collections.abc import Sequence
from pathlib import Path, PurePosixPath
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import connections

from redcross.accounts.encryption import key_ids
from redcross.embedded.postgres import program_path

MANIFEST, DUMP, MEDIA = "manifest.json", "database.dump", "media"
_BLOCK_SIZE = 1024 * 1024
_ASIDE_PREFIX = ".restore-"
_TRANSACTION_TIMEOUT_VERSION = 170000


class BackupError(Exception):
    """A backup cannot be created or restored; the message says why and what is unchanged."""


@dataclasses.dataclass(frozen=True, slots=True)
class BackupSummary:
    """The content of a backup, in numbers."""

    made_at: str
    uploads: int
    files: int
    size: int


def create_backup(target: Path, *, now: dt.datetime) -> BackupSummary:
    """Write a backup; an incomplete file never has the target's name."""
    if target.exists():
        message = f"{target} 已存在，请换一个文件名。"
        raise BackupError(message)
    partial = target.with_name(f".{target.name}.half")
    folder = target.parent
    folder.mkdir(parents=True, exist_ok=True)
    dump = folder / f".{target.name}.dump"
    try:
        _run_program(
            "pg_dump",
            "--format=custom",
            "--schema=public",
            "--extension=*",
            "--no-owner",
            "--no-privileges",
            f"--file={dump}",
        )
        media = Path(settings.MEDIA_ROOT)
        paths = (path for entry in _stored_entries(media) for path in (entry, *entry.rglob("*")))
        files = sorted(path for path in paths if path.is_file())
        parts = {DUMP: _digest(dump)}
        parts |= {f"{MEDIA}/{path.relative_to(media)}": _digest(path) for path in files}
        manifest: dict[str, Any] = {
            "made_at": now.isoformat(),
            "keys": [str(entry) for entry in key_ids()],
            "uploads": apps.get_model("uploads", "Upload").objects.count(),
            "parts": parts,
        }
        with tarfile.open(partial, "w") as tar:
            _add_bytes(tar, MANIFEST, json.dumps(manifest, ensure_ascii=False, indent=1).encode())
            tar.add(dump, DUMP)
            for path in files:
                tar.add(path, f"{MEDIA}/{path.relative_to(media)}")
        partial.chmod(0o600)
        partial.rename(target)
    finally:
        dump.unlink(missing_ok=True)
        partial.unlink(missing_ok=True)
    return BackupSummary(
        manifest["made_at"], manifest["uploads"], len(files), target.stat().st_size
    )


def restore_backup(source: Path, *, replace: bool) -> BackupSummary:
    """Restore a backup, verified completely before anything is changed.

    Raises BackupError if a part is damaged, a key of the backup is missing, or the portal
    has uploads and `replace` is False.
    """
    manifest = _verify_backup(source)
    missing = set(manifest["keys"]) - {str(entry) for entry in key_ids()}
    if missing:
        message = (
            f"FIELD_KEYS 中缺少备份所用的密钥 {'、'.join(sorted(missing))}，恢复后将无法解密。"
        )
        raise BackupError(message)
    if not replace and _has_uploads():
        message = "门户里已有数据；确要用备份覆盖，请加 --replace。"
        raise BackupError(message)
    media = Path(settings.MEDIA_ROOT)
    # Inside the folder itself: it may be a volume below a read-only folder.
    fresh, old = media / f"{_ASIDE_PREFIX}restoring", media / f"{_ASIDE_PREFIX}before"
    for folder in (fresh, old):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True, mode=0o700)
    dump, script = fresh.with_suffix(".dump"), fresh.with_suffix(".sql")
    try:
        with tarfile.open(source) as tar:
            for name in manifest["parts"]:
                _extract_part(
                    tar, name, dump if name == DUMP else fresh / name.removeprefix(f"{MEDIA}/")
                )
        _run_program("pg_restore", "--no-owner", "--no-privileges", f"--file={script}", str(dump))
        _drop_unknown_settings(script)
        # One transaction: the old data are deleted only if the whole backup is restored.
        _run_program(
            "psql",
            "--quiet",
            "--no-psqlrc",
            "--single-transaction",
            "--set=ON_ERROR_STOP=1",
            "--command=DROP SCHEMA public CASCADE",
            f"--file={script}",
        )
    finally:
        dump.unlink(missing_ok=True)
        script.unlink(missing_ok=True)
    for entry in _stored_entries(media):
        entry.rename(old / entry.name)
    for entry in fresh.iterdir():
        entry.rename(media / entry.name)
    for folder in (fresh, old):
        shutil.rmtree(folder)
    # Installs grants, policies and triggers, as after every migration.
    call_command("migrate", database=settings.OWNER_DATABASE, verbosity=0)
    files = sum(1 for name in manifest["parts"] if name != DUMP)
    return BackupSummary(manifest["made_at"], manifest["uploads"], files, source.stat().st_size)


def _extract_part(tar: tarfile.TarFile, name: str, target: Path) -> None:
    """Write one part to a file that only the portal's account can read.

    TarFile has filters from Python 3.11.4 on, Debian 12 has 3.11.2; `_verify_backup` refuses
    names that lead out of the folder.
    """
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    target.touch(mode=0o600)
    with tar.extractfile(name) as source, target.open("wb") as target_file:  # type: ignore[union-attr]
        shutil.copyfileobj(source, target_file)


def _stored_entries(media: Path) -> list[Path]:
    """Return the entries of the folder of stored files, without those of a restore."""
    if not media.exists():
        return []
    return sorted(entry for entry in media.iterdir() if not entry.name.startswith(_ASIDE_PREFIX))


def _drop_unknown_settings(script: Path) -> None:
    """Remove settings that the server does not know if pg_restore is newer than the server."""
    connection = connections[settings.OWNER_DATABASE]
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('server_version_num')::int")
        if cursor.fetchone()[0] >= _TRANSACTION_TIMEOUT_VERSION:
            return
    whole = script.with_suffix(".whole")
    script.rename(whole)
    # The setting stands before the data, which may contain the same line.
    with whole.open("rb") as lines, script.open("wb") as output:
        is_searching = True
        for line in lines:
            if is_searching and line == b"SET transaction_timeout = 0;\n":
                is_searching = False
                continue
            output.write(line)
    whole.unlink()


def _verify_backup(source: Path) -> dict[str, Any]:
    if not source.exists():
        message = f"没有 {source} 这个文件。"
        raise BackupError(message)
    try:
        with tarfile.open(source) as tar:
            manifest_file = tar.extractfile(MANIFEST)
            manifest: dict[str, Any] = json.load(manifest_file) if manifest_file else {}
            for name, digest in manifest["parts"].items():
                if name != DUMP and not _is_inside_media(name):
                    message = f"备份中的 {name} 指向别处，已拒绝；门户没有改动。"
                    raise BackupError(message)
                part = tar.extractfile(name)
                if part is None or _digest_file(part) != digest:
                    message = f"备份中的 {name} 已损坏；门户没有改动。"
                    raise BackupError(message)
    except (tarfile.TarError, KeyError, ValueError, EOFError) as error:
        message = f"{source} 不是完整的备份文件；门户没有改动。"
        raise BackupError(message) from error
    return manifest


def _is_inside_media(name: str) -> bool:
    path = PurePosixPath(name)
    return path.parts[:1] == (MEDIA,) and ".." not in path.parts


def _add_bytes(tar: tarfile.TarFile, name: str, content: bytes) -> None:
    member = tarfile.TarInfo(name)
    member.size = len(content)
    tar.addfile(member, io.BytesIO(content))


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return _digest_file(file)


def _digest_file(file: Any) -> str:
    digest = hashlib.sha256()
    while block := file.read(_BLOCK_SIZE):
        digest.update(block)
    return digest.hexdigest()


def _database_settings() -> dict[str, Any]:
    return connections[settings.OWNER_DATABASE].settings_dict


def _has_uploads() -> bool:
    with connections[settings.OWNER_DATABASE].cursor() as cursor:
        cursor.execute("SELECT to_regclass('public.uploads_upload')")
        if cursor.fetchone()[0] is None:
            return False
        cursor.execute("SELECT EXISTS (SELECT FROM uploads_upload)")
        return bool(cursor.fetchone()[0])


def _run_program(name: str, *arguments: str) -> None:
    """Run a PostgreSQL program on the portal's database as its owner; raise BackupError."""
    database = _database_settings()
    parameters = {
        "PGHOST": database["HOST"],
        "PGPORT": str(database["PORT"] or ""),
        "PGUSER": database["USER"],
        "PGPASSWORD": database["PASSWORD"] or "",
        "PGDATABASE": database["NAME"],
    }
    environment = os.environ | {key: value for key, value in parameters.items() if value}
    command: Sequence[str] = (str(program_path(name)), *arguments)
    result = subprocess.run(  # noqa: S603  PostgreSQL's own programs, our own arguments
        command, env=environment, capture_output=True, text=True, check=False
    )
    if result.returncode:
        lines = result.stderr.strip().splitlines() or ["没有说明"]
        message = f"{name} 失败：{lines[-1]}"
        raise BackupError(message)
