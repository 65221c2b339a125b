"""Targets whose rule is drawn: anew for each rule seed, and with dials that say how hard it is.

`parity_rand:k=5` with the rule seed 7 is a target of its own, called `parity_rand-k5-r7`: by this
name its files, its tests and its results are kept apart from those of other rules.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache

from targets.base import Rule, UnknownTarget

_RECORDED = re.compile(r"(?P<name>\w+?)(?P<params>(?:-[a-z]+\d+)*?)(?:-r(?P<seed>[1-9]\d*))?")
_PARAM = re.compile(r"-([a-z]+)(\d+)")


Make = Callable[..., Rule]
"""Makes the target of an `fn`, a `name` and a number for each dial.

Its rule is drawn from the name, which has the dials and the rule seed in it.
"""


@dataclass(frozen=True, eq=False)
class Drawn:
    """A target whose rule is drawn; with dials, each of which must be set, a family of them.

    `public` makes the target with the published rule, which has the rule seed 0.
    """

    fn: str
    name: str
    make: Make
    dials: Mapping[str, range] = field(default_factory=dict)
    public: Make | None = None

    @property
    def takes(self) -> str:
        """What its dials may be set to, in words."""
        parts = [f"{key} from {some[0]} to {some[-1]}" for key, some in self.dials.items()]
        return " and ".join(parts) or "no parameters"

    @property
    def example(self) -> str:
        """How it is given: `parity_rand:k=5`."""
        values = (f"{key}={some[min(4, len(some) - 1)]}" for key, some in self.dials.items())
        return ":".join((self.name, *values))

    def rule(self, params: Mapping[str, int], rule_seed: int) -> Rule:
        """The target with these dials and this rule seed; raises UnknownTarget for wrong dials."""
        for key in self.dials.keys() - params.keys():
            raise UnknownTarget(f"{self.name} needs {key}: it takes {self.takes}")
        for key, value in params.items():
            if value not in self.dials.get(key, ()):
                raise UnknownTarget(f"{self.name} takes {self.takes}, not {key}={value}")
        return _made(self, tuple((key, params[key]) for key in self.dials), rule_seed)


@cache
def _made(drawn: Drawn, params: tuple[tuple[str, int], ...], rule_seed: int) -> Rule:
    dials = "".join(f"-{key}{value}" for key, value in params)
    name = drawn.name + dials + (f"-r{rule_seed}" if rule_seed else "")
    fn = name if drawn.fn == drawn.name else drawn.fn
    make = drawn.make if rule_seed or not drawn.public else drawn.public
    rule = make(fn=fn, name=name, **dict(params))
    return replace(rule, rule_seed=rule_seed, params=params)


def params_of(text: str) -> dict[str, int]:
    """What stands behind a target's name: `k=5`, or `degree=2:terms=4`; raises UnknownTarget."""
    found: dict[str, int] = {}
    for part in text.split(":"):
        key, _, value = part.partition("=")
        if not key or not re.fullmatch(r"\d{1,9}", value, re.ASCII) or key in found:
            raise UnknownTarget(f"parameters are given as key=number, each once, not {part!r}")
        found[key] = int(value)
    return found


def recorded(name: str) -> tuple[str, dict[str, int], int] | None:
    """The parts of a name such as `parity_rand-k5-r7`; None if it has no such form."""
    parts = _RECORDED.fullmatch(name)
    if not parts or not (parts["params"] or parts["seed"]):
        return None
    params = {key: int(value) for key, value in _PARAM.findall(parts["params"])}
    return parts["name"], params, int(parts["seed"] or 0)
