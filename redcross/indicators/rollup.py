"""The SQL of the rollup: one SELECT an indicator, used by triggers, rebuild and verification.

Statement triggers on each source table update the rollup inside the writer's transaction.
In them a CTE with the table's own name shadows the table with the rows just written, so
that the same SELECT which recounts everything counts those rows.
"""

import dataclasses
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.db import connections, models, transaction

from redcross.accounts.database.policies import register_read_only
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
    """Group the source once by all dimensions; the cells of each breakdown add these up."""
    assert indicator.source is not None  # noqa: S101  only counted indicators have SQL
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

    def group_sql(day: str, sign: str = "", extra: str = "true") -> str:
        return (
            f"SELECT {branch} AS b, date_trunc('month', {day})::date AS m{categories},"
            f" {sign}{measure}::numeric AS v, {sign}count(*) AS n FROM {table}"
            f" WHERE {condition} AND {extra} AND {day} IS NOT NULL"
            f" AND {branch} IS NOT NULL"
            f" GROUP BY b, m{grouping}"
        )

    first_day = f'{table}."{indicator.column(indicator.date_field)}"'
    if indicator.kind is not Kind.STOCK or not indicator.end_date_fields:
        return group_sql(first_day)
    last_days = ", ".join(
        f'{table}."{indicator.column(name)}"' for name in indicator.end_date_fields
    )
    # A record still counts on its last valid day, and not on the day after.
    day_after = f"(least({last_days}) + 1)"
    departures = group_sql(day_after, "-", f"{first_day} IS NOT NULL")
    return f"{group_sql(first_day)} UNION ALL {departures}"


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
        literal = cursor.mogrify(sql, parameters)
    return literal.decode() if isinstance(literal, bytes) else str(literal)


def _group_by_table(indicators: Iterable[Indicator]) -> dict[str, list[Indicator]]:
    tables: defaultdict[str, list[Indicator]] = defaultdict(list)
    for indicator in indicators:
        assert indicator.source is not None  # noqa: S101
        tables[indicator.source._meta.db_table].append(indicator)
    return tables


def _trigger_sql(table: str, indicators: list[Indicator], using: str) -> str:
    selects = [select_sql(indicator, using=using) for indicator in indicators]
    cells = " UNION ALL ".join(f"SELECT {COLUMNS} FROM {select} s" for select in selects)

    def movements_sql(rows: str, sign: str) -> str:
        return (
            f"SELECT indicator, branch_id, month, breakdown, category,"
            f" {sign}value AS value, {sign}rows AS rows FROM"
            f' (WITH "{table}" AS (SELECT * FROM {rows}) {cells}) c'
        )

    def upsert_sql(movements: str) -> str:
        return (
            f"INSERT INTO {TABLE} AS r ({COLUMNS})"
            f" SELECT indicator, branch_id, month, breakdown, category, sum(value), sum(rows)"
            f" FROM ({movements}) m GROUP BY {_KEY}"
            f" HAVING sum(value) <> 0 OR sum(rows) <> 0 ORDER BY {_KEY}"
            f" ON CONFLICT ({_KEY}) DO UPDATE"
            f" SET value = r.value + EXCLUDED.value, rows = r.rows + EXCLUDED.rows;"
        )

    keys = ", ".join(f"'{indicator.key}'" for indicator in indicators)
    arrivals, departures = movements_sql("new_rows", ""), movements_sql("old_rows", "-")
    function = f'"rollup_{table}"'
    sql = f"""
    CREATE OR REPLACE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql
      SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $body$
    BEGIN
      CASE TG_OP
        WHEN 'INSERT' THEN {upsert_sql(arrivals)}
        WHEN 'DELETE' THEN {upsert_sql(departures)}
        WHEN 'UPDATE' THEN {upsert_sql(f"{arrivals} UNION ALL {departures}")}
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
    """Return the keys of indicators whose cells were counted by another declaration."""
    installed = dict(InstalledIndicator.objects.values_list("indicator", "digest"))
    counted = registry.counted()
    return [
        indicator.key for indicator in counted if installed.get(indicator.key) != indicator.digest
    ]


def install(*, using: str) -> list[str]:
    """Install the triggers and recount changed indicators; `using` is the owner's connection."""
    with transaction.atomic(using=using):
        with connections[using].cursor() as cursor:
            for table, indicators in _group_by_table(registry.counted()).items():
                cursor.execute(_trigger_sql(table, indicators, using))
        return rebuild(_list_changed(using), using=using)


def _list_changed(using: str) -> list[Indicator]:
    """Return the indicators to recount; delete the cells of those that no longer exist."""
    installed = dict(InstalledIndicator.objects.using(using).values_list("indicator", "digest"))
    counted = registry.counted()
    removed = set(installed) - {indicator.key for indicator in counted}
    Rollup.objects.using(using).filter(indicator__in=removed).delete()
    InstalledIndicator.objects.using(using).filter(indicator__in=removed).delete()
    return [indicator for indicator in counted if installed.get(indicator.key) != indicator.digest]


def rebuild(indicators: Iterable[Indicator], *, using: str) -> list[str]:
    """Count indicators anew from their records; return their keys. Writers wait meanwhile."""
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
    """The result of comparing the rollup with a recount of one indicator."""

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
        return [_verify_indicator(cursor, indicator, using) for indicator in registry.counted()]


def _verify_indicator(cursor: Any, indicator: Indicator, using: str) -> Verification:
    assert indicator.source is not None  # noqa: S101
    stored = f"SELECT {COLUMNS} FROM {TABLE} WHERE indicator = %s AND (value <> 0 OR rows <> 0)"
    cursor.execute(
        f"SELECT count(*), count(*) FILTER (WHERE k.value IS DISTINCT FROM c.value"
        f" OR k.rows IS DISTINCT FROM c.rows) FROM ({stored}) k"
        f" FULL JOIN ({_recount_sql(indicator, using)}) c USING ({_KEY})",
        [indicator.key],
    )
    cells, different = cursor.fetchone()
    table = indicator.source._meta.db_table
    cursor.execute(f'SELECT count(*) FROM (SELECT 1 FROM "{table}" LIMIT 1) t')
    (records,) = cursor.fetchone()
    return Verification(indicator.key, cells, different, records)
