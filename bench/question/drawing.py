"""The drawing of a dataset: from what it is drawn from to the inputs of its splits."""

from collections.abc import Sequence
from pathlib import Path

import structlog

from bench.question.soundness import need_sound
from bench.question.spec import DatasetError, DatasetSpec
from bench.question.splits import PAGE, Item, deal, sequence
from targets.base import Rule
from targets.bit_stream import Words
from targets.families import tabular
from targets.families.tabular import Tabular

log = structlog.get_logger()


def draw(spec: DatasetSpec, raw_dir: Path) -> tuple[dict[str, list[Item]], list[str]]:
    """The splits by their names, and notes on what is unusual about them.

    Raises DatasetError where the target has too few inputs, and RawTableError.
    """
    seed = spec.seed_text
    classes, notes = _classes(spec, seed, raw_dir)
    _need_room(spec, classes)
    splits = deal(classes, spec.sizes, seed)
    need_sound(spec, [item for items in splits.values() for item in items])
    test_size = len(splits["test"])
    if test_size < spec.test_size:
        notes.append(f"test split: {test_size:,} of {spec.test_size:,} inputs: there are no more")
    return splits, notes


def _classes(spec: DatasetSpec, seed: str, raw_dir: Path) -> tuple[list[list[str]], list[str]]:
    """The inputs of either class, as many as the splits need or as there are; and notes."""
    want = spec.sizes.wanted
    if isinstance(spec.target, Rule):
        rule, length, hard = spec.target, spec.length, spec.hard
        words = [Words(f"{seed}:class{label}") for label in (0, 1)]
        return [sequence(rule, label, length, want, words[label], hard) for label in (0, 1)], []
    if not isinstance(spec.target, Tabular):
        raise TypeError(f"{spec.target.name} is neither a rule nor a table")
    words_of_rows = Words(f"{seed}:rows")
    classes, malformed = tabular.classes(
        spec.target, max(want, PAGE), words_of_rows, spec.named, raw_dir
    )
    if not malformed:
        return classes, []
    log.warning("rows_malformed", target=spec.target.name, rows=malformed)
    return classes, [f"raw table: {malformed:,} malformed rows are left out"]


def _need_room(spec: DatasetSpec, classes: Sequence[list[str]]) -> None:
    """Raise DatasetError where train, validation and one test input a class need more inputs."""
    least_test, fits = min(2, spec.test_size), 2 * min(map(len, classes))
    needed = spec.train_size + spec.val_size + least_test
    if needed <= fits:
        return
    if spec.target.origin is not None:
        drawn = " and ".join(f"{len(some):,} of {label}" for label, some in enumerate(classes))
        raise DatasetError(
            f"the plugin {spec.target.origin.plugin}: target {spec.target.name!r}: draw came to "
            f"{drawn} at length {spec.length}, counting each input once; {needed // 2:,} of either "
            "label are needed"
        )
    with_test = " with a test split" if spec.test_size else ""
    raise DatasetError(
        f"{spec.target.name} at length {spec.length} has {fits:,} balanced inputs in all: "
        f"train {spec.train_size:,} and val {spec.val_size:,} do not fit{with_test}; "
        f"give at most {max(0, fits - least_test):,} together"
    )
