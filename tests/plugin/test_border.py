"""What comes from a worker on another machine: made anew where it is sound, refused where not."""

import json
from collections.abc import Mapping
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.plugin.hosts.border import Border, Unsound
from bench.plugin.hosts.travel import _elsewhere
from bench.plugin.tally import Tally
from bench.record.attempt import Attempt
from bench.record.codec import to_json
from tests.support.made import search

ATTEMPTS = search()
KEY = ATTEMPTS[0].point
POINT = "fn_a-parity_all-L20"
TEST = f"elsewhere/test_synthesis.py::test_synthesis[{POINT}]"
HERE = f"bench/test_synthesis.py::test_synthesis[{POINT}]"


def same(_point: str, _attempt: Attempt) -> None:
    """No dataset differs."""


def border(compare: Any = same) -> Border:
    run_id = ATTEMPTS[0].run_id
    return Border("gw1", "bench/test_synthesis.py", Tally({POINT: KEY}), run_id, compare)


def cargo(**fields: Any) -> str:
    plain = {"attempts": list(map(to_json, ATTEMPTS)), "transcripts": {"1": "{}"}, "events": []}
    return json.dumps(plain | fields)


def report(**fields: Any) -> tuple[str, dict[str, Any]]:
    """The event of a test's setup, as xdist's worker sends it."""
    data: dict[str, Any] = {
        "nodeid": TEST,
        "location": ("/home/x/bench/test_synthesis.py", 6, f"test_synthesis[{POINT}]"),
        "keywords": {"bench": 1},
        "outcome": "passed",
        "longrepr": None,
        "when": "setup",
        "user_properties": [["val_acc", 1.0]],
        "sections": [("Captured stdout", "a\x1b[2J\nb")],
        "duration": 0.5,
        "start": 1,
        "stop": 2.0,
        "llmpv": cargo(),
        "_json_report_extra": {"setup": {}},
        "$report_type": "TestReport",
        "item_index": 0,
        "worker_id": "gw7",
        "testrun_uid": "u",
    }
    return "testreport", {"data": data | fields}


def test_a_report_is_made_anew() -> None:
    made = border().let_in(report(longrepr="no\x1b]0;x\x07"))
    assert made is not None
    data = made[1]["data"]
    assert json.loads(data.pop("llmpv")) == json.loads(cargo())
    assert data == {
        "nodeid": HERE,
        "location": ("bench/test_synthesis.py", 6, f"test_synthesis[{POINT}]"),
        "keywords": {},
        "outcome": "passed",
        "longrepr": "no\\u001b]0;x\\u0007",
        "when": "setup",
        "user_properties": [("val_acc", 1.0)],
        "sections": [("Captured stdout", "a\\u001b[2J\nb")],
        "duration": 0.5,
        "start": 1.0,
        "stop": 2.0,
        "$report_type": "TestReport",
        "item_index": 0,
        "worker_id": "gw1",
    }
    skipped = border().let_in(report(outcome="skipped", longrepr=("f.py", 3, "dry run")))
    assert skipped is not None and skipped[1]["data"]["longrepr"] == ("f.py", 3, "dry run")


def test_results_on_another_dataset_are_an_error_of_the_point() -> None:
    strict = border(lambda point, attempt: f"{point}: another, {attempt.dataset_sha256[:4]}")
    made = strict.let_in(report())
    assert made is not None
    data = made[1]["data"]
    assert (data["outcome"], data["longrepr"][:28]) == ("failed", f"{POINT}: another")
    assert json.loads(data["llmpv"])["attempts"] == [] and not data["user_properties"]
    assert strict.let_in(report(when="call", llmpv=cargo(attempts=[]))) is None


def test_what_is_no_report_of_this_run_is_refused() -> None:
    foreign = to_json(ATTEMPTS[0]) | {"length": 25}
    other_run = to_json(ATTEMPTS[0]) | {"run_id": "x"}
    impossible = to_json(ATTEMPTS[0]) | {"val_acc": 7}
    wrong: list[Mapping[str, Any]] = [
        {"nodeid": TEST.replace("L20", "L21")},
        {"nodeid": 3},
        {"when": "collect"},
        {"outcome": "won"},
        {"longrepr": {"reprcrash": {}, "reprtraceback": {}}},
        {"duration": "long"},
        {"item_index": -1},
        {"user_properties": [["x", {"a": 1}]]},
        {"location": "here"},
        *({"llmpv": cargo(attempts=[one])} for one in (foreign, other_run, impossible, 5)),
        {"llmpv": cargo(attempts=[*map(to_json, ATTEMPTS)] * 2)},
        {"llmpv": cargo(transcripts={"../../x": "{}"})},
        {"llmpv": cargo(events=["x"])},
        {"llmpv": "["},
    ]
    for fields in wrong:
        with pytest.raises(Unsound):
            border().let_in(report(**fields))


def warning(**fields: Any) -> tuple[str, dict[str, Any]]:
    told: dict[str, Any] = {
        "message_module": "os",
        "message_class_name": "system",
        "message_str": "rm\x1b",
    }
    told |= {"message_args": ("rm",), "category_module": "os", "category_class_name": "system"}
    told |= {"filename": "f", "lineno": 1}
    about = {"when": "runtest", "nodeid": "", "location": None}
    return "warning_recorded", {"warning_message_data": told | fields, **about}


def test_a_warning_names_no_module_of_its_own_choice() -> None:
    made = border().let_in(warning())
    assert made is not None
    told = made[1]["warning_message_data"]
    assert (told["message_module"], told["message_class_name"]) == ("builtins", "Warning")
    assert (told["category_module"], told["message_args"]) == ("builtins", ("rm\\u001b",))
    notice = border().let_in(warning(message_class_name="Notice"))
    assert notice is not None
    assert notice[1]["warning_message_data"]["message_module"] == "bench.plugin.notices"


def test_the_other_events() -> None:
    info = {"version": "3", "version_info": (3, 11, 7, "final", 0), "sysplatform": "linux"}
    info |= {"platform": "x", "executable": "/python", "cwd": "/"}
    ready = border().let_in(("workerready", {"workerinfo": info | {"spec": "x"}}))
    assert ready == ("workerready", {"workerinfo": info})
    output = {"exitstatus": 1, "shouldfail": False, "shouldstop": "s", "metadata": {"Python": "x"}}
    ended = border().let_in(("workerfinished", {"workeroutput": output}))
    assert ended == ("workerfinished", {"workeroutput": output | {"metadata": {}}})
    assert border().let_in(("collectionfinish", {"ids": [TEST], "topdir": "/"})) == (
        "collectionfinish",
        {"ids": [HERE], "topdir": ""},
    )
    refused: list[object] = [
        ("collectionfinish", {"ids": [TEST, TEST]}),
        ("collectionfinish", {"ids": ["x::y"]}),
        ("logwarning", {}),
        ("workerfinished", {"workeroutput": {}}),
        ("runtest_protocol_complete", {"item_index": True, "duration": 1.0}),
        ("unscheduled", {"indices": ["a"]}),
        ("logstart", {"nodeid": TEST, "location": ("a", "b", "c")}),
        ("internal_error", {"formatted_error": 5}),
        "testreport",
        None,
    ]
    for event in refused:
        with pytest.raises(Unsound):
            border().let_in(event)


FIELDS = sorted(report()[1]["data"])
ANY = st.none() | st.booleans() | st.integers() | st.text() | st.lists(st.text()) | st.binary()


@given(name=st.sampled_from(FIELDS), value=ANY, gone=st.booleans())
@settings(max_examples=60)
def test_no_field_of_a_report_gets_through_with_another_type(
    name: str, value: object, gone: bool
) -> None:
    event = deepcopy(report())
    if gone:
        del event[1]["data"][name]
    else:
        event[1]["data"][name] = value
    try:
        made = border().let_in(event)
    except Unsound:
        return
    assert made is not None
    sound = border().let_in(report())
    assert sound is not None
    for field, one in made[1]["data"].items():
        kinds = (str, tuple, type(None)) if field == "longrepr" else type(sound[1]["data"][field])
        assert isinstance(one, kinds)


def test_options_with_paths_of_this_machine_do_not_travel() -> None:
    given = ["bench", "-c", "x.ini", "--rootdir=/a", "-k", "fn_a", "--junitxml", "o.xml", "-x"]
    assert list(_elsewhere(given)) == ["bench", "-k", "fn_a", "-x"]
