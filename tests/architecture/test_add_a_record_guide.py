"""What docs/add-a-record.md shows is all one more kind of record takes: a copy is built."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
GUIDE = ROOT / "docs" / "add-a-record.md"
MODULE = re.compile(r"^# (\S+\.(?:py|toml))", re.MULTILINE)
IMPORT = "from reform.models.registers import WindowVisit\n"
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


def guide_blocks():
    """Yield the guide's blocks with the module each belongs to."""
    for block in re.findall(r"```(?:python|toml)\n(.*?)```", GUIDE.read_text(), re.DOTALL):
        yield MODULE.search(block)[1], block


@pytest.fixture
def project_copy(tmp_path):
    """A copy of what is versioned, with servers of its own."""
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
    assert sum(len(block.splitlines()) for _, block in guide_blocks()) <= 60


@pytest.mark.timeout(300)
def test_record_built_by_the_guide_passes_the_whole_pipeline(project_copy):
    for module, block in guide_blocks():
        path = project_copy / module
        before = f"{path.read_text()}\n" if path.exists() else ""
        needs_model = path.suffix == ".py" and "models" not in path.parts
        path.write_text(f"{before}{IMPORT if needs_model else ''}\n{block}")
    (project_copy / "tests" / "test_the_new_record.py").write_text(PIPELINE_TEST)

    made = run_command(project_copy, "manage.py", "makemigrations", "reform")
    assert made.returncode == 0, made.stderr
    walked = run_command(
        project_copy, "-m", "pytest", "-q", "-n", "0", "tests/test_the_new_record.py"
    )

    assert walked.returncode == 0, walked.stdout
