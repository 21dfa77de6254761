"""Who is told small figures: who reads the records, then leaders, then whatever leaves."""

import pytest
from django.urls import reverse

from redcross.accounts.choices import Role
from redcross.branches.models import Branch
from redcross.indicators.declare.declaration import registry
from redcross.indicators.disclosure.disclosure_control import Audience, Program
from redcross.indicators.query.formatting import HIDDEN
from redcross.indicators.query.resolve import Question, ask
from redcross.periods import Period
from tests.test_planted import identity_number

pytestmark = pytest.mark.django_db
STORED = "donors.stem_cell_stored"


@pytest.fixture
def volunteers(road):
    """Six in Kunming, three in Qujing: nine of the province."""
    for code, numbers in (("5301", range(1, 7)), ("5303", range(11, 14))):
        rows = [
            (f"示例{number}", identity_number(number), "2021-08-03", "2021-08-05")
            for number in numbers
        ]
        road.effective(
            "donors.stem_cell_volunteers", "姓名 身份证号 登记日期 入库日期", *rows, code=code
        )


def answers(reader, code="53", *, by=("branch",)):
    question = Question(
        registry[STORED], Period.parse("2021"), Branch.objects.get(code=code), by=by
    )
    (lines,) = ask(question, reader=reader)
    return {each.branch.code: each.value for each in lines if each.value is not None}


def test_the_desk_and_leaders_read_exact_totals(volunteers, person):
    for role in (Role.DESK, Role.LEADER):
        assert answers(person(role, "53")) == {"5301": 6, "5303": 3}


def test_what_leaves_holds_the_small_back_with_their_complement(volunteers, person):
    assert answers(Audience.OUTSIDE, by=()) == {"53": 9}
    assert answers(Audience.OUTSIDE) == {}
    assert answers(Program(person(Role.LEADER, "53"))) == {}


def test_a_program_of_the_desk_reads_as_the_desk(volunteers, person):
    assert answers(Program(person(Role.DESK, "53"))) == {"5301": 6, "5303": 3}


def test_asked_without_a_reader_it_is_told_what_may_leave(volunteers):
    question = Question(registry[STORED], Period.parse("2021"), Branch.objects.get(code="5303"))

    ((line,),) = ask(question)

    assert (line.value, line.hidden, line.qualifier) == (None, True, "")


def test_a_figure_s_page_shows_what_its_export_holds_back(volunteers, person, signed_in):
    page = signed_in(person(Role.LEADER, "53"))
    asked = {"branch": "5303", "period": "2021"}

    shown = page.get(reverse("figure", kwargs={"key": STORED}), asked).content.decode()
    paper = page.get(reverse("figure-export", kwargs={"key": STORED, "form": "xlsx"}), asked)

    assert "3人份" in shown
    assert HIDDEN not in shown
    assert HIDDEN in _texts(paper.content)


def _texts(content):
    import io
    import zipfile

    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        return parts.read("xl/sharedStrings.xml").decode()
