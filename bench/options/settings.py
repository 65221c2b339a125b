"""Every option, declared once: its name, its default, what it means and which values it takes.

A field `train_size` is the option `--train-size` and the ini key `llmpv_train_size`. Nothing here
knows pytest: the plugin reads `options()` to declare them and hands the raw strings to `resolve()`.
"""

import os
from collections.abc import Iterator, Mapping
from dataclasses import MISSING, Field, dataclass, field, fields
from pathlib import Path
from typing import Any

from bench.options.values import (
    FILE,
    FLAG,
    KEY_FILE,
    PATH,
    TEXT,
    URL,
    Kind,
    choice,
    listed,
    number,
    whole,
)

ENUMERATOR = "enumerator"
UNASKED_USD = 20.0
"""What a run without a limit may cost, if nobody says that it may be more."""
LONGEST = 10_000_000
"""Seconds of CPU time that a candidate may be given: what the kernel's limits can count."""
AXES = ("model", "reasoning-effort", "prompt")
EFFORTS = ("none", "minimal", "low", "medium", "high", "xhigh", "max")


class SettingsError(ValueError):
    """One line that names the option, the value and what is allowed."""


def _option(
    default: Any, kind: Kind, meaning: str, *, unset: str = "none", axis: bool = False
) -> Any:
    """`unset` says what holds where the default is None or empty."""
    metadata = {"kind": kind, "meaning": meaning, "unset": unset, "axis": axis}
    return field(default=default, metadata=metadata)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The options of a run, as resolved. `None` means: the default of whoever reads it."""

    # the grid
    functions: tuple[str, ...] = _option(
        (),
        listed(TEXT),
        "ids or names of targets",
        unset="the published ones, or with -k or -m all there are",
    )
    lengths: tuple[int, ...] = _option(
        (), listed(whole(1, 2_000)), "input lengths", unset="each target's own"
    )
    trials: int = _option(
        1, whole(1), "independent repetitions of a grid point, each with a dataset of its own"
    )
    attempts: int = _option(5, whole(1), "attempts per search")
    no_early_stop: bool = _option(False, FLAG, "use all attempts even after a perfect one")
    # the data
    train_size: int = _option(100, whole(2, even=True), "labelled examples shown in the prompt")
    val_size: int = _option(
        100, whole(2, even=True), "examples that decide whether a program is accepted"
    )
    test_size: int = _option(
        10_000, whole(2, even=True), "examples that score the selected program"
    )
    seed: int = _option(42, whole(0), "seed of the datasets")
    negatives: str = _option(
        "paper", choice("paper", "hard"), "classes drawn as published, or without shortcuts"
    )
    tabular_representation: str = _option(
        "anonymous", choice("anonymous", "named"), "how the columns and values of tables are shown"
    )
    dataset_dir: Path = _option(Path("datasets"), PATH, "where the generated splits are kept")
    raw_dir: Path = _option(
        Path("datasets/raw"), PATH, "where the raw tables are (or LLMPV_RAW_DIR)"
    )
    # the question
    model: tuple[str, ...] = _option(
        (ENUMERATOR,),
        listed(TEXT),
        f"who is asked: the embedded {ENUMERATOR}, or models by their names",
        axis=True,
    )
    reasoning_effort: tuple[str, ...] = _option(
        ("high",), listed(choice(*EFFORTS)), "how long a model reasons", axis=True
    )
    prompt_template: tuple[Path, ...] = _option(
        (), listed(FILE), "files with the documented placeholders", unset="built in", axis=True
    )
    text_verbosity: str = _option(
        "low", choice("low", "medium", "high"), "length of the model's text"
    )
    max_output_tokens: int = _option(20_000, whole(16), "tokens a model may spend on one answer")
    enable_code_interpreter: bool = _option(False, FLAG, "give the model the code interpreter")
    tool_choice: str = _option(
        "auto", choice("auto", "none", "required"), "whether the model must use its tools"
    )
    request_json: Path | None = _option(
        None, FILE, "JSON file of further fields of the request's body"
    )
    # the asking
    base_url: str | None = _option(
        None, URL, "any server that speaks the API", unset="the client's own"
    )
    api: str = _option(
        "responses", choice("responses", "chat"), "Responses API or Chat Completions"
    )
    base_model: tuple[str, ...] = _option(
        (), listed(TEXT), "what --model is a name of (MODEL, or NAME=MODEL): for prices and options"
    )
    api_key_file: Path | None = _option(
        None, KEY_FILE, "file that holds the API key", unset="OPENAI_API_KEY"
    )
    request_timeout: float = _option(1200.0, number(), "seconds a model request may take")
    max_retries: int = _option(8, whole(0), "retries of a request, with the client's backoff")
    store: bool = _option(False, FLAG, "let the server keep the response")
    service_tier: str | None = _option(
        None, TEXT, "service tier of the requests", unset="the server's own"
    )
    background: bool = _option(False, FLAG, "create responses in the background and poll for them")
    cancel_on_exit: bool = _option(
        False, FLAG, "with --background: cancel what is under way on Ctrl-C"
    )
    enumerator_seconds: float = _option(5.0, number(), "CPU seconds of the enumerator a prompt")
    # the ledger and the money
    replay: str = _option(
        "auto",
        choice("auto", "only", "off"),
        "answers from the ledger: where it has them, from it alone, or never",
    )
    ledger: Path | None = _option(None, PATH, "ledger file", unset="ledger.sqlite in --reports-dir")
    max_cost: float | None = _option(
        None, number(zero=True), "USD; no request that could pass it is made", unset="none"
    )
    yes: bool = _option(
        False, FLAG, f"ask without --max-cost also where it can cost more than ${UNASKED_USD:g}"
    )
    price_input: float | None = _option(
        None, number(zero=True), "USD per million input tokens", unset="as published"
    )
    price_cached: float | None = _option(
        None, number(zero=True), "USD per million cached input tokens", unset="as published"
    )
    price_output: float | None = _option(
        None, number(zero=True), "USD per million output tokens", unset="as published"
    )
    dry_run: bool = _option(False, FLAG, "print each prompt, ask nothing, skip the tests")
    # the jail
    eval_timeout: float = _option(
        10.0, number(LONGEST), "CPU seconds of a candidate on the validation split"
    )
    test_timeout: float = _option(
        300.0, number(LONGEST), "CPU seconds of a candidate on the test split"
    )
    eval_memory: int = _option(1024, whole(64, 2**20), "MiB of memory of a candidate")
    require_isolation: str | None = _option(
        None,
        choice("strong", "partial", "process"),
        "refuse to start below this",
        unset="partial on Linux, else process",
    )
    generalize: tuple[int, ...] = _option(
        (), listed(whole(1, 10_000)), "other lengths to test the selected program at"
    )
    # the results
    reports_dir: Path = _option(Path("reports"), PATH, "where runs leave their files")
    out_jsonl: Path | None = _option(None, PATH, "a further place for results_attempts.jsonl")
    out_csv: Path | None = _option(None, PATH, "a further place for results_attempts.csv")
    baseline: Path | None = _option(
        None, FILE, "points that this file's run did not solve may fail (xfail)"
    )
    baseline_ignore: tuple[str, ...] = _option(
        (), listed(choice(*AXES)), "axes in which points of the baseline may be others"
    )
    write_baseline: Path | None = _option(None, PATH, "write the baseline of this run to a file")
    min_solved: int | None = _option(None, whole(0), "the run fails if fewer points are solved")

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
    meaning: str
    kind: Kind
    default: Any
    unset: str
    is_axis: bool

    @property
    def is_flag(self) -> bool:
        """Whether it is given without a value."""
        return self.kind is FLAG

    @property
    def help(self) -> str:
        """Meaning, allowed values and default."""
        allowed = () if self.kind.is_plain else (self.kind.allowed,)
        axis = ("each value multiplies the grid",) if self.is_axis else ()
        default = () if self.is_flag else (f"default: {self.shown_default}",)
        return "; ".join((self.meaning, *allowed, *axis, *default))

    @property
    def shown_default(self) -> str:
        """The default as it would be given, or in words."""
        if self.is_flag:
            return "off"
        if self.default in (None, ()):
            return self.unset
        if isinstance(self.default, tuple):
            return ",".join(map(str, self.default))
        return f"{self.default:g}" if isinstance(self.default, float) else str(self.default)


def options() -> Iterator[Option]:
    """Every option, in the order of the fields."""
    for f in fields(Settings):
        yield _describe(f)


def resolve(
    command_line: Mapping[str, str | bool],
    ini: Mapping[str, str],
    root: Path,
    cwd: Path | None = None,
) -> Settings:
    """The settings that these raw values mean, where a field not named keeps its default.

    Paths of the command line are relative to `cwd`, those of the ini file and the defaults to
    `root`. Raises SettingsError for the first value that is not allowed.
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
        meaning=f.metadata["meaning"],
        kind=f.metadata["kind"],
        default=f.default,
        unset=f.metadata["unset"],
        is_axis=f.metadata["axis"],
    )


def _parse(option: Option, source: str, text: str) -> Any:
    try:
        return option.kind.parse(text)
    except ValueError as error:
        allowed = str(error) or option.kind.allowed
        raise SettingsError(
            f"{source}: {option.kind.shown(text)!r} is not allowed; give {allowed}"
        ) from None


def _anchor(value: Any, base: Path) -> Any:
    if isinstance(value, Path):
        return base / value
    if isinstance(value, tuple):
        return tuple(_anchor(item, base) for item in value)
    return value
