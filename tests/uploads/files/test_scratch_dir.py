"""Decrypted files on disk: deleted when their reader has ended or was killed."""

import os
import subprocess
import sys
import tempfile
import time

import pytest

from redcross.uploads.files.scratch_dir import create_scratch_dir, delete_abandoned_dirs

KILLED_READER = """
import os, signal, sys, tempfile
from redcross.uploads.files.scratch_dir import create_scratch_dir

tempfile.tempdir = sys.argv[1]
with create_scratch_dir() as folder:
    (folder / "workbook.xlsx").write_bytes(b"open")
    os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture
def temporary(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def make_old(folder):
    long_ago = time.time() - 3600
    os.utime(folder, (long_ago, long_ago))


def test_scratch_dir_of_a_killed_process_is_deleted(temporary):
    subprocess.run([sys.executable, "-c", KILLED_READER, temporary], check=False)
    (left,) = temporary.iterdir()
    make_old(left)

    assert delete_abandoned_dirs() == 1

    assert list(temporary.iterdir()) == []


def test_scratch_dir_in_use_or_just_created_is_kept(temporary):
    subprocess.run([sys.executable, "-c", KILLED_READER, temporary], check=False)
    (new,) = temporary.iterdir()

    with create_scratch_dir() as read:
        make_old(read)

        assert delete_abandoned_dirs() == 0
        assert set(temporary.iterdir()) == {new, read}


def test_scratch_dir_of_another_program_is_kept(temporary):
    others = [temporary / "upload-1", temporary / "redcross-run"]
    for other in others:
        other.mkdir()
        make_old(other)

    assert delete_abandoned_dirs() == 0

    assert all(other.exists() for other in others)
