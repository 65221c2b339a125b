"""The form of each kind of input."""

from collections.abc import Mapping

from targets.base import Rule
from targets.bit_strings import BITS
from targets.edge_lists import EDGES
from targets.form import Form
from targets.numbers import NUMBER

FORMS: Mapping[str, Form] = {"binary": BITS, "decimal": NUMBER, "graph": EDGES}


def form_of(rule: Rule) -> Form | None:
    """The form of a rule's inputs: its own, or its kind's; None where neither has one."""
    return rule.form or FORMS.get(rule.kind)
