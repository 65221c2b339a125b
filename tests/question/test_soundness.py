"""Targets of plugins: what is refused by its name, and what no dataset is drawn from."""

import json
import sys
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from hashlib import sha256
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from structlog.testing import capture_logs

from bench.question.dataset import obtain
from bench.question.drawing import draw
from bench.question.spec import DatasetError, DatasetSpec
from targets import Rule, Target, TargetFault, Words, admit, find, from_label
from targets.base import Origin
from targets.bit_stream import random_bits
from targets.kinds import BINARY, DECIMAL, TABULAR


def more_ones_in_front(x: str) -> int:
    """The first half has more ones than the second.

    More is told below.
    """
    half = len(x) // 2
    return int(x[:half].count("1") > x[half:].count("1"))


FRONT = from_label(more_ones_in_front, lengths=[20, 30])


SMALL, LARGE = (10, 10, 20), (10, 10, 40)


def front(**fields: Any) -> Rule:
    return replace(FRONT, **fields)


def named(name: str) -> Rule:
    return from_label(more_ones_in_front, name=name)


def spec(target: Target, length: int = 20, sizes: tuple[int, int, int] = (20, 20, 60)) -> Any:
    return DatasetSpec(target, length, *sizes, seed=42, trial=1)


def test_a_label_function_is_a_target(tmp_path: Path) -> None:
    target = admit(FRONT, "mine 1.0", ())
    assert (target.stem, target.rule) == (
        "more_ones_in_front",
        "The first half has more ones than the second.",
    )
    small, large = (obtain(spec(target, sizes=(20, 20, n)), tmp_path) for n in (60, 100))
    assert small.train == large.train and small.test.inputs != large.test.inputs
    assert set(small.test.inputs) <= set(large.test.inputs)
    meta = json.loads((small.path / "meta.json").read_text())
    assert meta["origin"]["plugin"] == "mine 1.0" and len(meta["origin"]["source_sha256"]) == 64
    assert meta["splits"]["train"]["sha256"].startswith("44086e7b57af")
    digits = from_label(lambda x: int(x[-1] in "13579"), name="odd", kind=DECIMAL)
    assert obtain(spec(admit(digits, "mine", ())), tmp_path).shortcut


@settings(max_examples=10)
@given(st.sets(st.integers(0, 7), min_size=1, max_size=7), st.integers(11, 30), st.booleans())
def test_any_label_of_three_bits_is_a_sound_target(
    ones: set[int], length: int, decimal: bool
) -> None:
    """Whatever a label function does, its dataset keeps to the rules, and grows by its end."""

    def of_three(x: str) -> int:
        return int((int(x[0]) % 2 + 2 * (int(x[3]) % 2) + 4 * (int(x[-1]) % 2)) in ones)

    kind = DECIMAL if decimal else BINARY
    target = admit(from_label(of_three, kind=kind, lengths=(length,)), "mine", ())
    small, large = (draw(spec(target, length, sizes), Path())[0] for sizes in (SMALL, LARGE))
    items = [item for split in small.values() for item in split]
    assert len({x for x, _ in items}) == len(items) == sum(SMALL)
    assert all(2 * sum(y for _, y in split) == len(split) for split in small.values())
    assert all(of_three(x) == y and len(x) == length for x, y in items)
    assert small["train"] == large["train"][: SMALL[0]]
    assert set(small["test"]) <= set(large["test"])


def test_a_rule_that_changed_has_its_dataset_drawn_anew(tmp_path: Path) -> None:
    first = obtain(spec(admit(FRONT, "mine", ())), tmp_path)
    other = from_label(lambda x: 1 - more_ones_in_front(x), name="more_ones_in_front")
    with capture_logs() as logs:
        second = obtain(spec(admit(other, "mine", ())), tmp_path)
    assert [entry["event"] for entry in logs] == ["dataset_corrupt", "dataset_generated"]
    assert second.sha256 != first.sha256
    train = zip(second.train.inputs, second.train.labels, strict=True)
    assert all(other.label(x) == y for x, y in train)


def test_a_rule_that_changed_in_one_label_of_the_test_split_is_found_out(tmp_path: Path) -> None:
    before = obtain(spec(admit(FRONT, "mine", ())), tmp_path).test.items
    (odd, _), *_ = before
    other = from_label(
        lambda x: more_ones_in_front(x) ^ (x == odd), name="more_ones_in_front", lengths=(20,)
    )
    changed = replace(admit(other, "mine", ()), origin=Origin("mine", "of another file"))
    with capture_logs() as logs:
        second = obtain(spec(changed), tmp_path)
        obtain(spec(changed), tmp_path)
    events = [entry["event"] for entry in logs]
    assert events == ["dataset_corrupt", "dataset_generated", "dataset_reused"]
    labels = dict(before)
    assert all(y == labels.get(x, y) ^ (x == odd) for x, y in second.test.items)


class LeadingOne:
    """Not what the rule is."""

    def __call__(self, x: str) -> int:
        return int(x[0])


def same_as(symbol: str, x: str) -> int:
    return int(x[0] == symbol)


def test_a_label_may_be_any_callable() -> None:
    here = sha256(Path(__file__).read_bytes()).hexdigest()
    for label in (LeadingOne(), partial(same_as, "1"), lambda x: int(x[0]), more_ones_in_front):
        target = admit(from_label(label, name="mine"), "mine", ())
        assert target.origin is not None and target.origin.source_sha256 == here
        assert label is more_ones_in_front or target.rule == "mine"
    builtin = admit(from_label("1".__eq__, name="mine"), "mine", ())
    assert builtin.origin is not None and builtin.origin.source_sha256 is None
    with pytest.raises(TargetFault, match="target '': a name is small letters"):
        admit(from_label(partial(same_as, "1")), "mine", ())


def test_uniform_inputs_need_a_form() -> None:
    with pytest.raises(ValueError, match="rows: nothing draws uniform inputs of tabular: give `sa"):
        from_label(more_ones_in_front, name="rows", kind=TABULAR)


@pytest.mark.parametrize(
    ("what", "says"),
    [
        (7, "pytest_llmpv_targets gave a int among its targets, which is no Rule"),
        (front(fn="fn_z"), "its id 'fn_z' must be its name"),
        (named("Front-Heavy"), "a name is small letters, digits"),
        (named("palindrome"), "the benchmark has a target of this n"),
        (named("fn_a"), "the benchmark has a target of this name"),
        (named("parity_rand"), "would select fn_e-parity_rand_3 as"),
        (named("poly_f2"), "would select poly_f2_deg3 as well"),
        (named("fn_abc"), "-k fn_a would select it as well: give it"),
        (
            named("parity"),
            "-k parity would select fn_a-parity_all as",
        ),
        (named("hash"), "-k hash would select fn_l-sha256_parity as well"),
        (named("tab"), "-k tab would select fn_m-adult_income as well"),
        (named("further"), "-k further would select theirs as well"),
        (named("test"), "-k test would select other points as well: give it another name"),
        (named("paper"), "-k paper would select other points as well: give it another name"),
        (front(family="as_theirs"), "-k theirs would select it as well: give it another family"),
        (named("theirs"), "the plugin other has a target of this n"),
        (front(kind="bits"), "its kind is none of targets.kinds"),
        (front(family="My Family"), "a family is a marker: small letters"),
        (front(family="paper"), "its family cannot be 'paper'"),
        (front(rule="a\nb"), "its rule in words is not one line"),
        (front(draw=None), "label and draw must be functions"),
        (front(lengths=()), "its lengths are no tuple of numbers"),
        (front(lengths=(20, "30")), "'30' is no length"),
        (front(lengths=(20, 0)), "0 is no length"),
        (
            front(divisor=3),
            "it has a length that does not fit: .* multiple of 3, not 20",
        ),
    ],
)
def test_what_is_no_target_is_refused_in_one_line(what: Any, says: str) -> None:
    theirs = admit(named("theirs"), "other", ())
    with pytest.raises(TargetFault, match=f"^the plugin mine: .*{says}") as told:
        admit(what, "mine", (theirs,))
    assert "\n" not in str(told.value)


def drawing(draw: Callable[..., Any], label: Callable[[str], Any] = more_ones_in_front) -> Rule:
    return front(draw=draw, label=label)


def own(sample: Callable[[int, int, Words], Any]) -> Rule:
    return from_label(more_ones_in_front, sample=sample)


def right(label: int, length: int, words: Words) -> str:
    while more_ones_in_front(x := random_bits(length, words)) != label:
        pass
    return x


def fails(*_: Any) -> Any:
    raise KeyError("a\nb")


class Unclear:
    """As pandas.NA: it equals a label neither, nor does it not."""

    def __eq__(self, _other: object) -> Any:
        return self

    def __bool__(self) -> bool:
        raise TypeError("ambiguous")

    def __repr__(self) -> str:
        return "unclear"

    __hash__ = None  # type: ignore[assignment]


FAULTY = [
    (
        own(lambda *_: "1" * 10 + "0" * 10),
        "draw came to 1 of 0 and 1 of 1 at length 20",
    ),
    (own(lambda label, *a: right(1 - label, *a)), "for the label [01], and its label"),
    (own(lambda _, length, words: random_bits(length, words)), "for the label [01], and its label"),
    (
        own(lambda *a: right(*a) + "0"),
        "an input of 21 characters at length 20: '[01]{21}'",
    ),
    (own(lambda *a: right(*a).replace("0", "2")), "draw gave '[12]{20}', which is no binary input"),
    (own(lambda *_: 7), "draw gave no list of strings"),
    (drawing(lambda *_: "0101"), "draw gave no list of strings"),
    (drawing(fails), r"draw raised KeyError: 'a\\nb'"),
    (front(label=fails), r"label raised KeyError: 'a\\nb'"),
    (front(label=lambda _: sys.exit(3)), "label raised SystemExit: 3"),
    (front(label=lambda _: pytest.skip("no sympy")), "label raised Skipped: no sympy"),
    (
        from_label(lambda x: x[0], name="text"),  # type: ignore[arg-type,return-value]
        "the label of '[01]{20}' is '[01]', and not 0 or 1",
    ),
    (
        from_label(lambda x: int(x[0]) if x[1] == "1" else None, name="gaps"),  # type: ignore[arg-type,return-value]
        "the label of '[01]{20}' is None, and not 0 or 1",
    ),
    (
        from_label(lambda _: Unclear(), name="unclear"),  # type: ignore[arg-type,return-value]
        "the label of '[01]{20}' is unclear, and not 0 or 1",
    ),
    (front(label=lambda _: "1"), "the label of '[01]{20}' is '1', and not 0 or 1"),
    (
        from_label(lambda _: 0, name="nothing"),
        "0 of 31,000 uniform inputs of length 20 have",
    ),
]


@pytest.mark.parametrize(("target", "says"), FAULTY, ids=count())
def test_what_draws_no_sound_dataset_is_refused_in_one_line(
    target: Rule, says: str, tmp_path: Path
) -> None:
    with pytest.raises(DatasetError, match=f"^the plugin mine: target '.*': .*(?:{says})") as told:
        obtain(spec(admit(target, "mine", ())), tmp_path)
    assert "\n" not in str(told.value)
    assert not list(tmp_path.rglob("*.txt"))


def test_a_plugins_target_is_found_by_its_name() -> None:
    mine = admit(FRONT, "mine", ())
    assert find("more_ones_in_front", plugin_targets=(mine,)) is mine
    assert find("fn_a", plugin_targets=(mine,)).name == "parity_all"
    with pytest.raises(Exception, match="nearest: more_ones_in_front"):
        find("more_one_in_front", plugin_targets=(mine,))
