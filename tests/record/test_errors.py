"""What can be wrong with an attempt: one list, whose sentences the page and the docs show."""

import json
import re
from pathlib import Path

from bench.record.errors import Error, meaning

DOCS = Path(__file__).parents[2] / "docs" / "results.md"


def test_each_error_is_in_the_files_what_the_contract_calls_it() -> None:
    assert json.loads(json.dumps(list(Error))) == [
        *("no_code", "syntax_error", "no_function", "load_error", "runtime_error", "bad_output"),
        *("timeout", "memory", "crashed", "violation", "incomplete", "refused", "tool_limit"),
    ]
    assert f"{Error.TIMEOUT}" == "timeout"


def test_each_error_says_what_it_means_and_one_of_tomorrow_says_nothing() -> None:
    assert len({meaning(str(error)) for error in Error}) == len(Error)
    assert meaning("timeout") == "the program used up its time"
    assert meaning("an_error_of_tomorrow") == ""


def test_the_docs_have_the_same_errors_and_sentences() -> None:
    rows = re.findall(r"^\| `([a-z_]+)` \| (.*) \|$", DOCS.read_text(), re.MULTILINE)
    assert [row for row in rows if row[0] in set(Error)] == [(str(e), e.meaning) for e in Error]
