"""The targets: an id or a name goes in; the rule comes out, with the way its inputs are drawn."""

from collections.abc import Sequence
from difflib import get_close_matches

from targets.admission import admitted
from targets.base import Rule, Target, TargetFault, UnknownTarget
from targets.bit_stream import Words
from targets.drawn import params_of, recorded
from targets.families.automaton import AUTOMATON
from targets.families.binary import BINARY
from targets.families.brackets import DYCK2
from targets.families.decimal import DECIMAL
from targets.families.fixed_bits import PARITIES, PARITY, POLYNOMIAL, POLYNOMIAL_OF_DEGREE_3
from targets.families.graph import GRAPH
from targets.families.palindrome import PALINDROME
from targets.families.patterns import PATTERN, PATTERNS
from targets.families.tabular import TABULAR
from targets.labelled import from_label

__all__ = [
    "TARGETS",
    "Rule",
    "Target",
    "TargetFault",
    "UnknownTarget",
    "Words",
    "admit",
    "find",
    "from_label",
    "registered",
]

_DRAWN = (*PATTERNS, *PARITIES, AUTOMATON, POLYNOMIAL_OF_DEGREE_3)
_FAMILIES = (PATTERN, PARITY, POLYNOMIAL)
"""Families, which become targets once their dials are set."""

_FIXED: tuple[Target, ...] = (*BINARY, PALINDROME, DYCK2, *DECIMAL, GRAPH, *TABULAR)

TARGETS: tuple[Target, ...] = tuple(
    sorted(
        (*_FIXED, *(drawn.rule({}, 0) for drawn in _DRAWN)),
        key=lambda t: (not t.fn.startswith("fn_"), len(t.fn), t.fn),
    )
)
"""By id: fn_a to fn_z, then the longer ids, then those that have a name alone."""

_KNOWN = {key: target for target in TARGETS for key in (target.fn, target.name)}

_BY_DRAWN_NAME = {key: drawn for drawn in (*_DRAWN, *_FAMILIES) for key in (drawn.fn, drawn.name)}


def registered(name: str) -> Target | None:
    """The target of this name; None if this version has none, as for an old results file."""
    known = _KNOWN.get(name)
    if known and known.name == name:
        return known
    try:
        return _recorded(name)
    except UnknownTarget:
        return None


def find(text: str, rule_seed: int = 0, plugin_targets: Sequence[Target] = ()) -> Target:
    """The target of this id or name, its rule drawn with this seed where it is drawn.

    Behind the name of a family stand its dials, as in `parity_rand:k=5`; and a target with dials or
    a rule seed is found by its own name, `parity_rand-k5-r7`. Raises UnknownTarget.
    """
    name, has_params, params = text.partition(":")
    if drawn := _BY_DRAWN_NAME.get(name):
        return drawn.rule(params_of(params) if has_params else {}, rule_seed)
    known = _KNOWN | {target.name: target for target in plugin_targets}
    if has_params and name in known:
        takers = ", ".join(family.example for family in _FAMILIES)
        raise UnknownTarget(f"{name} takes no parameters; these do: {takers}")
    if not has_params and (target := known.get(name) or _recorded(name)):
        return target
    near = get_close_matches(name.casefold(), [*known, *_BY_DRAWN_NAME], n=3, cutoff=0.5)
    every = ", ".join(target.name for target in (*TARGETS, *plugin_targets))
    hint = f"nearest: {', '.join(near)}" if near else f"known: {every}"
    raise UnknownTarget(f"no target is called {name!r}; {hint}")


def admit(given: object, plugin: str, plugin_targets: Sequence[Target]) -> Target:
    """A plugin's target, as a run takes it, beside those of other plugins.

    Raises TargetFault, with a line that names the plugin, for what is no target or has a name that
    is taken.
    """
    return admitted(given, plugin, (*TARGETS, *plugin_targets), _BY_DRAWN_NAME)


def _recorded(name: str) -> Target | None:
    """The target that is called so for its dials or its rule seed."""
    parts = recorded(name)
    if parts is None or parts[0] not in _BY_DRAWN_NAME:
        return None
    return _BY_DRAWN_NAME[parts[0]].rule(*parts[1:])
