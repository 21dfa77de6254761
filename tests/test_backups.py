"""One file holds the portal; a damaged one changes nothing."""

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
from redcross.ops.backups import BackupError, make, restore
from redcross.uploads.files import storage
from redcross.uploads.models import Upload
from redcross.uploads.workflow import apply
from tests.ledger import effective, ledger

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def loaded(committed, person, now):
    committed().delete()
    clerk, reviewer = person(Role.STATISTICIAN, "53"), person(Role.REVIEWER, "53")
    branch = Branch.objects.get(code="5301")
    return effective(clerk, reviewer, branch, ledger(100, 200), now=now)


@pytest.fixture
def backup(loaded, tmp_path, now):
    path = tmp_path / "backup.tar"
    make(path, now=now)
    return path


def figures():
    return set(Rollup.objects.exclude(rows=0).values_list("indicator", "branch_id", "value"))


def test_what_was_lost_is_there_again_to_the_cell(backup, loaded, now):
    before, content = figures(), storage.get(loaded.file)
    apply.undo(loaded.pk, user=loaded.uploaded_by, now=now)
    assert not Donation.objects.exists()

    restore(backup, replace=True)
    connection.close()

    assert figures() == before
    assert sorted(Donation.objects.values_list("value", flat=True)) == [100, 200]
    assert storage.get(Upload.objects.get(pk=loaded.pk).file) == content
    assert all(each.different == 0 for each in verify(using="default"))
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_policies WHERE schemaname = 'public'")
        assert cursor.fetchone()[0] > 20


def test_data_are_not_overwritten_unasked(backup):
    with pytest.raises(BackupError, match="--replace"):
        restore(backup, replace=False)


def rewritten(path, tmp_path, change):
    """Return a copy of a backup with one member changed."""
    target = tmp_path / "changed.tar"
    with tarfile.open(path) as source, tarfile.open(target, "w") as copy:
        for member in source.getmembers():
            content = change(member.name, source.extractfile(member).read())
            member.size = len(content)
            import io

            copy.addfile(member, io.BytesIO(content))
    return target


def test_a_damaged_part_is_named_and_nothing_is_touched(backup, tmp_path):
    broken = rewritten(
        backup,
        tmp_path,
        lambda name, content: content[:-1] + b"x" if name.startswith("media") else content,
    )

    with pytest.raises(BackupError, match="已损坏；门户没有改动"):
        restore(broken, replace=True)

    assert Donation.objects.count() == 2


def test_a_backup_of_other_keys_is_refused(backup, tmp_path):
    def other(name, content):
        if name != "manifest.json":
            return content
        return json.dumps(json.loads(content) | {"keys": [str(current_key_id() + 1)]}).encode()

    with pytest.raises(BackupError, match="缺少备份所用的密钥"):
        restore(rewritten(backup, tmp_path, other), replace=True)


def test_a_dump_that_breaks_half_way_leaves_what_was_there(backup, tmp_path, monkeypatch):
    from redcross.ops import backups

    whole = backups._run

    def breaking(name, *arguments):
        if name == "psql":
            arguments = (*arguments, "--command=SELECT 1/0")
        whole(name, *arguments)

    monkeypatch.setattr(backups, "_run", breaking)
    with pytest.raises(BackupError, match="psql 失败"):
        restore(backup, replace=True)

    assert Donation.objects.count() == 2


@pytest.mark.parametrize("content", [b"", b"not a tar", b"\x00" * 2048])
def test_what_is_no_backup_is_refused_in_one_sentence(content, tmp_path, capsys):
    path = tmp_path / "other.tar"
    path.write_bytes(content)

    with pytest.raises(SystemExit):
        call_command("restore", str(path))

    assert "不是完整的备份文件" in capsys.readouterr().err
