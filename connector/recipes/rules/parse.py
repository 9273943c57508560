"""A rule's text as a tree: a parser by hand, one method for each line of the grammar (docs/reference/recipes.md).

::

    rule   = both { "or" both } .
    both   = test { "and" test } .
    test   = "not" test | "(" rule ")" | name [ check ] .
    check  = sign value | "contains" value | "starts" "with" text | [ "not" ] "in" list | "is" ( "known" | "unknown" ) .
    value  = text | number [ unit ] | name .
    list   = "[" text { "," text } "]" .
"""

from collections.abc import Callable
from difflib import get_close_matches
from typing import Never

from connector.recipes.rules.judge import Rule
from connector.recipes.rules.names import NAMES, Kind
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
    Value,
)
from connector.recipes.rules.tokens import RuleError, Sort, Token, tokens

LONGEST = 2_000
"""Characters of a rule."""
DEEPEST = 20
"""Brackets and ``not`` within each other."""
UNITS = {"minute": 1, "minutes": 1, "min": 1, "hour": 60, "hours": 60, "h": 60}
"""Words after a number of minutes, and how many minutes each is."""
ORDERS = (Operator.LESS, Operator.AT_MOST, Operator.MORE, Operator.AT_LEAST)
EQUALS = (Operator.EQUAL, Operator.UNEQUAL)
TAKES: dict[Kind, tuple[Operator, ...]] = {
    Kind.TEXT: (*EQUALS, Operator.CONTAINS, Operator.STARTS),
    Kind.LIST: (Operator.CONTAINS,),
    Kind.TAG: EQUALS,
    Kind.NUMBER: (*EQUALS, *ORDERS),
    Kind.FLAG: (),
}
REMEDY = {
    Kind.TEXT: '`{0} == "…"`, `{0} in ["…", "…"]`, `{0} contains "…"`, `{0} starts with "…"`',
    Kind.LIST: '`{0} contains "…"`, `{0} in ["…", "…"]`',
    Kind.TAG: '`{0} == "…"`, `{0} in ["…", "…"]`',
    Kind.NUMBER: "`{0} <= 30`, `{0} > 30`",
    Kind.FLAG: "`{0}`, `not {0}`",
}
KEYWORDS = frozenset({"and", "or", "not", "in", "is", "contains", "starts", "with", "known", "unknown"})


def read_rule(text: str) -> Rule:
    """Return the rule that ``text`` says.

    Raises
    ------
    RuleError
        Where it says none, with line and column.
    """
    if len(text) > LONGEST:
        raise RuleError(1, LONGEST + 1, f"a rule has at most {LONGEST} characters; make two of this one.")
    return Rule(_Parser(list(tokens(text))).whole())


class _Parser:
    def __init__(self, words: list[Token]) -> None:
        self._words = words
        self._place = 0
        self._depth = 0

    def whole(self) -> Node:
        if self._is_at_end():
            raise self._next.error("the rule is empty: write a test, such as `minutes <= 30`.")
        node = self._rule()
        if not self._is_at_end():
            raise self._next.error(f"`{self._next.value}` is too much: join tests with `and` or `or`.")
        return node

    @property
    def _next(self) -> Token:
        return self._words[self._place]

    def _is_at_end(self) -> bool:
        return self._next.sort is Sort.END

    def _take(self) -> Token:
        self._place += 1
        return self._words[self._place - 1]

    def _took(self, value: str) -> bool:
        """Take the next word if it is this name or sign."""
        there = self._next.sort in {Sort.NAME, Sort.SIGN} and self._next.value == value
        self._place += there
        return there

    def _rule(self) -> Node:
        nodes = [self._both()]
        while self._took("or"):
            nodes.append(self._both())
        return nodes[0] if len(nodes) == 1 else Either(tuple(nodes))

    def _both(self) -> Node:
        nodes = [self._test()]
        while self._took("and"):
            nodes.append(self._test())
        return nodes[0] if len(nodes) == 1 else All(tuple(nodes))

    def _test(self) -> Node:
        begun = self._next
        if self._took("not"):
            return Not(self._deeper(begun, self._test))
        if self._took("("):
            node = self._deeper(begun, self._rule)
            if not self._took(")"):
                raise self._next.error(f"a `)` is missing for the `(` at column {begun.column}.")
            return node
        return self._check(begun, self._name())

    def _deeper(self, at: Token, read: Callable[[], Node]) -> Node:
        self._depth += 1
        if self._depth > DEEPEST:
            raise at.error(f"more than {DEEPEST} brackets and `not` within each other; make two rules of this one.")
        node = read()
        self._depth -= 1
        return node

    def _name(self) -> str:
        word = self._take()
        if word.sort is Sort.NAME and word.value in NAMES:
            return word.value
        if word.sort is not Sort.NAME or word.value in KEYWORDS:
            said = "the end" if word.sort is Sort.END else f"`{word.value}`"
            raise word.error(f"here a name is wanted, not {said}: such as `minutes`, `provider` or `topics`.")
        near = get_close_matches(word.value, NAMES, 1, 0.5)
        remedy = f"Did you mean `{near[0]}`?" if near else f"There are: {', '.join(NAMES)}."
        raise word.error(f"there is no `{word.value}`. {remedy}")

    def _check(self, at: Token, name: str) -> Node:
        if self._took("is"):
            return self._known(name)
        if self._next.value == "not" and self._words[self._place + 1].value == "in":
            self._place += 2
            return Not(self._among(at, name))
        if self._took("in"):
            return self._among(at, name)
        operator = self._operator()
        if operator is not None:
            return self._comparison(at, name, operator)
        if NAMES[name].kind is not Kind.FLAG:
            self._refuse(at, name)
        return Flagged(name)

    def _known(self, name: str) -> Node:
        if self._took("known"):
            return Known(name)
        if self._took("unknown"):
            return Not(Known(name))
        raise self._next.error("after `is` stands `known` or `unknown`; to compare, write `==`.")

    def _among(self, at: Token, name: str) -> Node:
        if NAMES[name].kind in {Kind.NUMBER, Kind.FLAG}:
            self._refuse(at, name)
        if not self._took("["):
            raise self._next.error('after `in` stands a list: ["…", "…"].')
        values = [self._text()]
        while self._took(","):
            values.append(self._text())
        if not self._took("]"):
            raise self._next.error("the list does not end: put a `]`, or a `,` between texts.")
        return Among(name, tuple(values))

    def _operator(self) -> Operator | None:
        if self._took("starts"):
            if not self._took("with"):
                raise self._next.error("after `starts` stands `with`.")
            return Operator.STARTS
        if self._took("="):
            return Operator.EQUAL
        return next((one for one in Operator if self._took(one.value)), None)

    def _comparison(self, at: Token, name: str, operator: Operator) -> Node:
        kind = NAMES[name].kind
        if operator not in TAKES[kind]:
            self._refuse(at, name)
        return Comparison(name, operator, self._value(name, kind, operator))

    def _refuse(self, at: Token, name: str) -> Never:
        kind = NAMES[name].kind
        raise at.error(f"`{name}` is {_a(kind)}: write {REMEDY[kind].format(name)}, or `{name} is unknown`.")

    def _value(self, name: str, kind: Kind, operator: Operator) -> Value:
        if self._next.sort is Sort.NAME:
            return self._reference(name, kind, operator)
        return self._number(name) if kind is Kind.NUMBER else self._text()

    def _reference(self, name: str, kind: Kind, operator: Operator) -> Reference:
        word = self._next
        if word.value not in NAMES and word.value not in KEYWORDS and kind is not Kind.NUMBER:
            raise word.error(f'put quotes around a text: "{word.value}".')
        other = self._name()
        wanted = {kind, Kind.TEXT} if operator is Operator.CONTAINS else {kind}
        if NAMES[other].kind not in wanted or operator is Operator.STARTS:
            raise word.error(f"`{name}` and `{other}` cannot be compared so: `{other}` is {_a(NAMES[other].kind)}.")
        return Reference(other)

    def _number(self, name: str) -> float:
        word = self._take()
        if word.sort is not Sort.NUMBER:
            raise word.error(f"here a number is wanted: `{name} <= 30`.")
        unit = UNITS.get(self._next.value) if self._next.sort is Sort.NAME and name.endswith("minutes") else None
        self._place += unit is not None
        return round(float(word.value) * (unit or 1), 6)

    def _text(self) -> str:
        word = self._take()
        if word.sort is Sort.TEXT and word.value.strip():
            return word.value
        if word.sort is Sort.NAME:
            raise word.error(f'put quotes around a text: "{word.value}".')
        raise word.error('here a text in quotes is wanted, such as "leadership"; it is not empty.')


def _a(kind: Kind) -> str:
    return kind.value if kind is Kind.FLAG else f"a {kind.value}"
