"""Settings from the environment, lock files, built styles, compose file, systemd units."""

import json
import os
import re
import socket
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
BUILT_STYLES = ROOT / "static" / "unfold" / "css" / "styles.css"
OURS = (
    *("SITE_URL", "DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL", "SECRET_KEY"),
    *("FIELD_KEYS", "DEBUG", "DEMO", "DJANGO_SETTINGS_MODULE"),
)
KEYS = {"SECRET_KEY": "s" * 50, "FIELD_KEYS": "1:" + "A" * 86 + "=="}


def evaluate_settings(expression, **environment):
    """Evaluate an expression over the settings in a new process with this environment."""
    inherited = {name: value for name, value in os.environ.items() if name not in OURS}
    return subprocess.run(
        [sys.executable, "-c", f"import json; from redcross import settings as s; {expression}"],
        env=inherited | environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


def read_settings(expression, **environment):
    done = evaluate_settings(f"print(json.dumps({expression}))", **environment)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.parametrize("missing", ["SECRET_KEY", "FIELD_KEYS"])
def test_public_site_without_secrets_refuses_to_start(missing):
    environment = {name: value for name, value in KEYS.items() if name != missing}

    done = evaluate_settings(
        "print(s.SECRET_KEY)", SITE_URL="https://portal.example", **environment
    )

    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.splitlines()[-1].endswith(
        f"SITE_URL 为 https 时必须设置环境变量 {missing}。"
    )


def test_command_with_missing_setting_fails_with_one_sentence():
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


def test_https_setting_makes_cookies_and_transport_strict():
    expression = (
        "[s.SESSION_COOKIE_NAME, s.CSRF_COOKIE_NAME, s.SESSION_COOKIE_SECURE,"
        " s.CSRF_COOKIE_SECURE, s.SECURE_HSTS_SECONDS > 0, s.SECURE_SSL_REDIRECT]"
    )

    strict = read_settings(expression, SITE_URL="https://portal.example", **KEYS)

    assert strict == ["__Host-session", "__Host-csrf", True, True, True, True]
    assert read_settings("[hasattr(s, 'SECURE_HSTS_SECONDS'), s.DEBUG, s.DEMO]") == [False] * 3


def test_configured_servers_are_used_and_none_is_started():
    expression = (
        "[s.DATABASES['default']['ENGINE'], s.DATABASES['owner']['USER'],"
        " s.APPLICATION_ROLE, s.CELERY_BROKER_URL, s.CACHES['default']['OPTIONS']]"
    )

    named = read_settings(
        expression,
        DATABASE_URL="postgres://app:p@db.example/portal",
        DATABASE_OWNER_URL="postgres://keeper:p@db.example/portal",
        REDIS_URL="redis://queue.example/0",
    )

    engine = "django.db.backends.postgresql"
    assert named == [engine, "keeper", "app", "redis://queue.example/0", {}]


def test_trial_secrets_file_is_readable_by_its_owner_only():
    read_settings("s.SECRET_KEY")

    modes = {path.stat().st_mode & 0o777 for path in (ROOT / "var" / "secrets").iterdir()}

    assert modes == {0o600}


@pytest.mark.parametrize("name", ["base", "dev"])
def test_lock_files_have_a_hash_for_every_package(name):
    entries = re.split(r"\n(?=\w)", (ROOT / "requirements" / f"{name}.txt").read_text())

    bare = [entry for entry in entries[1:] if "--hash=sha256:" not in entry]

    assert bare == []


def test_lock_file_of_production_equals_the_tested_versions():
    base, dev = (
        set(re.findall(r"^[\w.-]+==\S+", (ROOT / "requirements" / name).read_text(), re.MULTILINE))
        for name in ("base.txt", "dev.txt")
    )

    assert base - dev == set()


def test_lock_files_name_no_registry_address():
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


def test_built_admin_styles_use_nothing_unknown_to_chromium_109():
    sheet = BUILT_STYLES.read_text()

    assert [word for word in ("oklch(", "color-mix(", "@layer") if word in sheet] == []


def test_lowered_styles_keep_tints_and_colours():
    sheet = BUILT_STYLES.read_text()

    # base-500 is #6a7282 in palette.json; 8 % of 255 is 0x14. red-600 is Tailwind's.
    assert r".bg-base-500\/8{background-color:#6a728214}" in sheet
    assert "--color-red-600:#e7000b" in sheet


def test_pages_contain_no_colour_unknown_to_chromium_109(settings):
    scales = settings.UNFOLD["COLORS"]

    assert sorted(scales) == ["base", "primary"]
    assert all(re.fullmatch(r"#[\da-f]{6}", c) for scale in scales.values() for c in scale.values())


@pytest.fixture(scope="module")
def services():
    return yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]


def test_compose_file_matches_its_schema():
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


def test_compose_containers_are_confined_and_have_health_checks(services):
    unconfined = [
        name
        for name, service in services.items()
        if not (
            service["mem_limit"]
            and service["logging"]["options"]["max-size"]
            and "no-new-privileges:true" in service["security_opt"]
        )
    ]
    silent = [name for name, service in services.items() if not service.get("healthcheck")]
    published = [name for name, service in services.items() if service.get("ports")]

    assert (unconfined, published) == ([], ["proxy"])
    assert silent == ["web"], "web has the image's own"


def test_compose_long_running_services_hold_no_owner_password(services):
    ours = {name: services[name] for name in ("setup", "web", "worker", "beat")}

    owners = [
        name for name, service in ours.items() if "DATABASE_OWNER_URL" in service["environment"]
    ]

    assert owners == ["setup"]
    assert [service["read_only"] and service["cap_drop"] for service in ours.values()] == [
        ["ALL"]
    ] * 4
    assert "\nUSER 10001\n" in (ROOT / "Dockerfile").read_text()


def test_postgres_log_prefix_holds_the_request_id_and_no_row_data(services):
    command = services["database"]["command"]
    by_hand = (ROOT / "docs" / "deploy.md").read_text()

    assert "-clog_line_prefix=%m [%p] %a " in command
    assert "-clog_error_verbosity=terse" in command
    assert "log_line_prefix = '%m [%p] %q%u@%d %a '" in by_hand


def list_variables():
    text = (ROOT / "redcross" / "settings.py").read_text()
    return set(re.findall(r"\benv\.\w+\(\s*\"(\w+)\"", text)) | {"SECRET_KEY", "FIELD_KEYS"}


def test_example_environment_file_names_every_variable_and_no_other():
    example = (ROOT / ".env.example").read_text()

    named = set(re.findall(r"^#?([A-Z_]+)=", example, re.MULTILINE))

    compose = {"POSTGRES_PASSWORD", "OWNER_PASSWORD", "APPLICATION_PASSWORD"}
    assert named == list_variables() | compose


def test_compose_file_passes_every_environment_variable(services):
    set_by_compose_alone = {"DEBUG", "DEMO"}

    passed = set(services["setup"]["environment"])

    assert passed == list_variables() - set_by_compose_alone
    assert services["web"]["environment"]["SECOND_FACTOR"] == "${SECOND_FACTOR:-on}"


def test_empty_environment_variable_counts_as_unset():
    values = read_settings(
        "[s.EMAIL_BACKEND, s.DEFAULT_FROM_EMAIL, s.METRICS_TOKEN,"
        " s.REST_FRAMEWORK['DEFAULT_THROTTLE_RATES']['sign-in']]",
        EMAIL_URL="", EMAIL_FROM="", METRICS_TOKEN="", RATE_SIGN_IN="",
    )  # fmt: skip

    console = "django.core.mail.backends.console.EmailBackend"
    assert values == [console, "portal@localhost", "", "60/min"]


def test_run_command_with_port_in_use_fails_with_one_sentence():
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


def read_unit(name):
    text = (ROOT / "docs" / "systemd" / f"redcross-{name}.service").read_text()
    return dict(re.findall(r"^(\w+)=(.*)$", text, re.MULTILINE))


@pytest.mark.parametrize(("name", "number"), [("web", 0), ("worker", 1), ("beat", 2)])
def test_systemd_units_run_the_same_commands_as_the_run_command(name, number):
    from redcross.ops.management.commands.run import process_commands

    _python, _module, *ours = process_commands("127.0.0.1", 8000)[number]

    program, *arguments = read_unit(name)["ExecStart"].split()
    assert [Path(program).name, *arguments] == ours


@pytest.mark.parametrize("name", ["web", "worker", "beat", "backup"])
def test_systemd_units_are_confined_to_their_user_and_paths(name):
    settings_of_unit = read_unit(name)
    text = (ROOT / "docs" / "systemd" / f"redcross-{name}.service").read_text()

    assert (
        settings_of_unit["User"],
        settings_of_unit["ProtectSystem"],
        settings_of_unit["UMask"],
    ) == ("redcross", "strict", "0077")
    assert ("redcross-owner.env" in text) == (name == "backup")


def test_worker_check_uses_one_polars_thread():
    code = "import django; django.setup(); import polars; print(polars.thread_pool_size())"
    environment = {
        name: value for name, value in os.environ.items() if name != "POLARS_MAX_THREADS"
    }

    output = subprocess.run(
        [sys.executable, "-c", code],
        env={**environment, "DJANGO_SETTINGS_MODULE": "tests.settings"},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )

    assert output.stdout.split() == ["1"]
