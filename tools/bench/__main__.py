"""Measure how quickly uploads, boards and pages answer; write the ratios to var/bench.json.

Everything happens in a database of its own, made and dropped like a test's. Row-level
security, encryption, history and rollup are on.
"""

import argparse
import json
import os
import sys

import django


def parse_arguments() -> argparse.Namespace:
    """Return the sizes to measure with."""
    parser = argparse.ArgumentParser(prog="tools.bench", description="测量报送与看板的速度。")
    parser.add_argument(
        "--rows", type=int, nargs="*", default=[10_000, 100_000, 1_000_000], help="报送文件的行数"
    )
    parser.add_argument("--gifts", type=int, default=200_000, help="看板测速用的捐赠行数")
    parser.add_argument("--clerks", type=int, default=40, help="同时报送的人数")
    return parser.parse_args()


def main() -> None:
    """Measure everything and print and store the result."""
    arguments = parse_arguments()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    django.setup()
    from django.conf import settings  # noqa: PLC0415  Django is set up above

    from tools.bench import suite  # noqa: PLC0415  Django is set up above

    if settings.OWNER_DATABASE != "default":
        sys.exit("请用 make bench 运行：测速须以所有者身份建立自己的数据库。")
    result = suite.measure_all(rows=arguments.rows, gifts=arguments.gifts, clerks=arguments.clerks)
    text = json.dumps(result, ensure_ascii=False, indent=1)
    target = settings.VAR_DIR / "bench.json"
    target.parent.mkdir(exist_ok=True)
    target.write_text(text)
    sys.stdout.write(f"{text}\n")


if __name__ == "__main__":
    main()
