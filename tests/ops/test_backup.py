"""Backup and restore: complete, and without effect where the backup is damaged."""

import json
import tarfile

import pytest
from django.core.management import call_command
from django.db import connection

from donations.models import Donation
from redcross.accounts.choices import Role
from redcross.accounts.encryption import current_key_id
from redcross.branches.models import Branch
from redcross.indicators.models import Rollup
from redcross.indicators.rollup import verify
from redcross.ops.backups import BackupError, create_backup, restore_backup
from redcross.uploads.files import storage
from redcross.uploads.models import Upload
from redcross.uploads.workflow import revert
from tests.support.gift_ledger import create_effective_upload, ledger_workbook

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def effective_upload(committed, person, now):
    committed().delete()
    clerk, reviewer = person(Role.STATISTICIAN, "53"), person(Role.REVIEWER, "53")
    branch = Branch.objects.get(code="5301")
    return create_effective_upload(clerk, reviewer, branch, ledger_workbook(100, 200), now=now)


@pytest.fixture
def backup(effective_upload, tmp_path, now):
    path = tmp_path / "backup.tar"
    create_backup(path, now=now)
    return path


def read_figures():
    return set(Rollup.objects.exclude(rows=0).values_list("indicator", "branch_id", "value"))


def test_restored_backup_equals_the_lost_data_to_the_cell(backup, effective_upload, now):
    before, content = read_figures(), storage.load_file(effective_upload.file)
    revert.revert_upload(effective_upload.pk, user=effective_upload.uploaded_by, now=now)
    assert not Donation.objects.exists()

    restore_backup(backup, replace=True)
    connection.close()

    assert read_figures() == before
    assert sorted(Donation.objects.values_list("value", flat=True)) == [100, 200]
    assert storage.load_file(Upload.objects.get(pk=effective_upload.pk).file) == content
    assert all(cell.different == 0 for cell in verify(using="default"))
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_policies WHERE schemaname = 'public'")
        assert cursor.fetchone()[0] > 20


def test_restore_over_existing_data_is_refused_without_force(backup):
    with pytest.raises(BackupError, match="--replace"):
        restore_backup(backup, replace=False)


def rewrite_member(path, tmp_path, change):
    """Return a copy of a backup with one member changed."""
    target = tmp_path / "changed.tar"
    with tarfile.open(path) as source, tarfile.open(target, "w") as copy:
        for member in source.getmembers():
            content = change(member.name, source.extractfile(member).read())
            member.size = len(content)
            import io

            copy.addfile(member, io.BytesIO(content))
    return target


def test_restore_of_a_damaged_backup_names_the_part_and_changes_nothing(backup, tmp_path):
    broken = rewrite_member(
        backup,
        tmp_path,
        lambda name, content: content[:-1] + b"x" if name.startswith("media") else content,
    )

    with pytest.raises(BackupError, match="已损坏；门户没有改动"):
        restore_backup(broken, replace=True)

    assert Donation.objects.count() == 2


def test_restore_with_other_keys_is_refused(backup, tmp_path):
    def other(name, content):
        if name != "manifest.json":
            return content
        return json.dumps(json.loads(content) | {"keys": [str(current_key_id() + 1)]}).encode()

    with pytest.raises(BackupError, match="缺少备份所用的密钥"):
        restore_backup(rewrite_member(backup, tmp_path, other), replace=True)


def test_restore_that_fails_half_way_keeps_existing_data(backup, tmp_path, monkeypatch):
    from redcross.ops import backups

    whole = backups._run_program

    def breaking(name, *arguments):
        if name == "psql":
            arguments = (*arguments, "--command=SELECT 1/0")
        whole(name, *arguments)

    monkeypatch.setattr(backups, "_run_program", breaking)
    with pytest.raises(BackupError, match="psql 失败"):
        restore_backup(backup, replace=True)

    assert Donation.objects.count() == 2


@pytest.mark.parametrize("content", [b"", b"not a tar", b"\x00" * 2048])
def test_restore_of_a_non_backup_file_is_refused_with_one_sentence(content, tmp_path, capsys):
    path = tmp_path / "other.tar"
    path.write_bytes(content)

    with pytest.raises(SystemExit):
        call_command("restore", str(path))

    assert "不是完整的备份文件" in capsys.readouterr().err
