"""What a rule is once it was read: a small tree, which prints as the text that reads as the same tree."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum


class Operator(StrEnum):
    """How a value is compared; as it is written."""

    EQUAL = "=="
    UNEQUAL = "!="
    LESS = "<"
    AT_MOST = "<="
    MORE = ">"
    AT_LEAST = ">="
    CONTAINS = "contains"
    STARTS = "starts with"


@dataclass(frozen=True, slots=True)
class Reference:
    """Another name in the place of a value: ``language == viewer.language``."""

    name: str


Value = str | float | Reference


@dataclass(frozen=True, slots=True)
class Comparison:
    """``minutes <= 30``."""

    name: str
    operator: Operator
    value: Value


@dataclass(frozen=True, slots=True)
class Among:
    """``provider in ["A", "B"]``: one of the values of ``name`` is one of ``values``."""

    name: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Known:
    """``minutes is known``."""

    name: str


@dataclass(frozen=True, slots=True)
class Flagged:
    """``sensitive``."""

    name: str


@dataclass(frozen=True, slots=True)
class Not:
    """``not …``."""

    node: "Node"


@dataclass(frozen=True, slots=True)
class All:
    """``… and …``, two or more."""

    nodes: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Either:
    """``… or …``, two or more."""

    nodes: tuple["Node", ...]


Node = Comparison | Among | Known | Flagged | Not | All | Either


def names_in(node: Node) -> Iterator[str]:
    """Yield every name that a rule uses, in its order."""
    match node:
        case Not(inner):
            yield from names_in(inner)
        case All(nodes) | Either(nodes):
            for one in nodes:
                yield from names_in(one)
        case Comparison(name, _, Reference(other)):
            yield from (name, other)
        case _:
            yield node.name


def written(node: Node) -> str:  # noqa: PLR0911 - one for each kind of node
    """Return the text of a rule; reading it gives ``node`` again."""
    match node:
        case Either(nodes):
            return " or ".join(_inside(one, Either) for one in nodes)
        case All(nodes):
            return " and ".join(_inside(one, Either, All) for one in nodes)
        case Not(Known(name)):
            return f"{name} is unknown"
        case Not(Among(name, values)):
            return f"{name} not in [{', '.join(map(value_written, values))}]"
        case Not(inner):
            return f"not {_inside(inner, Either, All)}"
        case Comparison(name, operator, value):
            return f"{name} {operator} {value_written(value)}"
        case Among(name, values):
            return f"{name} in [{', '.join(map(value_written, values))}]"
        case Known(name):
            return f"{name} is known"
        case Flagged(name):
            return name


def value_written(value: Value) -> str:
    """Return one value as a rule holds it: texts in quotes, numbers without zeros that say nothing."""
    if isinstance(value, Reference):
        return value.name
    if isinstance(value, str):
        escaped = value.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{escaped}"'
    return f"{value:.6f}".rstrip("0").rstrip(".")


def _inside(node: Node, *in_brackets: type) -> str:
    return f"({written(node)})" if isinstance(node, in_brackets) else written(node)
