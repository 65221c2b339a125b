"""Functions and commands as proposers: what they are given, and what becomes of what they give."""

import asyncio
import os
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import anyio
import pytest
from anyio.abc import Process

from bench.options.resolve import assemble
from bench.options.settings import Settings, SettingsError
from bench.proposers import Registration, registry_of
from bench.proposers.foreign import source_of
from bench.proposers.function import Function
from bench.proposers.proposer import BudgetSpent, Outage, Request
from bench.proposers.registry import BUILT_IN
from bench.record.answer import Answer
from bench.record.usage import Usage
from bench.search.session import make_proposer
from tests.support.running import is_running

REQUEST = Request(
    point="p",
    model="m",
    reasoning_effort="high",
    prompt="Say it.",
    trial=1,
    attempt=1,
    examples=(("01", 1), ("11", 0)),
)
TOLD = Usage(input_tokens=3, output_tokens=4)


def ask(
    settings: Settings, function: Function | None = None, attempts: Sequence[int] = (1,)
) -> list[Answer]:
    """What a run's model answers at these attempts: the function, or what is built in."""

    async def run() -> list[Answer]:
        mine = source_of(lambda _model, _settings: function, "mine")
        registry = registry_of(settings, (mine, *BUILT_IN.values()))
        registration = registry[settings.question.model[0]]
        assert isinstance(registration, Registration)
        proposer = make_proposer(registration, settings, "run")
        try:
            return [await proposer.propose(replace(REQUEST, attempt=n)) for n in attempts]
        finally:
            await proposer.aclose()

    return asyncio.run(run())


def of(tmp_path: Path, model: str = "m", **options: Any) -> Settings:
    return assemble(model=(model,), ledger=tmp_path / "ledger.sqlite", **options)


def plain(examples: Any, prompt: str) -> str:
    return f"{prompt} {examples}"


async def awaited(examples: Any, prompt: str) -> str:
    await asyncio.sleep(0)
    return plain(examples, prompt)


class Called:
    async def __call__(self, examples: Any, prompt: str) -> str:
        return plain(examples, prompt)


@pytest.mark.parametrize("function", [plain, awaited, Called(), lambda *a: awaited(*a)])
def test_a_function_is_asked_once_for_each_answer_and_costs_nothing(
    tmp_path: Path, function: Function
) -> None:
    asked = []

    def counted(examples: Any, prompt: str) -> Any:
        asked.append(prompt)
        return function(examples, prompt)

    settings = of(tmp_path, max_cost=0.0)
    first, second = ask(settings, counted, attempts=(1, 1))
    assert first.text == "Say it. (('01', 1), ('11', 0))" and first.cost_usd == 0
    assert not first.replayed and second.replayed and asked == ["Say it."]
    (replayed,) = ask(of(tmp_path, replay="only"), counted)
    assert replayed.text == first.text and len(asked) == 1


def test_what_it_took_is_told_and_what_is_no_number_is_left_out(tmp_path: Path) -> None:
    priced = of(tmp_path, price_input=1e6, price_output=1e6)
    (by_tokens,) = ask(priced, lambda *_: Answer(text="a", usage=TOLD))
    assert by_tokens.cost_usd == 7
    strange: Any = "seven"
    told = Answer(text="b", usage=Usage(input_tokens=strange, output_tokens=2), cost_usd=0.25)
    (by_word,) = ask(of(tmp_path / "other"), lambda *_: told)
    assert by_word.cost_usd == 0.25 and by_word.usage == Usage(output_tokens=2)


def test_what_answers_say_they_cost_counts_towards_the_budget(tmp_path: Path) -> None:
    settings = of(tmp_path, max_cost=1.0)
    told = Answer(text="a", cost_usd=0.6)
    assert [a.cost_usd for a in ask(settings, lambda *_: told, attempts=(1, 2))] == [0.6, 0.6]
    with pytest.raises(BudgetSpent, match=r"\$1.2000 spent"):
        ask(settings, lambda *_: told, attempts=(3,))
    assert ask(settings, lambda *_: told, attempts=(2,))[0].replayed


def fails(_examples: Any, _prompt: str) -> str:
    raise ValueError("no\nidea")


def exits(_examples: Any, _prompt: str) -> str:
    raise SystemExit(3)


def skips(_examples: Any, _prompt: str) -> str:
    pytest.skip("not here")


async def skips_later(_examples: Any, _prompt: str) -> str:
    await asyncio.sleep(0)
    pytest.fail("no such thing")


async def waits_for_what_it_cancelled(_examples: Any, _prompt: str) -> str:
    other = asyncio.ensure_future(asyncio.sleep(3600, ""))
    other.cancel()
    return await other


async def hangs(_examples: Any, _prompt: str) -> str:
    await asyncio.sleep(3600)
    return ""


def blocks(_examples: Any, _prompt: str) -> str:
    time.sleep(3)
    return ""


@pytest.mark.parametrize(
    ("function", "says"),
    [
        (fails, "ValueError: no idea"),
        (exits, "SystemExit: 3"),
        (skips, "Skipped: not here"),
        (skips_later, "Failed: no such thing"),
        (waits_for_what_it_cancelled, "CancelledError: ?"),
        (lambda *_: 7, "it gave int in the place of a text"),
        (lambda *_: None, "it gave NoneType in the place of a text"),
        (lambda _: "", r"TypeError: .* takes 1 positional argument but 2 were given"),
        (hangs, "no answer within 0.05 s: --request-timeout gives it longer"),
        (blocks, "no answer within 0.05 s: --request-timeout gives it longer"),
    ],
)
def test_what_goes_wrong_is_an_outage_that_names_the_plugin(
    tmp_path: Path, function: Callable[..., Any], says: str
) -> None:
    seconds = 0.05 if function in (hangs, blocks) else 60
    with pytest.raises(Outage, match=f"^the plugin mine: {says}$") as told:
        ask(of(tmp_path, request_timeout=seconds), function)
    assert told.value.ends == "point"


def script(folder: Path, text: str) -> str:
    file = folder / "agent.sh"
    file.write_text(f"#!/bin/sh\n{text}\n")
    file.chmod(0o755)
    return f"command:{file} 'an argument'"


def test_a_command_reads_the_prompt_and_has_no_key_of_ours(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-secret-word")
    monkeypatch.setenv("COPY", "Bearer sk-secret-word")
    monkeypatch.setenv("OWN_KEY", "of-the-agent")
    told = 'cat; echo "|$1|$OPENAI_API_KEY|$COPY|$OWN_KEY"'
    (answer,) = ask(of(tmp_path, script(tmp_path, told)))
    assert answer.text == "Say it.|an argument|||of-the-agent\n"
    (unread,) = ask(of(tmp_path / "other", script(tmp_path, "echo unread")))
    assert unread.text == "unread\n"


def test_a_command_is_not_told_which_test_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its id has the target's name: an agent that prints its environment would read the rule."""
    assert "test_a_command_is_not_told" in os.environ["PYTEST_CURRENT_TEST"]
    monkeypatch.setenv("PYTEST_ADDOPTS", "--functions fn_a")
    monkeypatch.setenv("PYTEST_PLUGINS", "my_targets")
    monkeypatch.setenv("MY_PYTEST", "own")
    (answer,) = ask(of(tmp_path, script(tmp_path, "env")))
    assert [line for line in (answer.text or "").splitlines() if "PYTEST" in line] == [
        "MY_PYTEST=own"
    ]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("echo one >&2; echo two >&2; echo >&2; exit 3", "exit status 3: two"),
        ("exit 1", "exit status 1, and said nothing on stderr"),
        ("kill -TERM $$", "SIGTERM, and said nothing on stderr"),
        ("head -c 20000000 /dev/zero", "it wrote more than 16 MiB"),
        ("sleep 3600 & echo $! > pid; wait", "no answer within 3 s: .*"),
    ],
)
def test_a_command_that_fails_is_told_and_nothing_of_it_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, says: str
) -> None:
    monkeypatch.chdir(tmp_path)
    seconds = 3 if "sleep" in text else 60
    model = script(tmp_path, text)
    with pytest.raises(Outage, match=f": {says}$") as told:
        ask(of(tmp_path, model, request_timeout=seconds))
    assert str(told.value).startswith(model)
    if "sleep" in text:
        child = int((tmp_path / "pid").read_text())
        assert not is_running(child)


@pytest.mark.parametrize(
    ("model", "says"),
    [
        ("command:", "there is no command; give command:PROGRAM"),
        ("command:./nowhere.sh", "./nowhere.sh is no program that can be run"),
        ("command:a 'b", "No closing quotation; quote as in a shell"),
    ],
)
def test_a_command_that_is_none_is_refused_before_the_run(
    tmp_path: Path, model: str, says: str
) -> None:
    with pytest.raises(SettingsError, match=says):
        registry_of(of(tmp_path, model))
    assert "nowhere" not in model or registry_of(of(tmp_path, model, replay="only"))


def test_a_command_that_is_stopped_as_it_starts_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The command runs by then, and the time limit passes before it is handed over."""
    monkeypatch.chdir(tmp_path)
    start = anyio.open_process

    async def slowly(*command: Any, **more: Any) -> Process:
        process = await start(*command, **more)
        await anyio.sleep(1.5)
        return process

    monkeypatch.setattr(anyio, "open_process", slowly)
    model = script(tmp_path, "sleep 3600 & echo $! > pid; wait")
    with pytest.raises(Outage, match="no answer within 1 s"):
        ask(of(tmp_path, model, request_timeout=1))
    assert not is_running(int((tmp_path / "pid").read_text()))


def test_what_a_function_says_of_its_failure_is_told_where_no_server_could_be_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", "no URL")

    def fails(_examples: object, _prompt: str) -> str:
        raise ValueError("no idea")

    with pytest.raises(Outage, match="the plugin mine: ValueError: no idea"):
        ask(of(tmp_path), fails)
