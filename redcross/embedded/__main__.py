"""python -m redcross.embedded start|stop|status|urls|forget."""

import sys
from urllib.parse import quote

from redcross import embedded
from redcross.embedded import postgres, valkey


def main(arguments: list[str]) -> int:
    """Start, stop or describe the servers; return 1 on failure, 64 on wrong usage."""
    try:
        match arguments:
            case ["start"]:
                embedded.ensure_servers()
            case ["stop"]:
                sys.stdout.writelines(f"{name} 已停止。\n" for name in embedded.stop_servers())
            case ["forget"]:
                embedded.delete_servers()
                sys.stdout.write("内置数据库及其全部数据已删除。\n")
            case ["status"]:
                _print_status("PostgreSQL", runs=postgres.is_ready())
                _print_status("Valkey", runs=valkey.is_ready())
            case ["urls"]:
                sys.stdout.writelines(f"{line}\n" for line in connection_urls())
            case _:
                sys.stderr.write(
                    "usage: python -m redcross.embedded start|stop|status|urls|forget\n"
                )
                return 64
    except embedded.EmbeddedServerError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


def connection_urls() -> list[str]:
    """Return environment lines with the URLs for other programs (psql, scripts)."""
    host = quote(str(embedded.socket_folder()), safe="")
    at = f"@{host}:{embedded.POSTGRES_PORT}/{embedded.DATABASE}"
    return [
        f"DATABASE_URL=postgres://{embedded.APPLICATION}{at}",
        f"DATABASE_OWNER_URL=postgres://{embedded.OWNER}{at}",
        f"REDIS_URL={embedded.redis_url()}",
    ]


def _print_status(name: str, *, runs: bool) -> None:
    sys.stdout.write(f"{name}：{'运行中' if runs else '未运行'}\n")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
