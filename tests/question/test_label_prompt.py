"""What a model is asked in context, and which inputs of a test split."""

from itertools import chain

from hypothesis import given
from hypothesis import strategies as st

from bench.question.dataset import Split
from bench.question.label_prompt import batches, first_of, preamble

TRAIN = Split(("0110", "1000"), (0, 1))


def test_one_input_is_asked_for_its_label_alone() -> None:
    shown = preamble(TRAIN, "a string of 4 bits")
    prompt = shown.asking(["1111"])
    assert prompt.text.startswith(shown.text)
    assert "An input is a string of 4 bits." in shown.text
    assert "```\n0110 -> 0\n1000 -> 1\n```" in shown.text
    assert "```\n1111\n```" in prompt.text
    assert prompt.text.endswith("Answer with the label alone, 0 or 1.\n")


def test_several_inputs_are_numbered_within_their_question() -> None:
    prompt = preamble(TRAIN, "a string of 4 bits").asking(["1111", "0000", "0011"])
    assert "```\n1: 1111\n2: 0000\n3: 0011\n```" in prompt.text
    assert prompt.text.endswith('{"1": <label>, ..., "3": <label>}\n')


def test_a_prompt_tells_of_no_split() -> None:
    shown = preamble(TRAIN, "a string of 4 bits")
    for inputs in (["1111"], ["1111", "0000"]):
        text = shown.asking(inputs).text
        assert not any(word in text for word in ("test", "train", "split", "valid"))


LABELLED = st.lists(st.tuples(st.text(), st.sampled_from((0, 1))), min_size=1, max_size=50)


def split_of(items: list[tuple[str, int]]) -> Split:
    return Split(tuple(x for x, _ in items), tuple(label for _, label in items))


@given(LABELLED, st.integers(1, 50), st.integers(0, 20))
def test_a_smaller_choice_is_a_part_of_a_larger_one(
    items: list[tuple[str, int]], size: int, more: int
) -> None:
    whole = split_of([(f"{place}:{x}", label) for place, (x, label) in enumerate(items)])
    small, large = first_of(whole, size), first_of(whole, size + more)
    assert len(small.inputs) == min(size, len(whole.inputs))
    assert set(small.inputs) <= set(large.inputs) <= set(whole.inputs)
    known = dict(zip(whole.inputs, whole.labels, strict=True))
    assert all(known[x] == y for x, y in zip(small.inputs, small.labels, strict=True))
    assert list(small.inputs) == [x for x in whole.inputs if x in set(small.inputs)]


@given(st.integers(1, 25), st.permutations([0, 1] * 30))
def test_a_choice_of_a_balanced_split_is_balanced(half: int, labels: list[int]) -> None:
    whole = split_of([(str(place), label) for place, label in enumerate(labels)])
    assert sum(first_of(whole, 2 * half).labels) == half


@given(st.lists(st.text()), st.integers(1, 9))
def test_batches_hold_every_input_in_order(inputs: list[str], size: int) -> None:
    parts = list(batches(inputs, size))
    assert list(chain.from_iterable(parts)) == inputs
    assert all(len(part) == size for part in parts[:-1]) and all(parts)
