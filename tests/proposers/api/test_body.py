"""The further fields of a request's body: which are taken, and which are refused at start."""

from pathlib import Path

import pytest

from bench.options.settings import SettingsError
from bench.proposers.api.body import further_fields, merged
from bench.proposers.api.chat import Chat
from bench.proposers.api.responses import Responses
from tests.proposers.api.test_failures import API, REQUEST
from tests.support.options import asked

PROMPT = "is not allowed; the question is the prompt; give --prompt-template"


def holding(path: Path, fields: str) -> Path:
    file = path / "more.json"
    file.write_text(fields)
    return file


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ("[1]", "not an object; give a file with one JSON object"),
        ("{", "give a file with one JSON object"),
        ('{"top_p": NaN}', "Out of range float values are not JSON compliant"),
        ('{"model": "gpt-5-pro"}', "'model' is not allowed; give --model"),
        ('{"stream": true}', "'stream' is not allowed; an answer is read whole"),
        ('{"background": true}', "'background' is not allowed; give --background"),
        ('{"input": "say 1"}', f"'input' {PROMPT}"),
        ('{"messages": []}', f"'messages' {PROMPT}"),
        ('{"messages": null}', f"'messages' {PROMPT}"),
        ('{"prompt": {"id": "p"}}', f"'prompt' {PROMPT}"),
    ],
)
def test_fields_that_cannot_be_sent_are_refused(tmp_path: Path, fields: str, says: str) -> None:
    with pytest.raises(SettingsError) as refused:
        further_fields(holding(tmp_path, fields))
    assert says in str(refused.value)


@API
def test_a_null_takes_any_other_field_out(
    api: type[Responses] | type[Chat],
    tmp_path: Path,
) -> None:
    body = api(*asked(request_json=holding(tmp_path, '{"stream": null, "top_k": 1}'))).body(REQUEST)
    assert "stream" not in body and body["top_k"] == 1
    assert merged({"a": {"b": 1, "c": 2}}, {"a": {"b": None}}) == {"a": {"c": 2}}
