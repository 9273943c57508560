"""The language of rules: which Items a line of a recipe means, such as ``minutes <= 30 and topics contains "sales"``.

A rule is read once (`read_rule`), at most `LONGEST` characters and `DEEPEST` brackets, and asked for many Items. It can
neither call nor reach anything but the names of `connector.recipes.rules.names`, and it always answers: yes, no, or not
known, where an Item does not say. What is not known is not judged: a rule holds only where it surely does.
"""

from connector.recipes.rules.english import in_words
from connector.recipes.rules.facts import NOWHERE, Around, viewer_facts
from connector.recipes.rules.judge import Rule
from connector.recipes.rules.parse import DEEPEST, LONGEST, read_rule
from connector.recipes.rules.tokens import RuleError

__all__ = [
    "DEEPEST",
    "LONGEST",
    "NOWHERE",
    "Around",
    "Rule",
    "RuleError",
    "in_words",
    "read_rule",
    "viewer_facts",
]
