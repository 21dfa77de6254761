"""The vocabulary files: each word in one place, each pattern with examples, no invalid file."""

import re
import tomllib
from pathlib import Path

import pytest

from redcross.uploads.mapping.normalize import JOINER, normalize_exact, normalize_header
from redcross.uploads.registry import registry
from redcross.uploads.schema.vocabulary import (
    VocabularyError,
    find_vocabulary,
    load_vocabulary,
    require_loaded,
)

ROOT = Path(__file__).parents[3]
SHEETS = [sheet for _, sheet in sorted(registry.items())]
FIELDS = ("branch", "giver_name", "value", "bank_gifts", "bank_value")


def table_of(sheet, name):
    """Return a table of all files a sheet takes words from, its bases' included."""
    table = {}
    for path in files_of(sheet):
        for key, value in tomllib.loads(path.read_text()).get(name, {}).items():
            table[key] = [*table.get(key, []), *value] if isinstance(value, list) else value
    return table


def files_of(sheet):
    for base in reversed(type(sheet).__mro__):
        name = vars(base).get("vocabulary") or vars(base).get("key", "").rpartition(".")[2]
        path = ROOT / sheet.domain / "vocabulary" / f"{name}.toml"
        if name and path.exists():
            yield path


def levels_of(heading):
    return tuple(normalize_header(level) for level in heading.split(JOINER))


def matched_fields(sheet, heading):
    text = normalize_header(heading)
    return {
        name
        for name, column in sheet.columns.items()
        if any(re.fullmatch(pattern, text) for pattern in column.patterns)
        and not (column.exclude_pattern and re.search(column.exclude_pattern, text))
    }


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.key)
def test_heading_stands_once_for_its_field(sheet):
    listed = table_of(sheet, "headings")
    shared = table_of(sheet, "shared_headings")
    substrings = table_of(sheet, "substrings")
    fields_of = {}
    for name, column in sheet.columns.items():
        for word in (column.label, *listed.get(name, [])):
            fields_of.setdefault(normalize_header(word), set()).add(name)
    repeats = []
    for name, words in listed.items():
        label = sheet.columns[name].label
        known = [label, *shared, *substrings.get(name, [])]
        for word in sorted(words, key=lambda word: JOINER not in word):
            text = normalize_header(word)
            same = [other for other in known if normalize_header(other) == text]
            # 会员／成人 gives its group besides, so that it is no repeat of 会员成人; where two
            # fields differ in nothing but the unit, 角膜（枚） says more than 角膜.
            adds_levels = JOINER in word and all(JOINER not in other for other in same)
            by_unit = len(fields_of[text]) > 1 and word not in same
            if same and not adds_levels and not by_unit:
                repeats.append((name, word, same[0]))
            known.append(word)

    assert repeats == []


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.key)
def test_heading_that_a_pattern_of_its_column_matches_is_not_listed(sheet):
    redundant = [
        (name, word)
        for name, words in table_of(sheet, "headings").items()
        for word in words
        if matched_fields(sheet, word) == {name}
    ]

    assert redundant == []


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.key)
def test_heading_claimed_by_two_fields_is_declared_as_shared(sheet):
    shared = {normalize_exact(word) for word in table_of(sheet, "shared_headings")}
    fields_of = {}
    for name, column in sheet.columns.items():
        for word in (column.label, *table_of(sheet, "headings").get(name, [])):
            fields_of.setdefault(normalize_exact(word), set()).add(name)

    assert {
        word: fields for word, fields in fields_of.items() if len(fields) > 1 and word not in shared
    } == {}


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.key)
def test_choice_word_is_neither_label_nor_key(sheet):
    redundant = []
    for name, table in table_of(sheet, "choices").items():
        labels = {str(key): str(label) for key, label in sheet.model_field(name).flatchoices}
        for key, words in table.items():
            redundant += [(name, word) for word in words if word in (key, labels.get(key))]

    assert redundant == []


def patterns():
    for sheet in SHEETS:
        if not list(files_of(sheet)):
            continue
        words = find_vocabulary(type(sheet).__module__, sheet.key.rpartition(".")[2], sheet.columns)
        if words is None:
            continue
        for name, of_column in words.patterns.items():
            for number, pattern in enumerate(of_column):
                yield pytest.param(re.fullmatch, pattern, id=f"{sheet.key}.{name}.{number}")
        for name, pattern in words.exclude_patterns.items():
            yield pytest.param(re.search, pattern, id=f"{sheet.key}.{name}.exclude")


@pytest.mark.parametrize(("match", "pattern"), list(patterns()))
def test_pattern_matches_its_examples_and_no_counterexample(match, pattern):
    results = {
        word: bool(match(pattern.pattern, normalize_header(word)))
        for word in (*pattern.matches, *pattern.rejects)
    }

    assert results == dict.fromkeys(pattern.matches, True) | dict.fromkeys(pattern.rejects, False)


def load(folder, text):
    path = folder / "app" / "vocabulary" / "ledger.toml"
    path.parent.mkdir(parents=True)
    path.write_text(text)
    return load_vocabulary(path, FIELDS)


def test_file_gives_headings_of_all_tables(tmp_path):
    words = load(
        tmp_path,
        '[headings]\nvalue = ["数额"]\n'
        '[shared_headings]\n"单位" = ["branch", "giver_name"]\n'
        '[substrings]\nvalue = ["金额"]\n'
        '[group_headings]\nbank = ["统计／银行", "银行"]\n'
        '[leaf_headings]\ngifts = ["笔数"]\n',
    )

    assert words.headings == {
        "value": ("数额", "金额"),
        "branch": ("单位",),
        "giver_name": ("单位",),
        "bank_gifts": ("统计／银行／笔数", "银行／笔数", "银行笔数"),
    }
    assert words.substrings == {"value": ("金额",)}


def test_pattern_takes_its_terms(tmp_path):
    words = load(
        tmp_path,
        '[terms]\nact = ["捐", "捐赠"]\n'
        "[[patterns.giver_name]]\npattern = '{act}人'\n"
        'matches = ["捐赠人"]\nrejects = ["人"]\n',
    )

    assert words.patterns["giver_name"][0].pattern == "(?:捐|捐赠)人"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("[headings", "is no TOML file"),
        ('[heading]\nvalue = ["数额"]', "has an unknown table [heading]"),
        ('[headings]\namount = ["数额"]', "names columns that the sheet does not have: amount"),
        ('[headings]\nvalue = "数额"', "must hold a list of words in [headings] value"),
        ('[headings]\nvalue = ["金额", "数额", "额"]', "is not sorted in [headings] value"),
        ('[headings]\nvalue = ["数额", "数额"]', "repeats a word in [headings] value"),
        ('[headings]\nvalue = ["数额 "]', "holds an empty or padded word"),
        ('[choices.value]\nA = ["甲"]\nB = ["甲"]', "gives “甲” two meanings"),
        (
            '[[patterns.value]]\npattern = \'{act}额\'\nmatches = ["额"]\nrejects = ["人"]',
            "uses an unknown term {act}",
        ),
        (
            '[[patterns.value]]\npattern = \'(额\'\nmatches = ["额"]\nrejects = ["人"]',
            "holds no regular expression",
        ),
        (
            "[[patterns.value]]\npattern = '额'\nmatches = [\"额\"]\nrejects = []",
            "gives no examples",
        ),
        ("[[patterns.value]]\npattern = '额'", "must hold pattern, matches and rejects"),
        ('[split_amounts]\ngroups = ["金额"]', "must hold field, groups, totals"),
    ],
)
def test_wrong_file_is_refused_with_a_sentence(tmp_path, text, sentence):
    with pytest.raises(VocabularyError, match=re.escape(sentence)) as error:
        load(tmp_path, text)

    assert str(error.value).startswith("app/vocabulary/ledger.toml ")


def test_file_of_no_sheet_is_refused(tmp_path):
    load(tmp_path, "")
    folder = tmp_path / "app" / "vocabulary"
    require_loaded(folder)
    (folder / "leger.toml").write_text("")

    with pytest.raises(VocabularyError, match=r"app/vocabulary/leger\.toml belongs to no sheet"):
        require_loaded(folder)
