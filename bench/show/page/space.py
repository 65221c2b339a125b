"""How much of the page each text may take, and texts cut to that."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from bench.record.attempt import Attempt
from bench.run.points import Point
from bench.show.page.highlight import highlight
from bench.show.page.refutation import texts_of_recovery
from bench.show.page.text import clip, fair_limit, inside, page_size, visible

_PROMPTS, _TEXTS, _CODES = 4_000_000, 4_000_000, 4_000_000
_DETAILS, _WRONG = 1_000_000, 1_000_000
"""Bytes for all prompts, answers, programs, texts of errors, and wrong answers, before they are
packed.
"""
_PROGRAM = 40_000
"""Characters of one program at most."""


@dataclass(frozen=True, slots=True)
class Space:
    """How much of the page each text may take."""

    texts: int
    """Bytes for one answer."""
    details: int
    """Bytes for the details of one error."""
    wrong: int
    """Bytes for the validation inputs that one attempt got wrong."""
    codes: Mapping[str, tuple[Markup, int]]
    """Each program as it is shown, and how many of its characters are left out."""


def space_of(points: Sequence[Point]) -> Space:
    """The space for each text of these points, so that the page stays of bounded size."""
    attempts = [a for p in points for a in p.attempts]
    texts = [a.text for a in attempts if a.text]
    return Space(
        texts=fair_limit((page_size(visible(text)) for text in texts), _TEXTS),
        details=fair_limit((page_size(visible(text)) for text in _details(points)), _DETAILS),
        wrong=fair_limit((page_size(wrong_text(a)) for a in attempts), _WRONG),
        codes=_programs(attempts),
    )


def wrong_text(a: Attempt) -> str:
    """The validation inputs that an attempt got wrong, a line each."""
    lines = []
    for one in a.judgement.val_wrong:
        said = "no label" if one.prediction is None else str(one.prediction)
        lines.append(f"{visible(one.input)} -> {one.label}, and it says {said}")
    return "\n".join(lines)


def _details(points: Sequence[Point]) -> Iterable[str]:
    """All texts of errors, notes and counterexamples."""
    for p in points:
        yield from (a.error_detail for a in p.attempts if a.error_detail)
        yield from p.notes
        yield from texts_of_recovery(p)


def _programs(attempts: Sequence[Attempt]) -> dict[str, tuple[Markup, int]]:
    """Each program, with colours where there is room, and how many characters are left out."""
    sources = [a.code for a in attempts if a.code]
    shown = {source: visible(source) for source in sources}
    # A program that is too long without colours would be longer with them.
    room = min(_PROGRAM, fair_limit((len(shown[source]) for source in sources), _CODES))
    marked = {source: highlight(text) for source, text in shown.items() if len(text) <= room}
    sizes = {source: len((marked.get(source) or text).encode()) for source, text in shown.items()}
    limit = fair_limit((sizes[source] for source in sources), _CODES)
    fitting = {}
    for source, text in shown.items():
        if source in marked and sizes[source] <= limit:
            fitting[source] = (marked[source], 0)
        else:
            beginning, left_out = clip(text, min(limit, _PROGRAM))
            fitting[source] = (inside(beginning), left_out)
    return fitting


def prompts(points: Iterable[Point]) -> dict[str, str]:
    """Every prompt of these points once, by its key."""
    asked = {prompt_key(a): a.asked.text for p in points for a in p.attempts if a.asked.text}
    shown = {key: visible(prompt) for key, prompt in asked.items()}
    limit = fair_limit(map(page_size, shown.values()), _PROMPTS)
    return {key: with_note(*clip(prompt, limit)) for key, prompt in shown.items()}


def prompt_key(a: Attempt) -> str:
    """The name that the prompt has inside the page."""
    point = a.point
    named = f"{point.target}-{point.length}-{point.trial}-{point.prompt_name}"
    return a.asked.sha256[:16] or named


def with_note(text: str, left_out: int) -> str:
    """The beginning of a text, and how many characters of it are left out."""
    if not left_out:
        return text
    return f"{text}\n[… {left_out:,} characters more in results_attempts.jsonl]"
