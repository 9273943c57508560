"""docs/reference/gallery.md is in step with the states that there are."""

from connector.web.gallery import states
from tests.docs.pages import ROOT
from tests.e2e.gallery.table import COLUMNS, PAGE, UNMEASURED, known_lines

IMAGES = ROOT / "docs" / "images" / "gallery"
LINES = known_lines(PAGE.read_text())


def test_every_state_has_its_line_and_nothing_else_has_one():
    assert list(LINES) == list(states()), "run `make gallery` (or `python -m tests.e2e.gallery STATE`)"


def test_nothing_was_found_and_every_score_is_good_enough():
    numbers = {name: dict(zip(COLUMNS, cells, strict=True)) for name, cells in LINES.items()}
    assert {name: line["axe"] for name, line in numbers.items() if line["axe"] != "0"} == {}
    measured = {name: line for name, line in numbers.items() if line["performance"] != UNMEASURED}
    low = [name for name, line in measured.items() if float(line["performance"]) < 0.95]
    assert (low, [name for name, line in measured.items() if line["accessibility"] != "1.00"]) == ([], [])
    assert [name for name, line in numbers.items() if int(line["HTML (B, gz)"].replace(",", "")) > 15_000] == []


def test_every_line_has_its_picture_and_all_of_them_are_under_two_megabytes():
    files = {file.stem: file.stat().st_size for file in IMAGES.iterdir()}
    assert set(files) == set(LINES)
    assert sum(files.values()) < 2_000_000
