"""A rule in English, as it goes on after "items": ``minutes <= 30`` is "of 30 minutes or less"."""

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
    value_written,
)

SAID = {
    "title": "called {}",
    "provider": "from {}",
    "topics": "about {}",
    "level": "of level {}",
    "language": "in language {}",
    "type": "of type {}",
    "iri": "with the IRI {}",
    "audience": "for {}",
    "anchor.topics": "after something about {}",
    "anchor.provider": "after something from {}",
    "viewer.role": "for the role {}",
    "viewer.course": "in course {}",
    "viewer.platform": "on platform {}",
    "viewer.language": "for readers of {}",
    "lifted_by": "that count by {}",
}
FLAGS = {"sensitive": "that are sensitive", "begun": "that they began"}
SIZES = {
    Operator.EQUAL: "of {}",
    Operator.UNEQUAL: "of other than {}",
    Operator.LESS: "of less than {}",
    Operator.AT_MOST: "of {} or less",
    Operator.MORE: "of more than {}",
    Operator.AT_LEAST: "of {} or more",
}
UNITS = {"minutes": "minutes", "anchor.minutes": "minutes of what they completed", "progress": "per cent progress"}


def in_words(node: Node) -> str:  # noqa: PLR0911 - one for each kind of node
    """Return what a rule means, to stand after "items"."""
    match node:
        case Either(nodes):
            return " or ".join(in_words(one) for one in nodes)
        case All(nodes):
            return " and ".join(f"({in_words(one)})" if isinstance(one, Either) else in_words(one) for one in nodes)
        case Not(Known(name)):
            return f"whose {_plain(name)} is not known"
        case Not(inner):
            return f"not ({in_words(inner)})" if isinstance(inner, Either | All) else f"not {in_words(inner)}"
        case Known(name):
            return f"whose {_plain(name)} is known"
        case Flagged(name):
            return FLAGS[name]
        case Among(name, values):
            return SAID.get(name, _OTHERWISE).format(_listed(values), name=_plain(name))
        case Comparison():
            return _compared(node)


def _compared(node: Comparison) -> str:
    if node.name in UNITS:
        return SIZES[node.operator].format(_amount(node.name, node.value))
    if node.operator is Operator.STARTS or (node.operator is Operator.CONTAINS and node.name not in _LISTS):
        return f"whose {_plain(node.name)} {node.operator} {_value(node.value)}"
    said = "in {}" if node.value == Reference("viewer.language") else SAID.get(node.name, _OTHERWISE)
    said = said.format(_value(node.value), name=_plain(node.name))
    return f"not {said}" if node.operator is Operator.UNEQUAL else said


_OTHERWISE = "whose {name} is {}"
_LISTS = {"topics", "anchor.topics", "audience", "lifted_by"}


def _amount(name: str, value: Value) -> str:
    if isinstance(value, Reference):
        return _value(value)
    amount = value_written(value)
    unit = UNITS[name]
    return f"{amount} {unit.replace('minutes', 'minute', 1) if amount == '1' else unit}"


def _value(value: Value) -> str:
    return f"the {_plain(value.name)}" if isinstance(value, Reference) else str(value)


def _plain(name: str) -> str:
    name = "length" if name == "minutes" else name
    return name.replace("viewer.", "viewer's ").replace("anchor.", "anchor's ").replace("_", " ")


def _listed(values: tuple[str, ...]) -> str:
    return values[0] if len(values) == 1 else f"{', '.join(values[:-1])} or {values[-1]}"
