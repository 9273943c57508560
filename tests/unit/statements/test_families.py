from hypothesis import given
from hypothesis import strategies as st

from connector.statements.families import Confidence, Member, Proposal, Rule, certain_groups, proposals

COURSE = "https://w3id.org/xapi/cmi5/activitytype/course"
SITE = "https://a.example"


def item(path, title="", family=None, **fields) -> Member:
    """An Item at a path of the site, in a Family of its own unless one is given."""
    iri = path if ":" in path else f"{SITE}/{path}"
    titles = fields.pop("titles", {"en": title} if title else {})
    return Member(iri, family if family is not None else hash(iri), titles, **fields)


def found(*members) -> list[tuple[Rule, Confidence, list[str]]]:
    return [
        (one.rule, one.confidence, [iri.removeprefix(f"{SITE}/") for iri in one.iris]) for one in proposals(members)
    ]


def test_the_runs_of_an_open_edx_course_are_certainly_one():
    runs = [item(f"course-v1:O+DL+{run}") for run in ("2024", "2025")]
    assert found(*runs, item("course-v1:O+OTHER+2024")) == [
        (Rule.OPEN_EDX_RUN, Confidence.CERTAIN, ["course-v1:O+DL+2024", "course-v1:O+DL+2025"])
    ]


def test_two_pages_of_one_run_are_no_runs():
    assert found(item(f"{SITE}/course-v1:O+DL+1"), item(f"{SITE}/course-v1:O+DL+1/about")) == []


def test_runs_in_the_iri_are_likely_where_titles_agree_and_possible_where_they_do_not():
    assert found(item("excel-2024", "Excel 2024"), item("excel-2025", "Excel 2025")) == [
        (Rule.RUN_IN_IRI, Confidence.LIKELY, ["excel-2024", "excel-2025"])
    ]
    assert found(item("news-2024", "Elections"), item("news-2025", "Summer sports")) == [
        (Rule.RUN_IN_IRI, Confidence.POSSIBLE, ["news-2024", "news-2025"])
    ]


def test_a_course_without_a_run_is_not_the_one_with_it():
    assert found(item("excel", "Excel"), item("excel-2019", "Excel 2019")) == []


def test_the_first_version_need_not_say_so():
    assert found(item("excel"), item("excel-v2"), item("excel/v3")) == [
        (Rule.VERSION_IN_IRI, Confidence.LIKELY, ["excel", "excel-v2", "excel/v3"])
    ]
    assert found(item("1", "Excel"), item("2", "Excel (Version 2)")) == [
        (Rule.VERSION_IN_TITLE, Confidence.LIKELY, ["1", "2"])
    ]


def test_languages_in_the_iri():
    assert found(item("en/excel", "Excel"), item("de/excel", "Tabellen"), item("de/word", "Text")) == [
        (Rule.LANGUAGE_IN_IRI, Confidence.LIKELY, ["de/excel", "en/excel"])
    ]
    assert found(item("x?id=1&lang=de"), item("x?id=1"), item("x?id=2&lang=de")) == [
        (Rule.LANGUAGE_IN_IRI, Confidence.LIKELY, ["x?id=1", "x?id=1&lang=de"])
    ]


def test_one_code_in_two_languages_but_not_twice_in_one():
    german = item("1", titles={"de": "DL101: Daten verstehen"})
    english = item("2", titles={"en": "DL101: Understanding data"})
    another = item("3", titles={"en": "DL101: Exercises"})
    assert found(german, english) == [(Rule.CODE_IN_TITLE, Confidence.LIKELY, ["1", "2"])]
    assert found(english, another) == []


def test_the_catalogues_language_counts_more_than_that_of_the_title():
    german = item("1", "DL101: Daten verstehen", language="de-CH")
    english = item("2", "DL101: Understanding data", language="en")
    assert found(german, english) == [(Rule.CODE_IN_TITLE, Confidence.LIKELY, ["1", "2"])]
    assert found(item("1", titles={"und": "DL101: Daten"}), item("2", titles={"und": "DL101: Data"})) == []


def test_runs_in_the_title_in_one_language():
    assert found(item("1", "Excel (Spring 2024)"), item("2", "excel, fall 2025"), item("3", "Word 2024")) == [
        (Rule.RUN_IN_TITLE, Confidence.LIKELY, ["1", "2"])
    ]
    assert found(item("1", "Excel 2024"), item("2", titles={"de": "Excel 2025"})) == []


def test_courses_of_one_title_are_possible_but_modules_are_often_called_alike():
    assert found(item("1", "Data literacy", type=COURSE), item("2", "Data Literacy", type=COURSE)) == [
        (Rule.SAME_TITLE, Confidence.POSSIBLE, ["1", "2"])
    ]
    assert found(item("1", "Data literacy"), item("2", "Data literacy", type=COURSE)) == []
    assert found(item("1", "Quiz 1", type=COURSE), item("2", "Quiz 1", type=COURSE)) == []


def test_what_is_one_family_is_not_proposed_again_unless_somebody_is_missing():
    first, second = item("excel-2024", family=1), item("excel-2025", family=1)
    assert found(first, second) == []
    assert [iris for _, _, iris in found(first, second, item("excel-2026", family=2))] == [
        ["excel-2024", "excel-2025", "excel-2026"]
    ]


def test_a_weaker_rule_repeats_nothing_but_may_bring_another():
    pair = [item("excel-2024", "Excel 2024"), item("excel-2025", "Excel 2025")]
    assert [rule for rule, _, _ in found(*pair)] == [Rule.RUN_IN_IRI]
    assert found(*pair, item("7", "Excel 2026"))[1] == (
        Rule.RUN_IN_TITLE,
        Confidence.LIKELY,
        ["7", "excel-2024", "excel-2025"],
    )


def test_what_a_person_took_out_is_never_proposed_nor_joined_again():
    apart = item("course-v1:O+DL+2025", alone=True)
    assert found(item("course-v1:O+DL+2024"), apart) == []
    assert list(certain_groups([item("course-v1:O+DL+2024"), apart])) == []


def test_only_what_is_certain_is_joined_without_a_person():
    runs = [item("course-v1:O+DL+2024", family=3), item("course-v1:O+DL+2025", family=3)]
    assert list(certain_groups([*runs, item("excel-2024"), item("excel-2025")])) == [runs]


def test_the_name_of_a_proposal_changes_with_its_items():
    one = Proposal(Rule.RUN_IN_IRI, Confidence.LIKELY, ("a", "b"))
    assert one.name == Proposal(Rule.RUN_IN_IRI, Confidence.POSSIBLE, ("a", "b")).name
    assert len({one.name, Proposal(Rule.RUN_IN_IRI, Confidence.LIKELY, ("a", "b", "c")).name}) == 2
    assert len(one.name) == 8


PIECES = st.sampled_from(["excel", "word", "-2024", "-2025", "/de", "/en", "-v2", "course-v1:O+C+", "1", "2", "/"])


@given(st.lists(st.tuples(st.lists(PIECES, max_size=4), st.lists(PIECES, max_size=3)), max_size=12), st.randoms())
def test_proposals_do_not_depend_on_the_order_and_name_each_item_once(described, random):
    items = {"".join(path): item("".join(path), " ".join(words), family=n) for n, (path, words) in enumerate(described)}
    members = list(items.values())
    once = proposals(members)
    random.shuffle(members)
    assert proposals(members) == once
    assert all(len(one.iris) == len(set(one.iris)) >= 2 for one in once)
    assert len({one.name for one in once}) == len(once)
