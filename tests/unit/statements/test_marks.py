import pytest

from connector.statements import marks


@pytest.mark.parametrize(
    ("iri", "stem", "mark"),
    [
        ("https://a.example/excel-2024", "https://a.example/excel", "-2024"),
        ("https://a.example/Excel_2025S2/start", "https://a.example/excel/start", "_2025s2"),
        ("https://a.example/excel-2024-T1", "https://a.example/excel", "-2024-t1"),
        ("https://a.example/excel-fall2024", "https://a.example/excel", "-fall2024"),
        ("https://a.example/excel/2024-T1", "https://a.example/excel/", "2024-t1"),
        ("urn:course:excel:2024", "urn:course:excel", ":2024"),
        ("urn:course:excel:session02", "urn:course:excel", ":session02"),
        ("https://a.example/2023-2/excel-2024", "https://a.example/2023-2/excel", "-2024"),
        ("https://a.example/course/2024", "https://a.example/course/2024", ""),  # a number, perhaps
        ("https://a.example/view.php?id=4-2024", "https://a.example/view.php?id=4-2024", ""),
        ("https://a.example/excel-20245", "https://a.example/excel-20245", ""),
        ("https://a.example/excel-1824", "https://a.example/excel-1824", ""),
    ],
)
def test_a_run_at_the_end_of_a_segment_is_taken_out_of_an_iri(iri, stem, mark):
    assert marks.without_run(iri) == (stem, mark)


@pytest.mark.parametrize(
    ("iri", "stem", "mark"),
    [
        ("https://a.example/excel-v2", "https://a.example/excel", "-v2"),
        ("https://a.example/excel/v1.3/start", "https://a.example/excel/start", "/v1.3"),
        ("urn:course:excel:version-3", "urn:course:excel", ":version-3"),
        ("https://a.example/excel?v=2", "https://a.example/excel?v=2", ""),
        ("course-v1:FUN+1+2", "course-v1:fun+1+2", ""),
        ("https://a.example/tv2", "https://a.example/tv2", ""),
    ],
)
def test_a_version_is_taken_out_of_an_iri(iri, stem, mark):
    assert marks.without_version(iri) == (stem, mark)


@pytest.mark.parametrize(
    ("iri", "mark"),
    [
        ("https://a.example/de/excel?id=3", "de"),
        ("https://a.example/excel/pt-BR?id=3", "pt-br"),
        ("https://a.example/excel?lang=de&id=3", "de"),
        ("https://a.example/excel?id=3&HL=zh_TW", "zh_tw"),
        ("https://de.a.example/excel?id=3", "de"),
        ("https://a.example/excel-de?id=3", "de"),
        ("https://a.example/excel?id=3", ""),
    ],
)
def test_a_language_is_taken_out_of_an_iri_wherever_it_stands(iri, mark):
    assert marks.without_language(iri) == ("https://a.example/excel?id=3", mark)


@pytest.mark.parametrize(
    "iri",
    [
        "https://a.example/xx/excel",
        "https://a.example/excel?lang=klingon",
        "https://de.example",
        "https://de.example/excel",
        "https://a.example/#/de/excel",
        "urn:de:excel",
    ],
)
def test_what_is_no_language_stays_in_an_iri(iri):
    assert marks.without_language(iri) == (iri, "")


@pytest.mark.parametrize(
    ("title", "stem", "mark"),
    [
        ("Excel 2024", "excel", "2024"),
        ("Excel (2024/25)", "excel", "2024/25"),
        ("Excel \N{EN DASH} Spring 2025", "excel", "spring 2025"),
        ("Excel, WS 2024/2025 ", "excel", "ws 2024/2025"),
        ("Excel 2024-T1", "excel", "2024-t1"),
        ("Excel T1 2024", "excel", "t1 2024"),
        ("Excel [Run 3]", "excel", "run 3"),
        ("Excel (advanced) 2024", "excel (advanced", "2024"),
        ("Excel Session 2", "excel session 2", ""),  # a lesson, perhaps
        ("Excel2024", "excel2024", ""),
        ("2024", "2024", ""),
        ("In 2024", "in 2024", ""),
        ("2024 in figures", "2024 in figures", ""),
        ("Excel 1066", "excel 1066", ""),
    ],
)
def test_a_run_is_taken_out_of_the_end_of_a_title(title, stem, mark):
    assert marks.title_without_run(title) == (stem, mark)


@pytest.mark.parametrize(
    ("title", "stem", "mark"),
    [
        ("Excel v2", "excel", "v2"),
        ("Excel (Version 3)", "excel", "version 3"),
        ("Excel, V 2.1", "excel", "v 2.1"),
        ("Excel, 2nd edition", "excel", "2nd edition"),
        ("Excel, 2. Auflage", "excel", "2. auflage"),
        ("Excel 2", "excel 2", ""),
        ("Excel HIV2", "excel hiv2", ""),
    ],
)
def test_a_version_is_taken_out_of_the_end_of_a_title(title, stem, mark):
    assert marks.title_without_version(title) == (stem, mark)


@pytest.mark.parametrize(
    ("title", "code"),
    [
        ("DL101: Understanding data", "DL101"),
        ("[DL-101] Daten verstehen", "DL101"),
        ("Comprendre les données (DL 101)", "DL101"),
        ("Understanding data", ""),
        ("Data in 101 days", ""),
        ("dl101: understanding", ""),
    ],
)
def test_a_course_code_is_found_at_the_start_of_a_title_or_in_brackets_at_its_end(title, code):
    assert marks.code_in(title) == code


@pytest.mark.parametrize(
    ("iri", "course"),
    [
        ("course-v1:FUN-MOOC+00002+session01", (" fun-mooc+00002", "session01")),
        ("https://edx.example/courses/course-v1:ORG+C.1+2024_T1", ("edx.example org+c.1", "2024_t1")),
        ("https://edx.example/courses/course-v1:ORG+C.1+2024_T1/about", ("edx.example org+c.1", "2024_t1")),
        ("https://edx.example/course/course-v1%3AORG%2BC.1%2B2024", ("edx.example org+c.1", "2024")),
        ("https://edx.example/courses/course-v1:ORG+C+R/courseware/week1", None),
        ("https://edx.example/go?to=course-v1:ORG+C+R", None),
        ("course-v1:ORG+C", None),
        ("block-v1:ORG+C+R+type@video+block@1", None),
    ],
)
def test_the_key_of_an_open_edx_course_says_course_and_run_and_a_page_in_it_does_not(iri, course):
    assert marks.open_edx_course(iri) == course
