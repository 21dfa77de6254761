"""What surrounds the portal: settings from the environment, the lock, built style sheets."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LOWERED = ROOT / "static" / "unfold" / "css" / "styles.css"
OURS = (
    *("SITE_URL", "DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL", "SECRET_KEY"),
    *("FIELD_KEYS", "DEBUG", "DEMO", "DJANGO_SETTINGS_MODULE"),
)
KEYS = {"SECRET_KEY": "s" * 50, "FIELD_KEYS": "1:" + "A" * 86 + "=="}


def ask(expression, **environment):
    """Evaluate an expression over the settings in a fresh process with this environment."""
    inherited = {name: value for name, value in os.environ.items() if name not in OURS}
    return subprocess.run(
        [sys.executable, "-c", f"import json; from redcross import settings as s; {expression}"],
        env=inherited | environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


def answer(expression, **environment):
    done = ask(f"print(json.dumps({expression}))", **environment)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.parametrize("missing", ["SECRET_KEY", "FIELD_KEYS"])
def test_a_public_site_refuses_to_start_without_its_secrets(missing):
    given = {name: value for name, value in KEYS.items() if name != missing}

    done = ask("print(s.SECRET_KEY)", SITE_URL="https://portal.example", **given)

    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.splitlines()[-1].endswith(
        f"SITE_URL 为 https 时必须设置环境变量 {missing}。"
    )


def test_a_command_says_what_is_missing_in_one_sentence():
    inherited = {name: value for name, value in os.environ.items() if name not in OURS}

    done = subprocess.run(
        [sys.executable, "manage.py", "migrate"],
        env=inherited | {"SITE_URL": "https://portal.example"},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    sentence = "SITE_URL 为 https 时必须设置环境变量 SECRET_KEY。\n"
    assert (done.returncode, done.stdout, done.stderr) == (1, "", sentence)


def test_https_alone_makes_cookies_and_transport_strict():
    expression = (
        "[s.SESSION_COOKIE_NAME, s.CSRF_COOKIE_NAME, s.SESSION_COOKIE_SECURE,"
        " s.CSRF_COOKIE_SECURE, s.SECURE_HSTS_SECONDS > 0, s.SECURE_SSL_REDIRECT]"
    )

    strict = answer(expression, SITE_URL="https://portal.example", **KEYS)

    assert strict == ["__Host-session", "__Host-csrf", True, True, True, True]
    assert answer("[hasattr(s, 'SECURE_HSTS_SECONDS'), s.DEBUG, s.DEMO]") == [False] * 3


def test_named_servers_are_used_and_none_is_started():
    expression = (
        "[s.DATABASES['default']['ENGINE'], s.DATABASES['owner']['USER'],"
        " s.APPLICATION_ROLE, s.CELERY_BROKER_URL, s.CACHES['default']['OPTIONS']]"
    )

    named = answer(
        expression,
        DATABASE_URL="postgres://app:p@db.example/portal",
        DATABASE_OWNER_URL="postgres://keeper:p@db.example/portal",
        REDIS_URL="redis://queue.example/0",
    )

    engine = "django.db.backends.postgresql"
    assert named == [engine, "keeper", "app", "redis://queue.example/0", {}]


def test_secrets_made_for_a_trial_are_for_their_owner_only():
    answer("s.SECRET_KEY")

    modes = {path.stat().st_mode & 0o777 for path in (ROOT / "var" / "secrets").iterdir()}

    assert modes == {0o600}


@pytest.mark.parametrize("name", ["base", "dev"])
def test_every_pinned_package_has_its_hashes(name):
    entries = re.split(r"\n(?=\w)", (ROOT / "requirements" / f"{name}.txt").read_text())

    bare = [entry for entry in entries[1:] if "--hash=sha256:" not in entry]

    assert bare == []


def test_what_production_runs_is_what_was_tested():
    base, dev = (
        set(re.findall(r"^[\w.-]+==\S+", (ROOT / "requirements" / name).read_text(), re.MULTILINE))
        for name in ("base.txt", "dev.txt")
    )

    assert base - dev == set()


def test_locks_name_no_address_to_fetch_from():
    names = (
        "requirements/base.txt",
        "requirements/dev.txt",
        "requirements/base.in",
        "requirements/dev.in",
    )
    pinned = "".join((ROOT / name).read_text() for name in names)
    packages = json.loads((ROOT / "package-lock.json").read_text())["packages"]

    assert re.findall(r"https?://\S+|--(?:extra-)?index-url|--find-links", pinned) == []
    assert [name for name, package in packages.items() if "resolved" in package] == []


def test_the_admin_needs_nothing_that_chromium_109_lacks():
    sheet = LOWERED.read_text()

    assert [word for word in ("oklch(", "color-mix(", "@layer") if word in sheet] == []


def test_a_tint_stays_a_tint_and_a_colour_its_colour():
    sheet = LOWERED.read_text()

    # base-500 is #6a7282 in palette.json; 8 % of 255 is 0x14. red-600 is Tailwind's.
    assert r".bg-base-500\/8{background-color:#6a728214}" in sheet
    assert "--color-red-600:#e7000b" in sheet


def test_pages_receive_no_colour_that_chromium_109_lacks(settings):
    scales = settings.UNFOLD["COLORS"]

    assert sorted(scales) == ["base", "primary"]
    assert all(re.fullmatch(r"#[\da-f]{6}", c) for scale in scales.values() for c in scale.values())
