"""The rollup's own SQL: one SELECT an indicator, run by triggers, refill and verify alike.

Three statement triggers a source table keep it exact inside the writer's transaction.
In them a CTE of the table's own name shadows the table with the rows just written, so
that the very SELECT which recounts everything counts them.
"""

import dataclasses
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.db import connections, models, transaction

from redcross.accounts.policies import register_read_only
from redcross.indicators.choices import Kind
from redcross.indicators.declare.declaration import Count, Indicator, Sum, registry
from redcross.indicators.models import InstalledIndicator, Rollup

TABLE = "indicators_rollup"
COLUMNS = "indicator, branch_id, month, breakdown, category, value, rows"
_KEY = "indicator, breakdown, branch_id, month, category"


@register_read_only
def _read_only_tables() -> set[str]:
    return {TABLE, InstalledIndicator._meta.db_table}


def select_sql(indicator: Indicator, *, using: str) -> str:
    """Return the SELECT of every cell of an indicator, over its source table."""
    groups = _groups_sql(indicator, using)
    breakdowns = {"": (), **indicator.breakdowns}
    dimensions = _dimensions(indicator)
    parts = [
        _cells_sql(indicator.key, name, [f"d{dimensions.index(field)}" for field in fields])
        for name, fields in breakdowns.items()
    ]
    return f"(WITH g AS MATERIALIZED ({groups}) {' UNION ALL '.join(parts)})"


def _dimensions(indicator: Indicator) -> list[str]:
    return sorted({name for fields in indicator.breakdowns.values() for name in fields})


def _cells_sql(key: str, breakdown: str, columns: list[str]) -> str:
    category = " || '/' || ".join(columns) or "''"
    grouping = "".join(f", {column}" for column in columns)
    return (
        f"SELECT '{key}'::varchar AS indicator, b AS branch_id, m AS month,"
        f" '{breakdown}'::varchar AS breakdown, ({category})::varchar AS category,"
        f" sum(v) AS value, sum(n)::bigint AS rows FROM g GROUP BY b, m{grouping}"
    )


def _groups_sql(indicator: Indicator, using: str) -> str:
    """Group the source once by all it is broken down by; the cells add these up."""
    assert indicator.source is not None  # noqa: S101  only counted indicators come here
    table = f'"{indicator.source._meta.db_table}"'
    dimensions = _dimensions(indicator)
    categories = "".join(
        f", coalesce({table}.\"{indicator.column(name)}\"::text, '') AS d{index}"
        for index, name in enumerate(dimensions)
    )
    grouping = "".join(f", d{index}" for index in range(len(dimensions)))
    branch = f'{table}."{indicator.column(indicator.branch)}"'
    match indicator.measure:
        case Sum(column=column):
            measure = f'coalesce(sum({table}."{indicator.column(column)}"), 0)'
        case Count():
            measure = "count(*)"
    condition = _condition_sql(indicator, using)

    def grouped(day: str, sign: str = "", also: str = "true") -> str:
        return (
            f"SELECT {branch} AS b, date_trunc('month', {day})::date AS m{categories},"
            f" {sign}{measure}::numeric AS v, {sign}count(*) AS n FROM {table}"
            f" WHERE {condition} AND {also} AND {day} IS NOT NULL"
            f" AND {branch} IS NOT NULL"
            f" GROUP BY b, m{grouping}"
        )

    begins = f'{table}."{indicator.column(indicator.at)}"'
    if indicator.kind is not Kind.STOCK or not indicator.until:
        return grouped(begins)
    last_days = ", ".join(f'{table}."{indicator.column(name)}"' for name in indicator.until)
    # It still counts on its last valid day, and no more on the one after.
    ends = f"(least({last_days}) + 1)"
    ended = grouped(ends, "-", f"{begins} IS NOT NULL")
    return f"{grouped(begins)} UNION ALL {ended}"


def _condition_sql(indicator: Indicator, using: str) -> str:
    """Return the declaration's `where` as SQL with its values written in."""
    assert indicator.source is not None  # noqa: S101
    if not indicator.where:
        return "true"
    connection = connections[using]
    queryset: models.QuerySet[Any] = indicator.source._base_manager.filter(indicator.where)
    compiler = queryset.query.get_compiler(using)
    sql, parameters = queryset.query.where.as_sql(compiler, connection)
    with connection.cursor() as cursor:
        written = cursor.mogrify(sql, parameters)
    return written.decode() if isinstance(written, bytes) else str(written)


def _group_by_table(indicators: Iterable[Indicator]) -> dict[str, list[Indicator]]:
    tables: defaultdict[str, list[Indicator]] = defaultdict(list)
    for indicator in indicators:
        assert indicator.source is not None  # noqa: S101
        tables[indicator.source._meta.db_table].append(indicator)
    return tables


def _trigger_sql(table: str, indicators: list[Indicator], using: str) -> str:
    selects = [select_sql(indicator, using=using) for indicator in indicators]
    together = " UNION ALL ".join(f"SELECT {COLUMNS} FROM {each} s" for each in selects)

    def counted(rows: str, sign: str) -> str:
        return (
            f"SELECT indicator, branch_id, month, breakdown, category,"
            f" {sign}value AS value, {sign}rows AS rows FROM"
            f' (WITH "{table}" AS (SELECT * FROM {rows}) {together}) c'
        )

    def added(movements: str) -> str:
        return (
            f"INSERT INTO {TABLE} AS r ({COLUMNS})"
            f" SELECT indicator, branch_id, month, breakdown, category, sum(value), sum(rows)"
            f" FROM ({movements}) m GROUP BY {_KEY}"
            f" HAVING sum(value) <> 0 OR sum(rows) <> 0 ORDER BY {_KEY}"
            f" ON CONFLICT ({_KEY}) DO UPDATE"
            f" SET value = r.value + EXCLUDED.value, rows = r.rows + EXCLUDED.rows;"
        )

    keys = ", ".join(f"'{indicator.key}'" for indicator in indicators)
    moved = f"{counted('new_rows', '')} UNION ALL {counted('old_rows', '-')}"
    function = f'"rollup_{table}"'
    sql = f"""
    CREATE OR REPLACE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql
      SECURITY DEFINER SET search_path = public AS $body$
    BEGIN
      CASE TG_OP
        WHEN 'INSERT' THEN {added(counted("new_rows", ""))}
        WHEN 'DELETE' THEN {added(counted("old_rows", "-"))}
        WHEN 'UPDATE' THEN {added(moved)}
        ELSE DELETE FROM {TABLE} WHERE indicator IN ({keys});
      END CASE;
      RETURN NULL;
    END $body$;
    """
    for event, referencing in {
        "INSERT": "REFERENCING NEW TABLE AS new_rows",
        "DELETE": "REFERENCING OLD TABLE AS old_rows",
        "UPDATE": "REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows",
        "TRUNCATE": "",
    }.items():
        name = f'"rollup_{event.lower()}"'
        sql += f"""
        DROP TRIGGER IF EXISTS {name} ON "{table}";
        CREATE TRIGGER {name} AFTER {event} ON "{table}"
          {referencing} FOR EACH STATEMENT EXECUTE FUNCTION {function}();"""
    return sql


def list_stale_indicators() -> list[str]:
    """Return the indicators whose cells were counted by another declaration."""
    installed = dict(InstalledIndicator.objects.values_list("indicator", "digest"))
    counted = registry.counted()
    return [each.key for each in counted if installed.get(each.key) != each.digest]


def install(*, using: str) -> list[str]:
    """Lay the triggers, and recount the indicators whose declaration changed; by the owner."""
    with transaction.atomic(using=using):
        with connections[using].cursor() as cursor:
            for table, indicators in _group_by_table(registry.counted()).items():
                cursor.execute(_trigger_sql(table, indicators, using))
        return rebuild(_list_changed(using), using=using)


def _list_changed(using: str) -> list[Indicator]:
    installed = dict(InstalledIndicator.objects.using(using).values_list("indicator", "digest"))
    gone = set(installed) - {each.key for each in registry.counted()}
    Rollup.objects.using(using).filter(indicator__in=gone).delete()
    InstalledIndicator.objects.using(using).filter(indicator__in=gone).delete()
    return [each for each in registry.counted() if installed.get(each.key) != each.digest]


def rebuild(indicators: Iterable[Indicator], *, using: str) -> list[str]:
    """Count indicators anew from their records; writers wait meanwhile."""
    rebuilt = []
    with transaction.atomic(using=using), connections[using].cursor() as cursor:
        for indicator in indicators:
            assert indicator.source is not None  # noqa: S101
            table = indicator.source._meta.db_table
            cursor.execute(f'LOCK TABLE "{table}" IN SHARE MODE')
            cursor.execute(f"DELETE FROM {TABLE} WHERE indicator = %s", [indicator.key])
            cursor.execute(f"INSERT INTO {TABLE} ({COLUMNS}) {_recount_sql(indicator, using)}")
            InstalledIndicator.objects.using(using).update_or_create(
                indicator=indicator.key, defaults={"digest": indicator.digest}
            )
            rebuilt.append(indicator.key)
    return rebuilt


def _recount_sql(indicator: Indicator, using: str) -> str:
    return (
        "SELECT indicator, branch_id, month, breakdown, category,"
        " sum(value) AS value, sum(rows) AS rows"
        f" FROM {select_sql(indicator, using=using)} s"
        f" GROUP BY {_KEY} HAVING sum(value) <> 0 OR sum(rows) <> 0"
    )


@dataclasses.dataclass(frozen=True, slots=True)
class Verification:
    """How the rollup stands against a recount of one indicator."""

    indicator: str
    cells: int
    different: int
    records: int


def verify(*, using: str) -> list[Verification]:
    """Recount every cell of every indicator by the same SELECT, in one snapshot."""
    nested = connections[using].in_atomic_block
    with transaction.atomic(using=using), connections[using].cursor() as cursor:
        if not nested:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        return [_verify_indicator(cursor, each, using) for each in registry.counted()]


def _verify_indicator(cursor: Any, indicator: Indicator, using: str) -> Verification:
    assert indicator.source is not None  # noqa: S101
    kept = f"SELECT {COLUMNS} FROM {TABLE} WHERE indicator = %s AND (value <> 0 OR rows <> 0)"
    cursor.execute(
        f"SELECT count(*), count(*) FILTER (WHERE k.value IS DISTINCT FROM c.value"
        f" OR k.rows IS DISTINCT FROM c.rows) FROM ({kept}) k"
        f" FULL JOIN ({_recount_sql(indicator, using)}) c USING ({_KEY})",
        [indicator.key],
    )
    cells, different = cursor.fetchone()
    table = indicator.source._meta.db_table
    cursor.execute(f'SELECT count(*) FROM (SELECT 1 FROM "{table}" LIMIT 1) t')
    (records,) = cursor.fetchone()
    return Verification(indicator.key, cells, different, records)
