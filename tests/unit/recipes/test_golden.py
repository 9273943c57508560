"""One small page, whole, as JSON beside this file: any change of a Slate shows in a diff."""

import json
from dataclasses import asdict, replace
from pathlib import Path

from connector.domain import Signal
from connector.recipes.compose import compose
from tests.unit.recipes.shelves import MODEL, act, catalog, completed, item, neighbours, page, popular, shelf

GOLDEN = Path(__file__).parent / "golden" / "slate.json"


def golden_page():
    items = catalog(*range(1, 24), taboo=item(4, sensitive=True), rerun=item(20, family=1), linkless=item(21, url=""))
    lists = (
        neighbours(1, (10, 0.6, 35, 31), (11, 0.5, 25, 12), (2, 0.5), (12, 0.4, 4, 4), (20, 0.4), (13, 0.02)),
        neighbours(2, (12, 0.5, 20, 15), (14, 0.45, 41, 12), (15, 0.4, 18, 11), (16, 0.3, 9, 5), (10, 0.2, 9, 5)),
        neighbours(3, (17, 0.25, 22, 6), (18, 0.25, 3, 1)),
        neighbours(4, (19, 0.9), (22, 0.9), (23, 0.9)),
        popular((1, 70), (19, 60), (10, 55), (21, 40), (22, 31), (23, 4), place=9, base=80),
    )
    history = (
        completed(1, days=0),
        completed(2, days=90),
        act(Signal.RETRACTED, 2, days=90),
        completed(3, days=180),
        completed(4, days=1),
        act(Signal.PROGRESSED, 8, days=3, progress=40),
        act(Signal.VIEWED, 7, days=2),
        act(Signal.STARTED, 9, days=1),
    )
    scaled = replace(MODEL, scale={"together": 0.5, "popular": 80.0})
    return page(*history, shelf=shelf(*lists, items=items, model=scaled), course=items[9])


def test_the_golden_slate_is_what_it_was():
    assert json.loads(json.dumps(named(asdict(compose(golden_page()))), default=str)) == json.loads(GOLDEN.read_text())


def named(value):
    """Give every field its name: JSON has none for those of a tuple."""
    if isinstance(value, dict):
        return {key: named(one) for key, one in value.items()}
    if hasattr(value, "_asdict"):
        return value._asdict()
    return [named(one) for one in value] if isinstance(value, list | tuple) else value
