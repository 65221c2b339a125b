"""Whether the selected program is the rule: it is tried on inputs from everywhere it is defined."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from bench.jail import RIGHT_ONE, Verdict, error_of
from bench.question.dataset import Split
from bench.question.spec import DatasetSpec
from bench.record.outcome import Agreement, Counterexample, Generalization
from bench.score import falsifiers
from bench.score.accuracy import accuracy_of
from bench.score.falsifiers import Tried
from bench.search.shrink import Shrunk, Wrong, shrink
from targets.base import Rule


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspect:
    """A program that passes for a target's rule: what it was asked and said, and how it is run."""

    spec: DatasetSpec
    test: Split
    predictions: bytes
    """On the test split."""
    evaluate: Callable[[Sequence[str], float], Verdict]
    """Runs it on inputs, for so many seconds of CPU time at most."""
    test_timeout: float
    eval_timeout: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Falsification:
    """What trying to refute a program came to. The defaults are those of one that nobody tried."""

    recovered: bool | None = None
    counterexample: Counterexample | None = None
    tried: int = 0
    agreement: tuple[Agreement, ...] = ()
    other_lengths: tuple[Generalization, ...] = ()
    error: str | None = None
    """Why a program could not be tried on all of the inputs."""


def falsification(suspect: Suspect, count: int) -> Falsification:
    """Try a program on `count` inputs; it has been run already on those of the test split.

    One wrong answer refutes it, and so does an exception, also on the rest of the test split. A
    program that the jail stops, as at its limit of time, is not refuted by that: the limits are the
    harness's. Nothing is tried where the target is a table, which has no label for other inputs.
    This takes up to some seconds of CPU time.
    """
    spec, rule = suspect.spec, suspect.spec.target
    if not isinstance(rule, Rule) or (form := rule.form) is None:
        return Falsification()
    examples = suspect.test.items
    tried = falsifiers.inputs(
        rule, form, spec.length, count=count, hard=spec.hard, examples=examples, seed=_seed(spec)
    )
    others = falsifiers.elsewhere(rule, form, spec.length, count=count, seed=_seed(spec))
    codes = dict(zip(suspect.test.inputs, suspect.predictions, strict=True))
    # The test split was run already, and the same program gives the same again.
    asked = [x for x in tried.inputs if x not in codes]
    verdict, elsewhere = _answers(suspect, asked, others)
    codes |= dict(zip(asked, verdict.predictions or b"", strict=False))
    labels = dict(examples) | dict(zip(tried.inputs, tried.labels, strict=True))
    wrong = [x for x, code in codes.items() if code != labels[x]]
    agreement = _agreement(tried, codes)
    counterexample = None
    if wrong:
        source = _sources(examples, tried)[min(wrong, key=form.size)]
        shrunk = shrink(form, spec.length, wrong, _wrong_of(suspect, rule, codes))
        counterexample = _counterexample(shrunk, rule, codes, source)
    failure = None if verdict.predictions is not None else f"{verdict.error}: {verdict.detail}"
    return Falsification(
        recovered=False if wrong else None if failure else True,
        counterexample=counterexample,
        tried=sum(one.tried for one in agreement),
        agreement=agreement,
        other_lengths=elsewhere,
        error=failure,
    )


def _seed(spec: DatasetSpec) -> str:
    return f"{spec.target.name}:{spec.stream}"


def _sources(examples: Sequence[tuple[str, int]], tried: Tried) -> dict[str, str]:
    of_test = {x: "positives" if label else "negatives" for x, label in examples}
    return of_test | dict(zip(tried.inputs, tried.sources, strict=True))


def _agreement(tried: Tried, codes: Mapping[str, int]) -> tuple[Agreement, ...]:
    """On how many inputs of each source the program agrees with the rule."""
    right: dict[str, list[bool]] = {}
    for x, label, source in zip(tried.inputs, tried.labels, tried.sources, strict=True):
        if x in codes:
            right.setdefault(source, []).append(codes[x] == label)
    return tuple(
        Agreement(source=source, tried=len(some), right=sum(some)) for source, some in right.items()
    )


def _wrong_of(suspect: Suspect, rule: Rule, codes: dict[str, int]) -> Wrong:
    """A function that runs the program on more inputs, and adds its answers to `codes`."""

    def wrong_of(inputs: Sequence[str]) -> list[str] | None:
        defined = [x for x in inputs if rule.defined is None or rule.defined(x)]
        verdict = suspect.evaluate(defined, suspect.eval_timeout)
        if verdict.predictions is None:
            return None
        codes.update(zip(defined, verdict.predictions, strict=True))
        return [x for x in defined if codes[x] != rule.label(x)]

    return wrong_of


def _counterexample(
    shrunk: Shrunk, rule: Rule, codes: Mapping[str, int], source: str
) -> Counterexample:
    code = codes[shrunk.input]
    return Counterexample(
        input=shrunk.input,
        label=rule.label(shrunk.input),
        prediction=code if code <= RIGHT_ONE else None,
        source=source,
        smallest=shrunk.smallest,
        beside=shrunk.beside,
    )


def _answers(
    suspect: Suspect, asked: Sequence[str], others: Mapping[int, Tried]
) -> tuple[Verdict, tuple[Generalization, ...]]:
    """The verdict on inputs of the point's own length, and how the program does at others.

    They are one batch, as most programs take less time than a batch to begin. A program that the
    jail stops there is run on its own length alone.
    """
    elsewhere = [x for tried in others.values() for x in tried.inputs]
    if not elsewhere:
        return suspect.evaluate(asked, suspect.test_timeout), ()
    both = suspect.evaluate([*asked, *elsewhere], suspect.eval_timeout)
    if both.predictions is None:
        alone = suspect.evaluate(asked, suspect.test_timeout)
        return alone, tuple(_stopped_at(*one, both.error) for one in others.items())
    own, rest = both.predictions[: len(asked)], both.predictions[len(asked) :]
    codes = dict(zip(elsewhere, rest, strict=True))
    return replace(both, predictions=own), tuple(_result_at(*one, codes) for one in others.items())


def _stopped_at(length: int, tried: Tried, error: str | None) -> Generalization:
    return Generalization(length=length, size=len(tried.inputs), accuracy=None, error=error)


def _result_at(length: int, tried: Tried, codes: Mapping[str, int]) -> Generalization:
    """How the program does at one other length."""
    answers = bytes(codes[x] for x in tried.inputs)
    share = accuracy_of(answers, tried.labels)
    return Generalization(length=length, size=len(answers), accuracy=share, error=error_of(answers))
