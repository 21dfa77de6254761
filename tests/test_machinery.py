"""What surrounds the portal: settings from the environment, the lock, built style sheets."""

import json
import os
import re
import socket
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

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


@pytest.fixture(scope="module")
def services():
    return yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]


def test_the_compose_file_is_what_its_schema_demands():
    done = subprocess.run(
        [
            *(sys.executable, "-W", "ignore", "-m", "check_jsonschema"),
            *("--builtin-schema", "vendor.compose-spec", "docker-compose.yml"),
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stdout) == (0, "ok -- validation done\n")


def test_every_container_is_confined_and_what_must_answer_is_asked(services):
    unconfined = [
        name
        for name, each in services.items()
        if not (
            each["mem_limit"]
            and each["logging"]["options"]["max-size"]
            and "no-new-privileges:true" in each["security_opt"]
        )
    ]
    silent = [name for name, each in services.items() if not each.get("healthcheck")]
    published = [name for name, each in services.items() if each.get("ports")]

    assert (unconfined, published) == ([], ["proxy"])
    assert silent == ["web"], "web has the image's own"


def test_what_runs_all_day_holds_no_owner_password_and_no_right_it_does_not_need(services):
    ours = {name: services[name] for name in ("setup", "web", "worker", "beat")}

    owners = [name for name, each in ours.items() if "DATABASE_OWNER_URL" in each["environment"]]

    assert owners == ["setup"]
    assert [each["read_only"] and each["cap_drop"] for each in ours.values()] == [["ALL"]] * 4
    assert "\nUSER 10001\n" in (ROOT / "Dockerfile").read_text()


def test_the_database_writes_the_id_of_a_request_before_each_line_and_no_row(services):
    told = services["database"]["command"]
    by_hand = (ROOT / "docs" / "deploy.md").read_text()

    assert "-clog_line_prefix=%m [%p] %a " in told
    assert "-clog_error_verbosity=terse" in told
    assert "log_line_prefix = '%m [%p] %q%u@%d %a '" in by_hand


def variables():
    text = (ROOT / "redcross" / "settings.py").read_text()
    return set(re.findall(r"\benv\.\w+\(\s*\"(\w+)\"", text)) | {"SECRET_KEY", "FIELD_KEYS"}


def test_the_example_environment_names_every_variable_and_no_other():
    example = (ROOT / ".env.example").read_text()

    named = set(re.findall(r"^#?([A-Z_]+)=", example, re.MULTILINE))

    compose = {"POSTGRES_PASSWORD", "OWNER_PASSWORD", "APPLICATION_PASSWORD"}
    assert named == variables() | compose


def test_compose_hands_on_every_variable_the_portal_reads(services):
    set_by_compose_alone = {"DEBUG", "DEMO"}

    handed = set(services["setup"]["environment"])

    assert handed == variables() - set_by_compose_alone
    assert services["web"]["environment"]["SECOND_FACTOR"] == "${SECOND_FACTOR:-on}"


def test_a_variable_left_empty_is_one_not_given():
    said = answer(
        "[s.EMAIL_BACKEND, s.DEFAULT_FROM_EMAIL, s.METRICS_TOKEN,"
        " s.REST_FRAMEWORK['DEFAULT_THROTTLE_RATES']['sign-in']]",
        EMAIL_URL="", EMAIL_FROM="", METRICS_TOKEN="", RATE_SIGN_IN="",
    )  # fmt: skip

    console = "django.core.mail.backends.console.EmailBackend"
    assert said == [console, "portal@localhost", "", "60/min"]


def test_a_port_that_is_taken_is_named_in_one_sentence():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        inherited = {name: value for name, value in os.environ.items() if name not in OURS}

        done = subprocess.run(
            [sys.executable, "manage.py", "run"],
            env=inherited | {"SITE_URL": f"http://localhost:{port}"},
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )

    assert (done.returncode, done.stdout) == (1, "")
    assert re.fullmatch(
        rf"(CommandError: )?端口 {port} 无法使用（.+），可能已有程序在用。.+\n", done.stderr
    )


def unit(name):
    text = (ROOT / "docs" / "systemd" / f"redcross-{name}.service").read_text()
    return dict(re.findall(r"^(\w+)=(.*)$", text, re.MULTILINE))


@pytest.mark.parametrize(("name", "number"), [("web", 0), ("worker", 1), ("beat", 2)])
def test_a_unit_runs_what_the_command_for_one_terminal_runs(name, number):
    from redcross.ops.management.commands.run import commands

    _python, _module, *ours = commands("127.0.0.1", 8000)[number]

    program, *given = unit(name)["ExecStart"].split()
    assert [Path(program).name, *given] == ours


@pytest.mark.parametrize("name", ["web", "worker", "beat", "backup"])
def test_a_unit_is_nobodys_but_its_own_users_and_writes_where_it_must(name):
    said = unit(name)
    text = (ROOT / "docs" / "systemd" / f"redcross-{name}.service").read_text()

    assert (said["User"], said["ProtectSystem"], said["UMask"]) == ("redcross", "strict", "0077")
    assert ("redcross-owner.env" in text) == (name == "backup")


def test_a_check_reckons_in_one_thread_for_the_worker_has_a_process_a_processor():
    asked = "import django; django.setup(); import polars; print(polars.thread_pool_size())"
    environment = {
        name: value for name, value in os.environ.items() if name != "POLARS_MAX_THREADS"
    }

    told = subprocess.run(
        [sys.executable, "-c", asked],
        env={**environment, "DJANGO_SETTINGS_MODULE": "tests.settings"},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )

    assert told.stdout.split() == ["1"]
