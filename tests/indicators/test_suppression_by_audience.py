"""Small figures by audience: readers of records, leaders, and what leaves the portal."""

import pytest
from django.urls import reverse

from redcross.accounts.choices import Role
from redcross.branches.models import Branch
from redcross.indicators.declare.declaration import registry
from redcross.indicators.disclosure.disclosure_control import ApiClient, FigureAudience
from redcross.indicators.query.formatting import HIDDEN_VALUE
from redcross.indicators.query.question import Question
from redcross.indicators.query.resolve import answer_questions
from redcross.periods import Period
from tests.security.test_personal_data_exposure import identity_number

pytestmark = pytest.mark.django_db
STORED = "donors.stem_cell_stored"


@pytest.fixture
def volunteers(pipeline):
    """Six in Kunming, three in Qujing: nine of the province."""
    for code, numbers in (("5301", range(1, 7)), ("5303", range(11, 14))):
        rows = [
            (f"示例{number}", identity_number(number), "2021-08-03", "2021-08-05")
            for number in numbers
        ]
        pipeline.effective(
            "donors.stem_cell_volunteers", "姓名 身份证号 登记日期 入库日期", *rows, code=code
        )


def values_by_branch(reader, code="53", *, by=("branch",)):
    question = Question(
        registry[STORED], Period.parse("2021"), Branch.objects.get(code=code), by=by
    )
    (lines,) = answer_questions(question, reader=reader)
    return {line.branch.code: line.value for line in lines if line.value is not None}


def test_small_totals_are_exact_for_desk_and_leaders(volunteers, person):
    for role in (Role.DESK, Role.LEADER):
        assert values_by_branch(person(role, "53")) == {"5301": 6, "5303": 3}


def test_small_figures_and_complements_are_suppressed_in_exports(volunteers, person):
    assert values_by_branch(FigureAudience.OUTSIDE, by=()) == {"53": 9}
    assert values_by_branch(FigureAudience.OUTSIDE) == {}
    assert values_by_branch(ApiClient(person(Role.LEADER, "53"))) == {}


def test_api_token_of_the_desk_receives_exact_figures(volunteers, person):
    assert values_by_branch(ApiClient(person(Role.DESK, "53"))) == {"5301": 6, "5303": 3}


def test_figure_without_reader_is_suppressed_as_for_export(volunteers):
    question = Question(registry[STORED], Period.parse("2021"), Branch.objects.get(code="5303"))

    ((line,),) = answer_questions(question)

    assert (line.value, line.hidden, line.qualifier) == (None, True, "")


def test_figure_page_shows_exact_values_its_export_suppresses(volunteers, person, signed_in):
    page = signed_in(person(Role.LEADER, "53"))
    query = {"branch": "5303", "period": "2021"}

    shown = page.get(reverse("figure", kwargs={"key": STORED}), query).content.decode()
    paper = page.get(reverse("figure-export", kwargs={"key": STORED, "form": "xlsx"}), query)

    assert "3人份" in shown
    assert HIDDEN_VALUE not in shown
    assert HIDDEN_VALUE in _cell_texts(paper.content)


def _cell_texts(content):
    import io
    import zipfile

    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        return parts.read("xl/sharedStrings.xml").decode()
