"""The targets: an id or a name goes in; the rule comes out, with the way its inputs are drawn."""

from difflib import get_close_matches

from targets.base import Rule, Target, UnknownTarget, Words
from targets.binary import BINARY
from targets.brackets import DYCK2
from targets.decimal import DECIMAL
from targets.graph import GRAPH
from targets.palindrome import PALINDROME
from targets.patterns import PATTERNS
from targets.tabular import TABULAR

__all__ = ["TARGETS", "Rule", "Target", "UnknownTarget", "Words", "find", "registered"]

TARGETS: tuple[Target, ...] = tuple(
    sorted(
        (*BINARY, *PATTERNS, PALINDROME, DYCK2, *DECIMAL, GRAPH, *TABULAR),
        key=lambda t: (not t.fn.startswith("fn_"), len(t.fn), t.fn),
    )
)
"""By id: fn_a to fn_z, then the longer ids, then those that have a name alone."""

_KNOWN = {key: target for target in TARGETS for key in (target.fn, target.name)}

_BY_NAME = {target.name: target for target in TARGETS}


def registered(name: str) -> Target | None:
    """The target of this name; None if this version has none, as for an old results file."""
    return _BY_NAME.get(name)


def find(id_or_name: str) -> Target:
    """The target of this id or name; raises UnknownTarget."""
    if id_or_name in _KNOWN:
        return _KNOWN[id_or_name]
    near = get_close_matches(id_or_name.casefold(), _KNOWN, n=3, cutoff=0.5)
    hint = f"nearest: {', '.join(near)}" if near else f"known: {', '.join(t.name for t in TARGETS)}"
    raise UnknownTarget(f"no target is called {id_or_name!r}; {hint}")
