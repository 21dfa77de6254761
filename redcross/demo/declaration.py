"""The demonstration: workbooks as staff keep them, sent through the import pipeline."""

import dataclasses
from collections.abc import Callable, Iterable, Iterator
from typing import Literal

from redcross.accounts.choices import Role
from redcross.discovery import DeclarationList

PASSWORD = "demo-2022"  # noqa: S105  published with the demonstration


@dataclasses.dataclass(frozen=True, slots=True)
class DemoFile:
    """One invented workbook and the state it ends in."""

    sheet: str
    branch: str
    period: str
    filename: str
    build: Callable[[], bytes]
    outcome: Literal["effective", "submitted", "returned"] = "effective"
    remark: str = ""


@dataclasses.dataclass(frozen=True, slots=True)
class DemoAccount:
    """One invented person whose account a visitor can use."""

    username: str
    display_name: str
    role: Role
    branch: str
    domain: str = ""


ACCOUNTS = (
    DemoAccount("kunming", "杨示例（昆明市统计员）", Role.STATISTICIAN, "5301"),
    DemoAccount("dali", "李示例（大理州统计员）", Role.STATISTICIAN, "5329"),
    DemoAccount("wuhua", "赵示例（五华区统计员）", Role.STATISTICIAN, "530102"),
    DemoAccount("kunming-review", "周示例（昆明市审核员）", Role.REVIEWER, "5301"),
    DemoAccount("review", "王示例（省级审核员）", Role.REVIEWER, "53"),
    DemoAccount("desk", "张示例（募捐筹资业务主管）", Role.DESK, "53", "donations"),
    DemoAccount("training-desk", "何示例（应急救护业务主管）", Role.DESK, "53", "training"),
    DemoAccount("donors-desk", "吕示例（三献业务主管）", Role.DESK, "53", "donors"),
    DemoAccount("relief-desk", "施示例（人道救助业务主管）", Role.DESK, "53", "relief"),
    DemoAccount("reform-desk", "许示例（改革与组织业务主管）", Role.DESK, "53", "reform"),
    DemoAccount("coordinator", "曹示例（器官捐献协调员）", Role.ORGAN_COORDINATOR, "53"),
    DemoAccount("finance", "陈示例（财务复核）", Role.FINANCE, "53"),
    DemoAccount("office", "刘示例（省红会办公室）", Role.OFFICE, "53"),
    DemoAccount("leader", "孙示例（省红会领导）", Role.LEADER, "53"),
    DemoAccount("dali-leader", "段示例（大理州红会领导）", Role.LEADER, "5329"),
    DemoAccount("supervisor", "吴示例（监事会）", Role.SUPERVISOR, "53"),
    DemoAccount("auditor", "郑示例（安全审计员）", Role.AUDITOR, "53"),
    DemoAccount("administrator", "冯示例（系统管理员）", Role.ADMINISTRATOR, "53"),
    DemoAccount("administrator-2", "邓示例（系统管理员）", Role.ADMINISTRATOR, "53"),
)

DemoFileSource = Callable[[], Iterable[DemoFile]]
VisitorFileSource = Callable[[], Iterable[tuple[str, bytes]]]
_demo_file_sources: DeclarationList[DemoFileSource] = DeclarationList(module="demo")
_visitor_file_sources: DeclarationList[VisitorFileSource] = DeclarationList(module="demo")


def demo_file_source(source: DemoFileSource) -> DemoFileSource:
    """Register a function that yields an app's workbooks; for use as a decorator."""
    return _demo_file_sources.add(source)


def visitor_file_source(source: VisitorFileSource) -> VisitorFileSource:
    """Register files for visitors to try, written to var/demo/: (name, content)."""
    return _visitor_file_sources.add(source)


def list_demo_files() -> Iterator[DemoFile]:
    """Yield the workbooks of every app."""
    for source in _demo_file_sources:
        yield from source()


def list_visitor_files() -> Iterator[tuple[str, bytes]]:
    """Yield the files for visitors, as (name, content)."""
    for source in _visitor_file_sources:
        yield from source()
