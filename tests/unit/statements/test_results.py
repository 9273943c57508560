import pytest

from connector.domain import Flag
from tests.unit.statements.saying import fact

CMI5 = "https://w3id.org/xapi/cmi5/result/extensions/progress"
VIDEO = "https://w3id.org/xapi/video/extensions/progress"
GIVEN, TRUE = Flag.COMPLETION_GIVEN, Flag.COMPLETION_TRUE


@pytest.mark.parametrize(
    ("result", "flags"),
    [
        ({}, 0),
        ({"completion": None}, 0),
        ({"completion": False}, 1),
        ({"completion": True}, 3),
        ({"success": False}, 4),
        ({"success": True}, 12),
        ({"completion": True, "success": False}, 7),
        ({"completion": True, "success": True}, 15),
    ],
)
def test_flags_say_what_was_given_and_what_was_true(result, flags):
    assert fact(result=result).flags == flags


@pytest.mark.parametrize(
    ("score", "scaled"),
    [
        ({"raw": 50, "min": 0, "max": 100, "scaled": 0}, 0.5),  # Moodle's logstore 5.0.1
        ({"raw": 50, "min": 0, "max": 100, "scaled": 0.5}, 0.5),  # 4.7
        ({"raw": 3, "min": 1, "max": 5}, 0.5),
        ({"raw": 0, "min": 0, "max": 10}, 0.0),
        ({"raw": 10, "min": 0, "max": 10}, 1.0),
        ({"raw": 11, "min": 0, "max": 10, "scaled": 1}, None),
        ({"raw": 1, "min": 1, "max": 1}, None),
        ({"raw": 1, "min": 5, "max": 0}, None),
        ({"raw": 1e308, "min": -1e308, "max": 1e308}, 1.0),
        ({"scaled": 0.95}, 0.95),
        ({"scaled": -0.5}, 0.0),
        ({"scaled": 1.01}, None),
        ({"scaled": -1.01}, None),
        ({"raw": 7}, None),
        ({"raw": 7, "max": 10}, None),
        ({}, None),
    ],
)
def test_a_score_is_scaled_by_its_bounds_where_it_has_them(score, scaled):
    assert fact(result={"score": score}).score == scaled


@pytest.mark.parametrize(
    ("extensions", "per_cent"),
    [
        ({CMI5: 0}, 0),
        ({CMI5: 100}, 100),
        ({CMI5: 28.57}, 28),
        ({CMI5: 99.6}, 99),
        ({CMI5: 101}, None),
        ({CMI5: -1}, None),
        ({CMI5: "50"}, None),
        ({CMI5: True}, None),
        ({CMI5.replace("https", "http"): 40}, 40),
        ({VIDEO: 0.472}, 47),
        ({VIDEO: 0.29}, 29),
        ({VIDEO: 1}, 100),
        ({VIDEO: 1.5}, None),
        ({VIDEO: [1]}, None),
        ({VIDEO.replace("https", "http"): 0.5}, 50),
        ({"https://example.com/other": 50}, None),
        ({}, None),
        (None, None),
    ],
)
def test_progress_is_read_in_whole_per_cent(extensions, per_cent):
    assert fact(result={"extensions": extensions}).progress == per_cent
