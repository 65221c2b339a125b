"""`python -m bench.targets audit`: how far the best opponents get that do not know the target."""

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.options.arguments import argument
from bench.options.settings import DataOptions
from bench.options.values import TEXT, choice, listed, whole
from bench.question.drawing import draw
from bench.question.opponents import Opponent, has_learners, opponents
from bench.question.spec import DatasetError, DatasetSpec, spec_of
from bench.record.say import complain, say
from bench.record.widths import fit
from bench.show.text_tables import aligned, markdown_table, terminal_width
from targets import TARGETS, Rule, Target, TargetFault, UnknownTarget, find
from targets.raw import RawTableError

ROWS = 3_000
"""Inputs that opponents are fitted to and scored on."""
_HEAD = ("target", "length", "negatives", "score", "best opponent", "score", "next")
_WORDS, _SPARE = (4, 6), (6, 5)
"""The columns that hold words, and those that a narrow terminal has no room for."""
_SHOWN = 36
"""Characters of an opponent's name that a terminal shows."""


@dataclass(frozen=True, slots=True)
class _Audited:
    spec: DatasetSpec
    best: list[Opponent]

    def cells(self, most: int | None = None) -> tuple[str, ...]:
        """As in the table; names have at most so many characters, where that is said."""
        names = [fit(one.name, most).rstrip() if most else one.name for one in self.best[:2]]
        scores = [f"{one.accuracy:.1%}" for one in self.best[:2]]
        shown = list(zip(scores, names, strict=True))
        first, second = (*shown, ("-", "-"))[:2]
        mode = "hard" if self.spec.hard else "paper"
        return (self.spec.target.name, str(self.spec.length), mode, *first, *second)


def audit(given: argparse.Namespace, prog: str, plugin_targets: Sequence[Target]) -> int:
    """Print the table, and give the exit status."""
    try:
        specs = list(_specs(given, plugin_targets))
    except UnknownTarget as unknown:
        complain(f"{prog}: --functions: {unknown}")
        return 2
    learners = has_learners()
    if not learners:
        complain(f"{prog}: scikit-learn is not installed, so no learners are fitted")
    rows = []
    for spec in specs:
        try:
            items = draw(spec, given.raw_dir)[0]["test"]
        except (DatasetError, TargetFault, RawTableError) as error:
            complain(f"{prog}: {spec.target.stem}-L{spec.length} is left out: {error}")
            continue
        inputs, labels = zip(*items, strict=True)
        found = opponents(inputs, labels, spec.target, learners=learners)
        rows.append(_Audited(spec, found))
    if not rows:
        complain(f"{prog}: nothing fits these targets and lengths")
        return 2
    if given.markdown:
        lines = markdown_table([_HEAD, *(row.cells() for row in rows)])
    else:
        table = [_HEAD, *(row.cells(_SHOWN) for row in rows)]
        lines = aligned(table, terminal_width(), spare=_SPARE, left=_WORDS)
    say("\n".join(lines) + "\n")
    return 0


def _specs(given: argparse.Namespace, plugin_targets: Sequence[Target]) -> Iterator[DatasetSpec]:
    """What is audited: a mode that makes no difference to a target is left out."""
    every = (*TARGETS, *plugin_targets)
    names = given.functions or [t.name for t in every if isinstance(t, Rule)]
    for target in dict.fromkeys(find(name, given.rule_seed, plugin_targets) for name in names):
        for length in _lengths(target, given.lengths):
            for negatives in given.negatives:
                data = DataOptions(test_size=given.rows, seed=given.seed, negatives=negatives)
                spec = spec_of(target, length, 1, data)
                if negatives == "paper" or spec.hard:
                    yield spec


def _lengths(target: Target, lengths: Sequence[int]) -> list[int]:
    asked = lengths if lengths and isinstance(target, Rule) else target.lengths
    return [length for length in asked if target.length_error(length) is None]


def options(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    seed = argument(whole(0))
    modes = argument(listed(choice("paper", "hard")))
    lengths = argument(listed(whole(1, 2_000)))
    rows = argument(whole(100, even=True))
    add = parser.add_argument
    add("--functions", type=argument(listed(TEXT)), help="as in a run (all rules)")
    add("--lengths", type=lengths, default=(), help="input lengths (each target's own)")
    add(
        "--negatives",
        type=modes,
        default=("paper", "hard"),
        help="paper, hard (both)",
    )
    add("--rows", type=rows, default=ROWS, help=f"inputs ({ROWS:,})")
    add("--seed", type=seed, default=42, help="seed of the datasets (42)")
    add("--rule-seed", type=seed, default=0, help="seed of drawn rules (0)")
    add("--raw-dir", type=Path, default=DataOptions().raw_dir, help="where the raw tables are")
    add("--markdown", action="store_true", help="print a table of GitHub's Markdown")
