"""Every option, in one frozen dataclass: its name, its default, what it means and which values it takes.

A field `train_size` is the option `--train-size` and the ini key `llmpv_train_size`. Nothing here knows pytest: the
plugin reads `options()` to declare them and hands the raw strings to `resolve()`.
"""

import math
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import MISSING, Field, dataclass, field, fields
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

ENUMERATOR = "enumerator"
LONGEST = 10_000_000
"""Seconds of CPU time that a candidate may be given: what the kernel's limits can count."""
AXES = ("model", "reasoning-effort", "prompt")
EFFORTS = ("none", "minimal", "low", "medium", "high", "xhigh", "max")


class SettingsError(ValueError):
    """One line that names the option, the value and what is allowed."""


def _choice(*allowed: str) -> Callable[[str], str]:
    def parse(text: str) -> str:
        if text not in allowed:
            raise ValueError(f"one of {', '.join(allowed)}")
        return text

    return parse


def _whole(least: int, most: float = math.inf, *, even: bool = False) -> Callable[[str], int]:
    what = f"{'an even' if even else 'a whole'} number from {least} {'up' if most == math.inf else f'to {most:,}'}"

    def parse(text: str) -> int:
        try:
            value = int(text)
        except ValueError:
            raise ValueError(what) from None
        if not least <= value <= most or (even and value % 2):
            raise ValueError(what)
        return value

    return parse


def _number(most: float = sys.float_info.max, *, zero: bool = False) -> Callable[[str], float]:
    what = f"a finite number {'from 0 up' if zero else 'above 0'}"
    what += f", up to {most:,.0f}" if most < sys.float_info.max else ""

    def parse(text: str) -> float:
        try:
            value = float(text)
        except ValueError:
            raise ValueError(what) from None
        if not 0 <= value <= most or (value == 0 and not zero):
            raise ValueError(what)
        return value

    return parse


def _text(text: str) -> str:
    if not text.strip():
        raise ValueError("a text that is not empty")
    return text.strip()


def url(text: str) -> str:
    """An address that can be asked. Raises ValueError that says what one looks like."""
    address = text.strip()
    try:
        parts = urlsplit(address)
        sound = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        sound = False
    if not sound or len(address.split()) > 1:
        raise ValueError("a URL that begins with http:// or https://, such as http://127.0.0.1:8000/v1")
    if "@" in parts.netloc:  # it would stand in run.json
        raise ValueError("a URL without user and password; a key is read from OPENAI_API_KEY or --api-key-file")
    return address


def _flag(text: str) -> bool:
    values = {"true": True, "1": True, "yes": True, "on": True, "false": False, "0": False, "no": False, "off": False}
    if text.lower() not in values:
        raise ValueError("true or false")
    return values[text.lower()]


def _path(text: str) -> Path:
    return Path(_text(text)).expanduser()


def _file(text: str) -> Path:
    path = _path(text)
    if not path.is_file():
        raise ValueError("a file that exists")
    return path


def _list(item: Callable[[str], Any]) -> Callable[[str], tuple[Any, ...]]:
    """A comma-separated list; duplicates are folded, the order is kept."""

    def parse(text: str) -> tuple[Any, ...]:
        values = tuple(dict.fromkeys(item(part.strip()) for part in text.split(",") if part.strip()))
        if not values:
            raise ValueError("a comma-separated list that is not empty")
        return values

    return parse


def _option(default: Any, parse: Callable[[str], Any], meaning: str) -> Any:
    return field(default=default, metadata={"parse": parse, "help": meaning})


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The options of a run, as resolved. `None` means: the default of whoever reads it."""

    # the grid
    functions: tuple[str, ...] = _option((), _list(_text), "ids or names of targets; default: all registered")
    lengths: tuple[int, ...] = _option((), _list(_whole(1)), "input lengths; default: each target's own")
    trials: int = _option(1, _whole(1), "independent repetitions of a grid point, each with a dataset of its own")
    attempts: int = _option(5, _whole(1), "attempts per search")
    no_early_stop: bool = _option(False, _flag, "use all attempts even after a perfect one")
    # the data
    train_size: int = _option(100, _whole(2, even=True), "labelled examples shown in the prompt")
    val_size: int = _option(100, _whole(2, even=True), "examples that decide whether a program is accepted")
    test_size: int = _option(10_000, _whole(2, even=True), "examples that score the selected program")
    seed: int = _option(42, _whole(0), "seed of the datasets")
    negatives: str = _option("paper", _choice("paper", "hard"), "paper: classes drawn as published; hard: no shortcuts")
    tabular_representation: str = _option(
        "anonymous", _choice("anonymous", "named"), "how tables are shown: anonymous or named columns and values"
    )
    dataset_dir: Path = _option(Path("datasets"), _path, "where the generated splits are kept")
    raw_dir: Path = _option(Path("datasets/raw"), _path, "where the raw tables are (or LLMPV_RAW_DIR)")
    # the question
    model: tuple[str, ...] = _option((ENUMERATOR,), _list(_text), "who is asked; any other name is a model")
    reasoning_effort: tuple[str, ...] = _option(("high",), _list(_choice(*EFFORTS)), f"{', '.join(EFFORTS)}")
    prompt_template: tuple[Path, ...] = _option(
        (), _list(_file), "files with the documented placeholders; default: built in"
    )
    text_verbosity: str = _option("low", _choice("low", "medium", "high"), "length of the model's text")
    max_output_tokens: int = _option(20_000, _whole(16), "tokens a model may spend on one answer")
    enable_code_interpreter: bool = _option(False, _flag, "give the model the code interpreter")
    tool_choice: str = _option("auto", _choice("auto", "none", "required"), "whether the model must use its tools")
    request_json: Path | None = _option(None, _file, "JSON file of further fields of the request's body")
    # the asking
    base_url: str | None = _option(None, url, "any server that speaks the API; default: the client's own")
    api: str = _option("responses", _choice("responses", "chat"), "the Responses API or Chat Completions")
    base_model: tuple[str, ...] = _option(
        (), _list(_text), "what --model is a name of (MODEL, or NAME=MODEL): for prices and options"
    )
    api_key_file: Path | None = _option(None, _file, "file that holds the API key; default: OPENAI_API_KEY")
    request_timeout: float = _option(1200.0, _number(), "seconds a model request may take")
    max_retries: int = _option(8, _whole(0), "retries of a request, with the client's backoff")
    store: bool = _option(False, _flag, "let the server keep the response")
    service_tier: str | None = _option(None, _text, "service tier of the requests")
    background: bool = _option(False, _flag, "create responses in the background and poll for them")
    cancel_on_exit: bool = _option(False, _flag, "with --background: cancel what is under way on Ctrl-C")
    enumerator_seconds: float = _option(5.0, _number(), "CPU seconds of the enumerator a prompt")
    # the ledger and the money
    replay: str = _option("auto", _choice("auto", "only", "off"), "answer from the ledger: auto, only or off")
    ledger: Path | None = _option(None, _path, "ledger file; default: ledger.sqlite in --reports-dir")
    max_cost: float | None = _option(None, _number(zero=True), "USD; no request that could pass it is made")
    price_input: float | None = _option(None, _number(zero=True), "USD per million input tokens")
    price_cached: float | None = _option(None, _number(zero=True), "USD per million cached input tokens")
    price_output: float | None = _option(None, _number(zero=True), "USD per million output tokens")
    dry_run: bool = _option(False, _flag, "print each prompt, ask nothing, skip the tests")
    # the jail
    eval_timeout: float = _option(10.0, _number(LONGEST), "CPU seconds of a candidate on the validation split")
    test_timeout: float = _option(300.0, _number(LONGEST), "CPU seconds of a candidate on the test split")
    eval_memory: int = _option(1024, _whole(64, 2**20), "MiB of memory of a candidate")
    require_isolation: str | None = _option(
        None, _choice("strong", "partial", "process"), "refuse to start below this level of isolation"
    )
    generalize: tuple[int, ...] = _option((), _list(_whole(1)), "further lengths to test the selected program at")
    # the results
    reports_dir: Path = _option(Path("reports"), _path, "where runs leave their files")
    out_jsonl: Path | None = _option(None, _path, "a further place for results_attempts.jsonl")
    out_csv: Path | None = _option(None, _path, "a further place for results_attempts.csv")
    baseline: Path | None = _option(None, _file, "points that this file's run did not solve may fail (xfail)")
    baseline_ignore: tuple[str, ...] = _option(
        (), _list(_choice(*AXES)), "axes in which points of the baseline may be others: model, reasoning-effort, prompt"
    )
    write_baseline: Path | None = _option(None, _path, "write the baseline of this run to a file")
    min_solved: int | None = _option(None, _whole(0), "the run fails if fewer points are solved")

    @property
    def ledger_path(self) -> Path:
        """The ledger of this run."""
        return self.ledger or self.reports_dir / "ledger.sqlite"


@dataclass(frozen=True, slots=True)
class Option:
    """How one field of `Settings` is given on a command line or in an ini file."""

    name: str
    flag: str
    ini: str
    help: str
    default: Any
    is_flag: bool
    parse: Callable[[str], Any]


def options() -> Iterator[Option]:
    """Every option, in the order of the fields."""
    for f in fields(Settings):
        yield _describe(f)


def resolve(
    command_line: Mapping[str, str | bool], ini: Mapping[str, str], root: Path, cwd: Path | None = None
) -> Settings:
    """The settings that these raw values mean, where a field not named keeps its default.

    Paths of the command line are relative to `cwd`, those of the ini file and the defaults to `root`.
    Raises SettingsError for the first value that is not allowed.
    """
    resolved: dict[str, Any] = {}
    for option in options():
        given = command_line.get(option.name)
        if given is not None and given is not False:
            value, base = _parse(option, option.flag, str(given)), cwd or Path.cwd()
        elif option.name in ini:
            value, base = _parse(option, option.ini, ini[option.name]), root
        elif option.name == "raw_dir" and os.environ.get("LLMPV_RAW_DIR"):
            value, base = Path(os.environ["LLMPV_RAW_DIR"]).expanduser(), cwd or Path.cwd()
        else:
            value, base = option.default, root
        resolved[option.name] = _anchor(value, base)
    return Settings(**resolved)


def _describe(f: "Field[Any]") -> Option:
    if f.default is MISSING:
        raise TypeError(f"option {f.name} has no default")
    return Option(
        name=f.name,
        flag="--" + f.name.replace("_", "-"),
        ini="llmpv_" + f.name,
        help=f.metadata["help"],
        default=f.default,
        is_flag=f.metadata["parse"] is _flag,
        parse=f.metadata["parse"],
    )


def _parse(option: Option, source: str, text: str) -> Any:
    try:
        return option.parse(text)
    except ValueError as allowed:
        raise SettingsError(f"{source}: {text!r} is not allowed; give {allowed}") from None


def _anchor(value: Any, base: Path) -> Any:
    if isinstance(value, Path):
        return base / value
    if isinstance(value, tuple):
        return tuple(_anchor(item, base) for item in value)
    return value
