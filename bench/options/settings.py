"""The table of options: name, default, allowed values, meaning, and whether it is an axis.

A field `train_size` is the option `--train-size` and the ini key `llmpv_train_size`. Options that
are used together are one record, so that a signature says which of them a function depends on.
"""

from dataclasses import dataclass
from pathlib import Path

from bench.options.model_names import COMMAND, ENUMERATOR, IN_CONTEXT
from bench.options.pairs import HEADER, PARAMETER
from bench.options.values import (
    FILE,
    FLAG,
    KEY_FILE,
    MOST_INPUTS,
    PATH,
    SHARD,
    TEXT,
    URL,
    choice,
    listed,
    number,
    option,
    repeated,
    whole,
)
from bench.record.key import AXIS_NAMES
from bench.record.tools import CODE_INTERPRETER, NO_TOOLS, PYTHON

UNASKED_USD = 20.0
"""What a run may cost where neither `--max-cost` nor `--yes` is given."""
LONGEST = 10_000_000
"""Seconds of CPU time that a candidate may be given: what the kernel's limits can count."""
EFFORTS = ("none", "minimal", "low", "medium", "high", "xhigh", "max")


class SettingsError(ValueError):
    """One line that names the option, the value and what is allowed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GridOptions:
    """Which points there are, apart from the axes of the question."""

    functions: tuple[str, ...] = option(
        (),
        listed(TEXT),
        "ids or names of targets, or a family with its dials, as parity_rand:k=5",
        unset="the published ones, or with -k or -m all there are",
    )
    lengths: tuple[int, ...] = option(
        (), listed(whole(1, 2_000)), "input lengths", unset="each target's own"
    )
    rule_seed: int = option(
        0, whole(0, 2**31), "draws drawn rules anew: parities, patterns; 0: the public ones"
    )
    trials: int = option(
        1, whole(1, 100_000), "independent repetitions of a grid point, each with its own dataset"
    )
    shard: str | None = option(None, SHARD, "the part of the points to ask", unset="all points")
    shard_durations: Path | None = option(
        None, PATH, "an earlier run, to divide the points by its times", unset="by a hash of each"
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchOptions:
    """How long a search goes on, and what is asked of the program that it selects."""

    attempts: int = option(5, whole(1, 100_000), "attempts per search")
    no_early_stop: bool = option(False, FLAG, "use all attempts even after a perfect one")
    generalize: tuple[int, ...] = option(
        (), listed(whole(1, 10_000)), "other lengths to test the selected program at"
    )
    falsify: int = option(
        2_000, whole(0, MOST_INPUTS), "inputs to try a program on that solves its point; 0 for none"
    )
    require_recovery: bool = option(
        False, FLAG, "a point passes only where --falsify finds no counterexample"
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class DataOptions:
    """What datasets are drawn from, and where they are kept."""

    train_size: tuple[int, ...] = option(
        (100,),
        listed(whole(2, MOST_INPUTS, even=True)),
        "labelled examples shown in the prompt; a smaller set is the beginning of a larger one",
        axis=True,
    )
    val_size: int = option(
        100, whole(2, MOST_INPUTS, even=True), "examples that decide whether a program is accepted"
    )
    test_size: int = option(
        10_000, whole(2, MOST_INPUTS, even=True), "examples that score the selected program"
    )
    seed: int = option(42, whole(0), "seed of the datasets")
    icl_test_size: int = option(
        100, whole(2, MOST_INPUTS, even=True), "test inputs whose labels an icl: model is asked for"
    )
    negatives: str = option(
        "paper", choice("paper", "hard"), "classes drawn as published, or without shortcuts"
    )
    tabular_representation: str = option(
        "anonymous", choice("anonymous", "named"), "how the columns and values of tables are shown"
    )
    dataset_dir: Path = option(Path("datasets"), PATH, "where the generated splits are kept")
    raw_dir: Path = option(
        Path("datasets/raw"), PATH, "where the raw tables are (or LLMPV_RAW_DIR)"
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionOptions:
    """What a model is asked: the axes, and the fields of a request's body."""

    model: tuple[str, ...] = option(
        (ENUMERATOR,),
        listed(TEXT),
        f"who is asked: the embedded {ENUMERATOR}, models by their names, {IN_CONTEXT}NAME, "
        f"{COMMAND}PROGRAM",
        axis=True,
    )
    reasoning_effort: tuple[str, ...] = option(
        ("high",), listed(choice(*EFFORTS)), "how long a model reasons", axis=True
    )
    prompt_template: tuple[Path, ...] = option(
        (), listed(FILE), "files with the documented placeholders", unset="built in", axis=True
    )
    text_verbosity: str = option(
        "low", choice("low", "medium", "high"), "length of the model's text"
    )
    max_output_tokens: int = option(20_000, whole(16), "tokens a model may spend on one answer")
    tools: tuple[str, ...] = option(
        (NO_TOOLS,),
        listed(choice(NO_TOOLS, CODE_INTERPRETER, PYTHON)),
        "what a model is given: nothing, the server's code interpreter, or Python in the jail",
        axis=True,
    )
    enable_code_interpreter: bool = option(False, FLAG, "the same as --tools code_interpreter")
    tool_choice: str = option(
        "auto", choice("auto", "none", "required"), "whether the model must use its tools"
    )
    max_tool_calls: int = option(
        20, whole(1, 1_000), "calls of the Python tool that an attempt may make"
    )
    tool_output: int = option(
        8_000, whole(100, 1_000_000), "characters of a call's output that a model is shown"
    )
    icl_batch: int = option(
        1, whole(1, 1_000), "inputs whose labels an icl: model is asked for at once"
    )
    request_json: Path | None = option(
        None, FILE, "JSON file of further fields of the request's body"
    )
    omit: tuple[str, ...] = option(
        (),
        listed(TEXT),
        "fields of the request's body that a server refuses, and that are not sent",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class AskingOptions:
    """Whom a model is asked of, and in which way."""

    base_url: str | None = option(
        None, URL, "any server that speaks the API", unset="the client's own"
    )
    header: tuple[str, ...] = option((), repeated(HEADER), "a header of each request")
    query: tuple[str, ...] = option(
        (), repeated(PARAMETER), "a parameter in the query of each request's address"
    )
    api: str = option("responses", choice("responses", "chat"), "Responses API or Chat Completions")
    base_model: tuple[str, ...] = option(
        (), listed(TEXT), "what --model is a name of (MODEL, or NAME=MODEL): for prices and options"
    )
    api_key_file: Path | None = option(
        None, KEY_FILE, "file that holds the API key", unset="OPENAI_API_KEY"
    )
    request_timeout: float = option(1200.0, number(LONGEST), "seconds a model request may take")
    max_retries: int = option(8, whole(0), "retries of a request, with the client's backoff")
    store: bool = option(False, FLAG, "let the server keep the response")
    service_tier: str | None = option(
        None, TEXT, "service tier of the requests", unset="the server's own"
    )
    concurrency: int = option(
        1, whole(1, 1_000), "searches of each process that are in flight at the same time"
    )
    background: bool = option(False, FLAG, "create responses in the background and poll for them")
    batch: bool = option(False, FLAG, "ask by the batch endpoint, at half the price")
    cancel_on_exit: bool = option(
        False, FLAG, "with --background or --batch: cancel what is under way on Ctrl-C"
    )
    enumerator_seconds: float = option(5.0, number(), "CPU seconds of the enumerator a prompt")


@dataclass(frozen=True, slots=True, kw_only=True)
class MoneyOptions:
    """What is taken from the ledger, and what the rest may cost."""

    replay: str = option(
        "auto",
        choice("auto", "only", "off"),
        "answers from the ledger: where it has them, from it alone, or never",
    )
    ledger: Path | None = option(None, PATH, "ledger file", unset="ledger.sqlite in --reports-dir")
    max_cost: float | None = option(
        None, number(zero=True), "USD; no request that could pass it is made", unset="none"
    )
    yes: bool = option(
        False, FLAG, f"ask without --max-cost also where it can cost more than ${UNASKED_USD:g}"
    )
    price_input: float | None = option(
        None, number(zero=True), "USD per million input tokens", unset="as published"
    )
    price_cached: float | None = option(
        None, number(zero=True), "USD per million cached input tokens", unset="as published"
    )
    price_output: float | None = option(
        None, number(zero=True), "USD per million output tokens", unset="as published"
    )
    dry_run: bool = option(False, FLAG, "print each prompt, ask nothing, skip the tests")

    @property
    def lets_ask(self) -> bool:
        """Whether what the ledger does not have is asked, so that it may cost something."""
        return not self.dry_run and self.replay != "only"


@dataclass(frozen=True, slots=True, kw_only=True)
class JailOptions:
    """What a candidate may use, and how well the jail has to isolate it."""

    eval_timeout: float = option(
        10.0, number(LONGEST), "CPU seconds of a candidate on the validation split"
    )
    test_timeout: float = option(
        300.0, number(LONGEST), "CPU seconds of a candidate on the test split"
    )
    tool_timeout: float = option(30.0, number(LONGEST), "CPU seconds of a call of the Python tool")
    eval_memory: int = option(
        1024, whole(64, 2**20), "MiB of memory of a candidate, and of the Python tool"
    )
    require_isolation: str | None = option(
        None,
        choice("strong", "partial", "process"),
        "refuse to start below this",
        unset="partial on Linux, else process",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultsOptions:
    """Where the results go, and what makes a run red."""

    reports_dir: Path = option(Path("reports"), PATH, "where runs leave their files")
    out_jsonl: Path | None = option(None, PATH, "a further place for results_attempts.jsonl")
    out_csv: Path | None = option(None, PATH, "a further place for results_attempts.csv")
    baseline: Path | None = option(
        None, FILE, "points that this file's run did not solve may fail (xfail)"
    )
    baseline_ignore: tuple[str, ...] = option(
        (), listed(choice(*AXIS_NAMES)), "axes in which points of the baseline may be others"
    )
    write_baseline: Path | None = option(None, PATH, "write the baseline of this run to a file")
    min_solved: int | None = option(None, whole(0), "the run fails if fewer points are solved")


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The options of a run, as resolved, in the order of the table.

    An option that is `None` or empty has the default of whoever reads it.
    """

    grid: GridOptions = GridOptions()
    search: SearchOptions = SearchOptions()
    data: DataOptions = DataOptions()
    question: QuestionOptions = QuestionOptions()
    asking: AskingOptions = AskingOptions()
    money: MoneyOptions = MoneyOptions()
    jail: JailOptions = JailOptions()
    results: ResultsOptions = ResultsOptions()

    @property
    def ledger_path(self) -> Path:
        """The ledger of this run."""
        return self.money.ledger or self.results.reports_dir / "ledger.sqlite"
