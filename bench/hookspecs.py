"""What others may add, in a `conftest.py` or a plugin of pytest: docs/extending.md shows how.

The hooks are called once, when a run has its options, in the process that starts it and in each
worker. A plugin that also sees runs where this benchmark is not installed marks its hooks with
`@pytest.hookimpl(optionalhook=True)`, as they are unknown there.
"""

from typing import TYPE_CHECKING

import pluggy

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bench.options.settings import Settings
    from bench.proposers.function import Function
    from bench.proposers.registry import Registered
    from targets import Rule

hookspec = pluggy.HookspecMarker("pytest")


@hookspec
def pytest_llmpv_targets() -> "Sequence[Rule]":  # type: ignore[empty-body]
    """Further targets: most are made by `targets.from_label`.

    A target's id is its name: one by which `-k` selects no other target, and that no id selects.
    It is in the grid where `--functions`, `-k` or `-m` say which targets are meant.
    """


@hookspec(firstresult=True)
def pytest_llmpv_proposer(model: str, settings: "Settings") -> "Registered | Function | None":
    """What answers for this name of `--model`, or None where it is none of yours.

    The first plugin that knows a name has it. Those that come with the benchmark are asked last:
    the enumerator, the learners, commands, and the APIs, which take any name.

    For most a function from the training examples and the prompt to an answer is enough: its
    answers are recorded, and cost nothing but what they say. A `Registration` makes what writes
    programs, a `PredictorRegistration` what is fitted and labels inputs; either says what asking
    takes. What it makes sees training examples, prompts and the inputs to label, and never
    the labels of the validation or the test split.
    """
