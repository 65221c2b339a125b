"""`python -m bench.falsify RUN`: try the programs of an earlier run as the rules of its targets.

All that is needed is in the run's records: the programs, and the options that datasets are drawn
from. The results stay as they are; what is found is written beside them.
"""

import argparse
import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import anyio.from_thread

from bench import __version__
from bench.jail import Jail, JailBroken, Limits, Verdict, detect, usual_level
from bench.options.arguments import argument
from bench.options.settings import DataOptions, JailOptions, SearchOptions, SettingsError
from bench.options.values import MOST_INPUTS, whole
from bench.question.dataset import obtain
from bench.question.spec import DatasetError, DatasetSpec, spec_of
from bench.record.attempt import PREDICTOR
from bench.record.fields import fitting
from bench.record.say import complain, say
from bench.record.whole import write_whole
from bench.record.widths import wrapped
from bench.record.wording import counted, percent
from bench.run.conditions import need_privacy
from bench.run.in_process import quiet
from bench.run.points import Point, in_grid_order
from bench.run.readback import Results, ResultsError, load
from bench.search.falsification import Falsification, Suspect, falsification
from bench.show.plugin_targets import Plugins, ask_plugin
from bench.show.recovery import RECOVERED, SOLVED, counterexample_line
from bench.show.text_tables import WIDE, aligned, terminal_width
from targets import Rule, Target, TargetFault, registered

FILE = "falsification.json"
"""What is written beside the results."""
_LONGEST_INPUT = 50
"""Characters of a counterexample in the table. The file has it whole."""


class NotTried(Exception):
    """Why a program cannot be tried, in one line."""


@dataclass(frozen=True, slots=True)
class TriedAgain:
    """A solved point of an earlier run, and what trying its program came to."""

    id: str
    point: Point
    found: Falsification


class _Trier:
    """Tries programs in one jail, with the limits and the data of an earlier run."""

    def __init__(
        self, results: Results, dataset_dir: Path, plugin_targets: Sequence[Target]
    ) -> None:
        self._plugin_targets = {target.name: target for target in plugin_targets}
        given = results.manifest.options
        self._data = DataOptions(**fitting(given, DataOptions))
        self._limits = JailOptions(**fitting(given, JailOptions))
        self._dataset_dir = dataset_dir
        self._jail = Jail()

    def tried(self, points: Iterable[Point], count: int) -> Iterable[Falsification]:
        """What trying the program of each point comes to. Raises JailBroken."""
        with anyio.from_thread.start_blocking_portal() as self._portal:
            try:
                for point in points:
                    yield self._tried(point, count)
            finally:
                self._portal.call(self._jail.aclose)

    def _tried(self, point: Point, count: int) -> Falsification:
        try:
            return falsification(self._suspect(point), count)
        except (NotTried, DatasetError, TargetFault) as why:
            return Falsification(error=str(why))

    def _suspect(self, point: Point) -> Suspect:
        """The program of a point and its answers on the test split. Raises NotTried."""
        selected = point.selected
        code = selected.code if selected else None
        if point.hypothesis == PREDICTOR:
            raise NotTried("a predictor has no program")
        if selected is None or code is None:
            raise NotTried("its program is not in the results")

        def evaluate(inputs: Sequence[str], seconds: float) -> Verdict:
            limits = Limits(cpu_seconds=seconds, memory_mib=self._limits.eval_memory)
            return self._portal.call(self._jail.evaluate, code, inputs, "text", limits)

        spec = self._spec(point)
        test = obtain(spec, self._dataset_dir).test
        verdict = evaluate(test.inputs, self._limits.test_timeout)
        if verdict.predictions is None:
            raise NotTried(f"on the test split: {verdict.error}: {verdict.detail}")
        return Suspect(
            spec=spec,
            test=test,
            predictions=verdict.predictions,
            evaluate=evaluate,
            test_timeout=self._limits.test_timeout,
            eval_timeout=self._limits.eval_timeout,
        )

    def _spec(self, point: Point) -> DatasetSpec:
        """What the data of a point is drawn from. Raises NotTried."""
        name = point.key.target
        target = registered(name) or self._plugin_targets.get(name)
        if target is None:
            raise NotTried("this version has no such target; -p names a plugin that has it")
        if not isinstance(target, Rule):
            raise NotTried("a table has no label for other inputs")
        data = replace(self._data, seed=point.attempts[0].seed)
        return spec_of(target, point.key.length, point.key.trial, data)


def try_again(
    results: Results, count: int, dataset_dir: Path, plugin_targets: Sequence[Target]
) -> list[TriedAgain]:
    """Try the program of each solved point on `count` inputs. Raises JailBroken."""
    solved = [p for p in in_grid_order(results.points) if p.decided and p.solved]
    found = _Trier(results, dataset_dir, plugin_targets).tried(solved, count)
    return [TriedAgain(results.ids[p.key], p, one) for p, one in zip(solved, found, strict=True)]


def as_json(results: Results, tried: Sequence[TriedAgain], count: int) -> str:
    """What was found, as it is written beside the results."""
    head = {"run_id": results.name, "project": __version__, "falsify": count}
    return json.dumps({**head, "points": [_plain(one) for one in tried]}, indent=1) + "\n"


def _plain(one: TriedAgain) -> dict[str, Any]:
    found = asdict(one.found)
    renamed = {"falsify_tried": found.pop("tried"), "falsify_error": found.pop("error")}
    return {"point": one.id, **asdict(one.point.key), **found, **renamed}


def as_text(tried: Sequence[TriedAgain], width: int = WIDE) -> str:
    """A table that fits the width, with what there is to say of a point below it."""
    head = ("solved point", "rule", "test", "tried")
    lines = aligned([head, *map(_row, tried)], width, left=(1,))
    for one in tried:
        if note := _note(one.found):
            about = f"{one.id}: {note}"
            lines += wrapped(about, width, first="  ", then="    ")
    recovered = sum(one.found.recovered is True for one in tried)
    lines += ["", f"Recovered  {recovered} of {counted(len(tried), 'solved point')}"]
    return "\n".join(lines) + "\n"


def _row(one: TriedAgain) -> tuple[str, ...]:
    test = "-" if one.point.test_acc is None else percent(one.point.test_acc)
    marks = {True: RECOVERED, False: SOLVED, None: "-"}
    return (one.id, marks[one.found.recovered], test, f"{one.found.tried:,}")


def _note(found: Falsification) -> str | None:
    if found.counterexample is not None:
        return counterexample_line(found.counterexample, _LONGEST_INPUT)
    return None if found.error is None else f"not known whether it is the rule: {found.error}"


def main(arguments: Sequence[str] | None, prog: str, plugins: Plugins) -> int:
    """Try the programs, print what was found, and write it beside the run."""
    parser = argparse.ArgumentParser(
        prog=prog,
        description="Try the programs of an earlier run as the rules of its targets.",
    )
    parser.add_argument("run", type=Path, help="a run's folder, or its JSONL file")
    usual = SearchOptions().falsify
    count, tells = argument(whole(1, MOST_INPUTS)), f"inputs to try ({usual:,})"
    parser.add_argument("--falsify", type=count, default=usual, metavar="N", help=tells)
    parser.add_argument(
        "--dataset-dir", type=Path, default=DataOptions().dataset_dir, help="where datasets are"
    )
    ask_plugin(parser)
    given = parser.parse_args(arguments)
    try:
        _need_isolation()
        results = load(given.run)
        with quiet():
            plugin_targets = _plugin_targets(results, given.plugin, plugins)
            tried = try_again(results, given.falsify, given.dataset_dir, plugin_targets)
        file = results.folder / FILE
        write_whole(file, as_json(results, tried, given.falsify))
    except (ResultsError, SettingsError, JailBroken) as error:
        complain(f"{parser.prog}: {error}")
        return 2
    except OSError as error:
        complain(f"{parser.prog}: {error.filename}: {error.strerror}")
        return 2
    say(as_text(tried, terminal_width()) + f"{'Written':<10} {file}\n")
    return 0


def _plugin_targets(results: Results, named: Sequence[str], plugins: Plugins) -> Sequence[Target]:
    """The targets of plugins, where the run has any. Raises SettingsError."""
    names = {point.key.target for point in results.points}
    return plugins(named) if named or not all(map(registered, names)) else ()


def _need_isolation() -> None:
    """Raises JailBroken where programs of a model would not be kept from this machine."""
    need_privacy()
    isolation, needed = detect(), usual_level()
    if not isolation.satisfies(needed):
        raise JailBroken(f"isolation: {needed} is required, and this machine gives {isolation}")
