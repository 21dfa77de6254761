"""docs/add-a-record.md is complete: a copy of the project is built by it and tested."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
GUIDE = ROOT / "docs" / "add-a-record.md"
NEW_FILE = re.compile(r"# (\S+\.(?:py|toml))")
PIPELINE_TEST = """
import pytest
from django.urls import reverse
from redcross.accounts.choices import Role
from redcross.uploads.workflow import apply, revert

pytestmark = pytest.mark.django_db


def test_new_record_passes_the_pipeline(pipeline, value, signed_in, person):
    rows = [("2021-08-03", "咨询", 12), ("2021年8月4日", "办证", 30)]
    upload = pipeline.effective("reform.window_visits", "日期 办理事项 人次", *rows)
    assert value("reform.window_visitors") == 42
    page = signed_in(person(Role.DESK, "53")).get(reverse("admin:reform_windowvisit_changelist"))
    assert "办证" in page.content.decode()

    revert.revert_upload(upload.pk, user=pipeline.clerk, now=pipeline.now)
    assert value("reform.window_visitors") is None
"""


def guide_blocks(language):
    """Return the guide's blocks of a language, as printed."""
    return re.findall(rf"```{language}\n(.*?)```", GUIDE.read_text(), re.DOTALL)


def new_files():
    """Return path → content of the files that the guide adds."""
    blocks = [*guide_blocks("python"), *guide_blocks("toml")]
    return {NEW_FILE.match(block)[1]: block for block in blocks}


@pytest.fixture
def project_copy(tmp_path):
    """A copy of the versioned files, with servers of its own."""
    folder = tmp_path / "copy"
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    for name in listed.stdout.splitlines():
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / name)
    yield folder
    run_command(folder, "-m", "redcross.embedded", "forget")


def run_command(folder, *arguments):
    environment = {
        name: value
        for name, value in os.environ.items()
        if name not in {"DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL"}
        and not name.startswith(("PYTEST", "DJANGO_SETTINGS"))
    }
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_record_of_the_guide_takes_at_most_60_lines():
    (changes,) = guide_blocks("diff")
    added = [line[1:] for line in changes.splitlines() if re.match(r"\+(?!\+\+)", line)]
    written = [line for block in new_files().values() for line in block.splitlines()]

    lines = [line for line in [*added, *written] if line.strip() and not line.startswith("#")]
    assert len(lines) <= 60


@pytest.mark.timeout(300)
def test_record_built_by_the_guide_passes_the_whole_pipeline(project_copy):
    for name, content in new_files().items():
        path = project_copy / name
        assert not path.exists()
        path.write_text(content)
    (changes,) = guide_blocks("diff")
    applied = subprocess.run(
        ["git", "apply", "--unsafe-paths", "--directory", str(project_copy)],
        cwd=project_copy, input=changes, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert applied.returncode == 0, applied.stderr
    (project_copy / "tests" / "test_the_new_record.py").write_text(PIPELINE_TEST)

    made = run_command(project_copy, "manage.py", "makemigrations", "reform")
    assert made.returncode == 0, made.stderr
    # The first migration of an empty database, as the guide's command has it.
    migrated = run_command(project_copy, "manage.py", "migrate", "--database", "owner")
    assert migrated.returncode == 0, migrated.stderr
    run_command(project_copy, "-m", "ruff", "format", "reform")
    linted = run_command(project_copy, "-m", "ruff", "check", "reform")
    assert linted.returncode == 0, linted.stdout
    walked = run_command(
        project_copy, "-m", "pytest", "-q", "-n", "0", "tests/test_the_new_record.py"
    )

    assert walked.returncode == 0, walked.stdout
