"""The enumerator as a proposer: its answer to a prompt; its attempts are one search's ranking."""

import json
import random
from collections.abc import Callable

import anyio
import pytest

from bench.proposers.enumerator import Enumerator
from bench.proposers.proposer import Request
from bench.record.answer import Answer


def prompt_of(examples: list[tuple[str, int]]) -> str:
    lines = "\n".join(f"{x} -> {y}" for x, y in examples)
    asked = 'Find f. Answer as {"code": "..."}; `<input> -> <label>` a line.'
    return f"{asked}\n\n```\n{lines}\n```\n\nThink.\n"


def draw(
    label: Callable[[str], int], length: int, n: int, seed: int, positive: Callable[[str], str]
) -> list[tuple[str, int]]:
    """n examples, half of them positive; `positive` turns a random string into a positive one."""
    rng = random.Random(seed)
    found: dict[str, int] = {}
    counts = [0, 0]
    while sum(counts) < n:
        x = "".join(rng.choice("01") for _ in range(length))
        x = positive(x) if rng.random() < 0.5 else x
        if x not in found and counts[label(x)] < n // 2:
            found[x] = label(x)
            counts[label(x)] += 1
    examples = list(found.items())
    rng.shuffle(examples)
    return examples


def request(prompt: str, attempt: int = 1) -> Request:
    return Request(
        point="p",
        model="enumerator",
        reasoning_effort="high",
        prompt=prompt,
        trial=1,
        attempt=attempt,
    )


def ask(enumerator: Enumerator, prompt: str, attempt: int = 1) -> Answer:
    return anyio.run(enumerator.propose, request(prompt, attempt))


def load(answer: Answer) -> Callable[[str], int]:
    assert answer.text is not None
    body = json.loads(answer.text)
    assert list(body) == ["code"]
    namespace: dict[str, Callable[[str], int]] = {}
    exec(body["code"], namespace)
    return namespace["f"]


def same(x: str) -> str:
    return x


BINARY_RULES: dict[str, tuple[Callable[[str], int], Callable[[str], str]]] = {
    "parity": (lambda x: x.count("1") % 2, same),
    "parity of the first half": (lambda x: x[: len(x) // 2].count("1") % 2, same),
    "parity of three": (lambda x: (x[2] + x[7] + x[18]).count("1") % 2, same),
    "contains 10101010": (lambda x: int("10101010" in x), lambda x: "10101010" + x[8:]),
    "contains 00111111": (lambda x: int("00111111" in x), lambda x: x[8:] + "00111111"),
    "palindrome": (
        lambda x: int(x == x[::-1]),
        lambda x: x[: (len(x) + 1) // 2] + x[: len(x) // 2][::-1],
    ),
}


@pytest.mark.parametrize(
    ("rule", "length"),
    [*((rule, 100) for rule in BINARY_RULES), ("contains 00111111", 25), ("palindrome", 25)],
)
def test_it_finds_the_rule_from_the_prompt_alone(rule: str, length: int) -> None:
    label, positive = BINARY_RULES[rule]
    examples = draw(label, length, 200, 7, positive)
    enumerator, prompt = Enumerator(seconds=30), prompt_of(examples[:100])
    for attempt in range(1, 6):
        f = load(ask(enumerator, prompt, attempt))
        assert all(f(x) == y for x, y in examples[:100])
        if all(f(x) == y for x, y in examples[100:]):
            return
    pytest.fail("no attempt generalises")


def test_without_examples_it_says_so_and_still_answers() -> None:
    answer = ask(Enumerator(seconds=1), "no examples here")
    assert "No examples" in json.loads(answer.text or "")["code"]
    assert load(answer)("0101") == 0


def test_where_nothing_fits_it_says_so() -> None:
    rng = random.Random(3)
    examples = [(f"{rng.getrandbits(20):020b}", i % 2) for i in range(100)]
    answer = ask(Enumerator(seconds=30), prompt_of(examples))
    code = json.loads(answer.text or "")["code"]
    f = load(answer)
    wrong = sum(f(x) != y for x, y in examples)
    assert f"Nothing fits: wrong on {wrong} of 100 examples." in code


def test_what_it_reports_of_itself() -> None:
    enumerator = Enumerator(seconds=5)
    prompt = prompt_of(
        draw(BINARY_RULES["palindrome"][0], 20, 100, 1, BINARY_RULES["palindrome"][1])
    )
    answer = ask(enumerator, prompt)
    usage = answer.usage
    assert usage.candidates_tried is not None and usage.candidates_tried > 0
    assert isinstance(usage.description_bits, int) and usage.description_bits > 0
    assert usage.search_seconds is not None and usage.search_seconds > 0
    assert (usage.input_tokens, usage.output_tokens, usage.total_tokens) == (None, None, None)
    assert (answer.cost_usd, answer.error, answer.model) == (0.0, None, "enumerator")
    assert enumerator.body(request(prompt)) == {"model": "enumerator", "input": prompt}
    assert enumerator.name == "enumerator"
