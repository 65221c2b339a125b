"""`python -m bench.targets check NAME`: whether a target is a good one to measure models with."""

import argparse
import time
from collections.abc import Sequence
from dataclasses import astuple, dataclass
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.jail import JailBroken
from bench.options.arguments import argument
from bench.options.model_names import ENUMERATOR
from bench.options.settings import DataOptions, SettingsError
from bench.options.values import listed, whole
from bench.question.dataset import Dataset, obtain
from bench.question.drawing import draw
from bench.question.opponents import opponents
from bench.question.spec import DatasetError, DatasetSpec, spec_of
from bench.question.splits import DEFAULT_SIZES, Item
from bench.record.say import complain, say
from bench.run.in_process import quiet, run_in_process
from bench.run.points import Point
from targets import Rule, Target, TargetFault, UnknownTarget, Words, find

ROWS = 1_000
"""Inputs of a test split."""
CHEAP = 0.75
"""A rule that knows nothing of the target and is right on so many inputs is a cheap shortcut."""
SLOW_SECONDS = 60
"""A dataset of the default sizes should not take longer."""
DEFAULT_INPUTS = sum(astuple(DEFAULT_SIZES))
UNIFORM = 2_000
"""Uniform inputs whose labels are counted."""
ATTEMPTS = 3


@dataclass(frozen=True, slots=True)
class _Found:
    """Lines about a target at one length, and what speaks against it there."""

    lines: tuple[str, ...]
    faults: tuple[str, ...] = ()
    is_identified: bool = True
    """False where nobody knows whether the examples tell the rule."""


def options(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    add = parser.add_argument
    lengths = argument(listed(whole(1, 2_000)))
    rows = argument(whole(100, even=True))
    add("name", metavar="NAME", help="the target's name or id")
    add("--lengths", type=lengths, default=(), help="input lengths (the target's own)")
    add("--rows", type=rows, default=ROWS, help=f"test inputs ({ROWS:,})")
    add("--seed", type=argument(whole(0)), default=42, help="seed of the datasets (42)")


def check(given: argparse.Namespace, prog: str, plugin_targets: Sequence[Target]) -> int:
    """Draw the target, hold it against the rules, and say what was found.

    The exit status is 0 for a good target, 1 for one that something speaks against, 2 for none.
    """
    try:
        target = find(given.name, plugin_targets=plugin_targets)
    except UnknownTarget as unknown:
        complain(f"{prog}: {unknown}")
        return 2
    if not isinstance(target, Rule):
        complain(f"{prog}: {target.name} is the label column of a table, and no rule")
        return 2
    lengths = given.lengths or target.lengths
    for length in lengths:
        if reason := target.length_error(length):
            complain(f"{prog}: --lengths: {reason}")
            return 2
    try:
        with quiet(), TemporaryDirectory() as folder:
            faults, open_at = _check_lengths(target, lengths, given, plugin_targets, Path(folder))
    except (SettingsError, JailBroken) as error:
        complain(f"{prog}: {error}")
        return 2
    doubt = f", but nothing shows that 100 examples tell it at {', '.join(map(str, open_at))}"
    verdict = f"Nothing speaks against it{doubt if open_at else ''}.\n"
    say("".join(f"Not good at length {fault}.\n" for fault in faults) or verdict)
    return 1 if faults else 0


def _check_lengths(
    target: Rule,
    lengths: Sequence[int],
    given: argparse.Namespace,
    plugin_targets: Sequence[Target],
    folder: Path,
) -> tuple[list[str], list[int]]:
    """Print what is found at each length; the faults, and where it is not known if it is told."""
    faults, open_at = [], []
    for length in lengths:
        spec = spec_of(target, length, 1, DataOptions(test_size=given.rows, seed=given.seed))
        found = _check_length(spec, plugin_targets, folder)
        say("\n".join((f"{target.stem}-L{length}", *found.lines)) + "\n")
        faults += [f"{length}: {fault}" for fault in found.faults]
        if not found.is_identified:
            open_at.append(length)
    return faults, open_at


def _check_length(spec: DatasetSpec, plugin_targets: Sequence[Target], folder: Path) -> _Found:
    """What there is to say of a target at one length."""
    try:
        dataset = obtain(spec, folder)
        drawn = _drawn(spec, dataset)
    except (DatasetError, TargetFault) as error:
        return _Found((f"  not sound   {error}",), ("it has no sound dataset",))
    shortcut, identified = _shortcut(dataset), _identified(spec, plugin_targets, folder)
    return _Found(
        (*drawn.lines, *shortcut.lines, *identified.lines),
        (*drawn.faults, *shortcut.faults, *identified.faults),
        identified.is_identified,
    )


def _drawn(spec: DatasetSpec, dataset: Dataset) -> _Found:
    """Whether it is the same when drawn again, how long that takes, and how labels are spread."""
    start = time.perf_counter()
    again = draw(spec, Path())[0]
    seconds = time.perf_counter() - start
    faults = []
    said = "balanced, each input once, the same when drawn again"
    if _items(dataset) != again:
        said = "balanced, each input once, but others when drawn again"
        faults.append("all that is random has to come from `words`")
    if (share := _share_of_ones(spec)) is not None:
        said += f"; {share:.1%} of uniform inputs are 1"
    count = sum(map(len, again.values()))
    whole_set = seconds / count * DEFAULT_INPUTS
    if whole_set > SLOW_SECONDS:
        faults.append(f"to draw {DEFAULT_INPUTS:,} inputs takes about {whole_set:,.0f} s")
    lines = (f"  sound       {said}", *(f"              {note}" for note in dataset.notes))
    return _Found((*lines, f"  time        {count:,} inputs in {seconds:.2f} s"), tuple(faults))


def _items(dataset: Dataset) -> dict[str, list[Item]]:
    splits = {"train": dataset.train, "val": dataset.val, "test": dataset.test}
    return {name: list(split.items) for name, split in splits.items()}


def _share_of_ones(spec: DatasetSpec) -> float | None:
    """The share of uniform inputs with the label 1; None where nothing draws uniform ones."""
    target = spec.target
    if not isinstance(target, Rule) or target.form is None:
        return None
    uniform = islice(target.form.uniform(spec.length, Words(f"check:{spec.seed}")), UNIFORM)
    labels = [target.label(x) for x in uniform]
    return sum(labels) / len(labels)


def _shortcut(dataset: Dataset) -> _Found:
    """The best rule that knows nothing of the target, fitted to the test split."""
    test = dataset.test
    best = opponents(test.inputs, test.labels, dataset.spec.target, learners=False)[0]
    lines = (f"  shortcut    {best.accuracy:.1%} by {best.name}",)
    fault = f"a cheap shortcut comes to {best.accuracy:.1%}"
    return _Found(lines, (fault,) if best.accuracy > CHEAP else ())


def _identified(spec: DatasetSpec, plugin_targets: Sequence[Target], folder: Path) -> _Found:
    """Whether the shortest programs that fit the examples are the rule."""
    options = {
        "functions": spec.target.name,
        "lengths": spec.length,
        "test_size": spec.test_size,
        "seed": spec.seed,
        "dataset_dir": folder,
        "attempts": ATTEMPTS,
        "model": ENUMERATOR,
    }
    (point,) = run_in_process(options, plugin_targets).points
    return _by_search(point)


def _by_search(point: Point) -> _Found:
    """What the enumerator's search at a point says of the target."""
    outcome = point.outcome
    if outcome is None or outcome.val_acc is None:
        return _unidentified("the enumerator has no program for such inputs")
    if not outcome.solved:
        share = f"{outcome.val_acc:.0%} of validation"
        return _unidentified(f"the enumerator's best program is right on {share}")
    bits = outcome.description_bits
    program = f"a program of {bits:.0f} bits" if bits else "a program"
    if outcome.test_acc != 1.0:
        right = "none" if outcome.test_acc is None else f"{outcome.test_acc:.2%}"
        line = f"  identified  no: {program} fits all 200 examples, and {right} of the test inputs"
        return _Found((line,), ("a program that is not the rule fits 200 examples",))
    if outcome.counterexample is not None:
        x = outcome.counterexample.input
        wrong = f"which is wrong on inputs that are not drawn: {x[:60]}"
        return _Found((f"  identified  by {program}, {wrong}",))
    right = f"right on each of {outcome.test_size:,} test inputs"
    return _Found((f"  identified  by {program}, {right}",))


def _unidentified(why: str) -> _Found:
    return _Found((f"  identified  not known: {why}",), is_identified=False)
