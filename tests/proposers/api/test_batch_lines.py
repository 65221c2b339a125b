"""The lines of batches: none is lost or doubled, no part is too large, and any file can be read."""

import json
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.proposers.api.batch_lines import (
    PartLimits,
    content_of,
    line_of,
    parts,
    read_result,
    results_in,
)
from bench.proposers.api.responses import Responses
from bench.proposers.proposer import Unserved
from tests.support.options import asked

KEY = "0123456789abcdef" * 4


@dataclass(frozen=True)
class Asked:
    key: str
    body: dict[str, Any] = field(default_factory=dict)


LINES = st.lists(st.builds(Asked, st.text("0f", min_size=1), st.just({"input": "\udc80 \n ü"})))


@given(LINES, st.integers(1, 5), st.integers(1, 400))
def test_parts_hold_every_line_once_in_order_and_no_more_than_they_may(
    lines: list[Asked], most: int, most_bytes: int
) -> None:
    divided = parts(lines, "/responses", PartLimits(most, most_bytes))
    assert [line for part in divided for line in part] == lines
    for part in divided:
        content = content_of(part, "/responses")
        assert 0 < len(part) <= most and (len(content) <= most_bytes or len(part) == 1)
        assert [json.loads(line)["custom_id"] for line in content.splitlines()] == [
            line.key for line in part
        ]
    for part, following in pairwise(divided):
        with_one_more = content_of([*part, following[0]], "/responses")
        assert len(part) == most or len(with_one_more) > most_bytes


def test_a_line_is_the_request_without_what_a_batch_does_not_take() -> None:
    line = line_of(Asked(KEY, {"model": "m", "stream": False}), "/chat/completions")
    assert json.loads(line) == {
        "custom_id": KEY,
        "method": "POST",
        "url": "/v1/chat/completions",
        "body": {"model": "m"},
    }


@given(st.lists(st.binary(max_size=40)), st.binary(max_size=20))
def test_any_file_of_results_can_be_read_and_ours_are_found_in_it(
    noise: list[bytes], inside: bytes
) -> None:
    ours = json.dumps({"custom_id": KEY, "response": inside.decode("latin-1")}).encode()
    found = list(results_in(b"\n".join([*noise, ours, *noise])))
    assert (KEY, ours) in found
    assert all(read_result(line)["custom_id"] == key for key, line in found)


def test_what_is_no_result_is_left_out() -> None:
    hostile = [
        b"[" * 100_000,
        b"\xff\xfe",
        b"NaN",
        b'{"custom_id": ["x"]}',
        b'{"custom_id": "../../etc"}',
        json.dumps({"custom_id": KEY + "\n"}).encode(),
        json.dumps([KEY]).encode(),
    ]
    assert list(results_in(b"\n".join(hostile))) == []


@pytest.mark.parametrize("status", [200, 201, None, "200"])
def test_a_line_that_brings_a_body_without_a_status_of_failure_is_an_answer(status: object) -> None:
    api = Responses(*asked()).batching()
    response = {"status_code": status, "body": {"id": "a"}, "request_id": "r"}
    line = json.dumps({"response": response}).encode()
    assert api.payload("m", {}, line) == ({"id": "a"}, "r")
    for other in ({"status_code": 500}, {"body": "b"}):
        failed = json.dumps({"response": response | other}).encode()
        with pytest.raises(Unserved):
            api.payload("m", {}, failed)
