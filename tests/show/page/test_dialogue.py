"""The conversations on the page: each turn, its calls and their results, of bounded size."""

from dataclasses import replace
from pathlib import Path

from bench.record.answer import Answer
from bench.record.attempt import Attempt
from bench.record.tools import ToolCall, ToolResult
from bench.record.transcript import FOLDER, file_name, to_text, transcript_of
from bench.record.turns import Turn
from bench.record.usage import Usage
from bench.run.readback import load
from bench.show.page import build
from tests.show.page.reading import opened
from tests.show.page.test_page import HOSTILE
from tests.support.made import search, write


def page(folder: Path, text: str, code: str, result: str) -> str:
    """The page of a run with one attempt whose first turn holds these."""
    call = ToolCall(id="a", name=HOSTILE, code=code)
    asking = Answer(text=text, calls=(call,), usage=Usage(input_tokens=1234), duration_ms=1500.0)
    told = ToolResult(text=result, was_run=True, cpu_ms=20.0)
    turns = (Turn(asking, (told,)), Turn(Answer(text="the last")))
    (attempt,) = (replace(a, conversation=turns) for a in search(tools=("python",)))
    write(folder, [attempt])
    save(folder, attempt)
    return opened(build(load(folder)))


def save(folder: Path, attempt: Attempt) -> None:
    transcript = transcript_of(attempt)
    assert transcript is not None
    file = folder / FOLDER / file_name("fn_a-parity_all-L20", attempt.attempt)
    file.parent.mkdir()
    file.write_text(to_text(transcript))


def test_each_turn_is_shown_and_nothing_of_the_model_is_alive(tmp_path: Path) -> None:
    html = page(tmp_path, HOSTILE, f"def g(): return {HOSTILE!r}", HOSTILE)
    assert "Conversation, 2 turns" in html
    assert "1,234 tokens in, 1.5 s" in html
    assert "<i class=k>def</i> <i class=f>g</i>" in html
    assert "<script>alert" not in html and "<img src=x" not in html


def test_what_is_too_long_is_cut_and_a_broken_file_left_out(tmp_path: Path) -> None:
    long = "x" * 2_000_000
    html = page(tmp_path, long, long, long)
    assert len(html) < 5_000_000
    assert "characters more in the transcript" in html
    (file,) = (tmp_path / FOLDER).iterdir()
    file.write_text("{}")
    assert "Conversation" not in opened(build(load(tmp_path)))
