"""A rule as a function of an Item: made once, when the rule is read; asked for each Item in about a microsecond.

The logic has three values (Kleene 1938): what is not known stays not known under ``not``, and decides neither ``and``
nor ``or`` unless it makes no difference.
"""

import operator as order
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from connector.domain import Iri, Item, ItemId, ItemStatus
from connector.recipes.rules.facts import Around
from connector.recipes.rules.names import NAMES, Getter, Kind, Values
from connector.recipes.rules.syntax import (
    All,
    Among,
    Comparison,
    Either,
    Flagged,
    Known,
    Node,
    Not,
    Operator,
    Reference,
    names_in,
    written,
)

Test = Callable[[Item, Around], bool | None]
"""Answers True, False, or None where it is not known."""

_ORDER: dict[Operator, Callable[[Any, Any], bool]] = {
    Operator.EQUAL: order.eq,
    Operator.UNEQUAL: order.ne,
    Operator.LESS: order.lt,
    Operator.AT_MOST: order.le,
    Operator.MORE: order.gt,
    Operator.AT_LEAST: order.ge,
}


@dataclass(frozen=True)
class Rule:
    """A rule that was read; two of the same tree are equal, and ``str`` gives its text."""

    node: Node
    _test: Test = field(init=False, repr=False, compare=False)
    names: frozenset[str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_test", _test(self.node))
        object.__setattr__(self, "names", frozenset(names_in(self.node)))

    def __str__(self) -> str:
        return written(self.node)

    def holds(self, item: Item, around: Around) -> bool:
        """Tell whether the rule surely holds for an Item; where that is not known it does not. Never raises."""
        return self._test(item, around) is True

    def holds_for(self, around: Around) -> bool:
        """Tell whether a rule that looks at nothing but who looks holds for them."""
        return self._test(_NO_ITEM, around) is True

    def answer(self, item: Item, around: Around) -> bool | None:
        """Return what the rule says of an Item, None where that is not known. Never raises."""
        return self._test(item, around)


_NO_ITEM = Item(ItemId(0), Iri(""), 0, ItemStatus.HIDDEN, "", ())


def _test(node: Node) -> Test:  # noqa: PLR0911 - one for each kind of node
    match node:
        case Either(nodes):
            return _either(tuple(map(_test, nodes)))
        case All(nodes):
            return _all(tuple(map(_test, nodes)))
        case Not(inner):
            return _not(_test(inner))
        case Known(name):
            return _known(NAMES[name].get)
        case Flagged(name):
            return NAMES[name].get  # type: ignore[return-value]  # the parser lets yes-or-no names through only
        case Among(name, values):
            return _among(name, values)
        case Comparison():
            return _comparison(node)


def _either(tests: tuple[Test, ...]) -> Test:
    def test(item: Item, around: Around) -> bool | None:
        known = True
        for one in tests:
            answer = one(item, around)
            if answer:
                return True
            known = known and answer is not None
        return False if known else None

    return test


def _all(tests: tuple[Test, ...]) -> Test:
    def test(item: Item, around: Around) -> bool | None:
        known = True
        for one in tests:
            answer = one(item, around)
            if answer is False:
                return False
            known = known and answer is not None
        return True if known else None

    return test


def _not(inner: Test) -> Test:
    def test(item: Item, around: Around) -> bool | None:
        answer = inner(item, around)
        return None if answer is None else not answer

    return test


def _known(get: Getter) -> Test:
    return lambda item, around: get(item, around) not in {None, ()}


def _among(name: str, values: tuple[str, ...]) -> Test:
    wanted = tuple(value.casefold() for value in values)
    if NAMES[name].kind is Kind.TAG:
        return _texts(
            NAMES[name].get, lambda found: any(_same_language(one, other) for one in found for other in wanted)
        )
    among = frozenset(wanted)
    return _texts(NAMES[name].get, lambda found: not among.isdisjoint(found))


def _comparison(node: Comparison) -> Test:
    kind = NAMES[node.name].kind
    if kind is Kind.NUMBER:
        return _number(node)
    if isinstance(node.value, Reference):
        return _negated(node, _with_another(node, NAMES[node.value.name].get))
    get, wanted = NAMES[node.name].get, str(node.value).casefold()
    if kind is Kind.LIST or (kind is Kind.TEXT and node.operator in {Operator.EQUAL, Operator.UNEQUAL}):
        return _negated(node, _has(get, wanted))
    return _negated(node, _texts(get, _says(kind, node.operator, wanted)))


def _negated(node: Comparison, test: Test) -> Test:
    return _not(test) if node.operator is Operator.UNEQUAL else test


def _number(node: Comparison) -> Test:
    compare, get = _ORDER[node.operator], NAMES[node.name].get
    other = NAMES[node.value.name].get if isinstance(node.value, Reference) else None
    limit: Any = node.value

    def test(item: Item, around: Around) -> bool | None:
        value = get(item, around)
        against = limit if other is None else other(item, around)
        return None if value is None or against is None else compare(value, against)

    return test


def _has(get: Getter, wanted: str) -> Test:
    """As `_texts`, a call shorter: most rules are of this kind."""

    def test(item: Item, around: Around) -> bool | None:
        found: Any = get(item, around)
        return wanted in found if found else None

    return test


def _texts(get: Getter, says: Callable[[Values], bool]) -> Test:
    def test(item: Item, around: Around) -> bool | None:
        found: Any = get(item, around)
        return says(found) if found else None

    return test


def _says(kind: Kind, operator: Operator, wanted: str) -> Callable[[Values], bool]:
    """Return what tells whether one of the values found is, has or begins with ``wanted``."""
    if kind is Kind.TAG:
        return lambda found: any(_same_language(one, wanted) for one in found)
    if operator is Operator.STARTS:
        return lambda found: any(one.startswith(wanted) for one in found)
    if operator is Operator.CONTAINS and kind is Kind.TEXT:
        return lambda found: any(wanted in one for one in found)
    return lambda found: wanted in found


def _with_another(node: Comparison, other: Getter) -> Test:
    get, kind = NAMES[node.name].get, NAMES[node.name].kind

    def test(item: Item, around: Around) -> bool | None:
        found: Any = get(item, around)
        wanted: Any = other(item, around)
        if not found or not wanted:
            return None
        return any(_says(kind, node.operator, one)(found) for one in wanted)

    return test


def _same_language(one: str, other: str) -> bool:
    """Tell whether one tag is the other, or begins with it: "de" and "de-at" (RFC 4647, 3.3.1, in both directions)."""
    return one == other or one.startswith(f"{other}-") or other.startswith(f"{one}-")
