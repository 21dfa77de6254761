"""Re-encryption of every secret with the current key, resumable and without downtime."""

import base64
from collections.abc import Callable, Iterator
from pathlib import Path

import pgtrigger
from allauth.mfa.models import Authenticator
from django.apps import apps
from django.conf import settings
from django.db import connections, models, transaction
from psycopg2.extras import execute_values

from redcross.accounts.encryption import (
    EncryptedField,
    current_key_id,
    decrypt,
    encrypt_many,
    seal,
    unseal,
)
from redcross.accounts.sign_in.adapters import SecondFactorAdapter

BATCH = 2000
ReportProgress = Callable[[str, int], None]


def encrypted_columns() -> Iterator[tuple[type[models.Model], str]]:
    """Yield every encrypted column, those of history tables too."""
    for model in apps.get_models(include_auto_created=True):
        for field in model._meta.concrete_fields:
            if isinstance(field, EncryptedField):
                yield model, str(field.column)


def rotate_secrets(tell: ReportProgress) -> int:
    """Re-encrypt all values and files of other keys; return how many there were.

    Each batch is a separate transaction, and values changed in the meantime are skipped:
    after an interruption the next run continues.
    """
    written = 0
    for model, column in encrypted_columns():
        count = _rotate_column(model, column)
        written += count
        if count:
            tell(f"{model._meta.verbose_name}·{column}", count)
    count = _rotate_files()
    if count:
        tell("文件", count)
    again = _rotate_authenticators()
    if again:
        tell("验证器", again)
    return written + count + again


def count_old_secrets() -> int:
    """Return the number of values and files encrypted with another key than the current one."""
    count = 0
    for model, column in encrypted_columns():
        with connections[settings.OWNER_DATABASE].cursor() as cursor:
            cursor.execute(
                f'SELECT count(*) FROM "{model._meta.db_table}" WHERE {_old_key_condition(column)}',
                [current_key_id()],
            )
            count += cursor.fetchone()[0]
    return count + sum(1 for _ in _iter_old_files())


def _old_key_condition(column: str) -> str:
    return f'"{column}" IS NOT NULL AND get_byte("{column}", 0) <> %s'


def _rotate_column(model: type[models.Model], column: str) -> int:
    table, key = model._meta.db_table, model._meta.pk.column
    done, last = 0, 0
    while True:
        # The history records changes of values, not of keys.
        with (
            transaction.atomic(using=settings.OWNER_DATABASE),
            pgtrigger.ignore(databases=[settings.OWNER_DATABASE]),
            connections[settings.OWNER_DATABASE].cursor() as cursor,
        ):
            cursor.execute(
                f'SELECT "{key}", "{column}" FROM "{table}"'
                f' WHERE "{key}" > %s AND {_old_key_condition(column)}'
                f' ORDER BY "{key}" LIMIT {BATCH}',
                [last, current_key_id()],
            )
            rows = cursor.fetchall()
            if not rows:
                return done
            fresh = encrypt_many([decrypt(bytes(stored)) for _, stored in rows])
            execute_values(
                cursor.cursor,
                f'UPDATE "{table}" SET "{column}" = v.fresh'
                f" FROM (VALUES %s) v(pk, old, fresh)"
                f' WHERE "{table}"."{key}" = v.pk AND "{table}"."{column}" = v.old',
                [(pk, bytes(old), new) for (pk, old), new in zip(rows, fresh, strict=True)],
                template="(%s, %s::bytea, %s::bytea)",
            )
            last = rows[-1][0]
            done += len(rows)


def _iter_old_files() -> Iterator[Path]:
    current = current_key_id()
    for path in sorted(Path(settings.MEDIA_ROOT).rglob("*")):
        if path.is_file() and not path.name.startswith("."):
            with path.open("rb") as file:
                first = file.read(1)
            if first and first[0] != current:
                yield path


def _rotate_files() -> int:
    count = 0
    for path in _iter_old_files():
        fresh = path.with_name(f".{path.name}.fresh")
        fresh.touch(mode=0o600)
        fresh.write_bytes(seal(unseal(path.read_bytes())))
        fresh.replace(path)
        count += 1
    return count


def _rotate_authenticators() -> int:
    adapter, count = SecondFactorAdapter(), 0
    for authenticator in Authenticator.objects.all():
        data = dict(authenticator.data)
        for name in ("secret", "seed"):
            if name in data and base64.b64decode(data[name])[0] != current_key_id():
                data[name] = adapter.encrypt(adapter.decrypt(data[name]))
        if data != authenticator.data:
            authenticator.data = data
            authenticator.save(update_fields=["data"])
            count += 1
    return count
