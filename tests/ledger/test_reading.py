"""Answers read back from a ledger: what is recorded there may be odd, or another's."""

import json
from dataclasses import asdict, replace

import pytest

from bench.ledger.rows import DAMAGE, read_answer
from bench.record.answer import Answer


@pytest.mark.parametrize(
    ("field", "odd"),
    [
        ("response_id", 7),
        ("model", ["m"]),
        ("cost_usd", "much"),
        ("tool_uses", True),
        ("usage", {"input_tokens": "x"}),
    ],
)
def test_an_odd_field_of_a_recorded_answer_is_dropped(field: str, odd: object) -> None:
    plain = asdict(Answer(text="a", response_id="r")) | {field: odd}
    answer = read_answer(json.dumps(plain))
    assert (answer.text, answer.replayed) == ("a", True)
    assert answer == replace(Answer(text="a", replayed=True), response_id=answer.response_id)
    for text in ("[]", json.dumps(plain | {"text": 7}), json.dumps(plain | {"usage": 7})):
        with pytest.raises(DAMAGE):
            read_answer(text)
