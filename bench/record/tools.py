"""The tools that a model can be given, what it asks the harness to run, and what came of it."""

from dataclasses import dataclass

NO_TOOLS = "none"
CODE_INTERPRETER = "code_interpreter"
"""The server's own tool."""
PYTHON = "python"
"""The harness's tool, which runs in the jail."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolCall:
    """One call in an answer. It is foreign, and nothing in it can be trusted."""

    id: str
    name: str
    code: str | None = None
    """The program to run; None where the call holds none."""
    fault: str | None = None
    """Why it holds none, as the model is told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolResult:
    """What came of a call."""

    text: str
    """What the model is shown."""
    was_run: bool = False
    error: str | None = None
    """`timeout`, `memory`, `crashed` or `violation`: the interpreter was started anew after it."""
    chars: int = 0
    """Of what the program put out, before it was cut."""
    cpu_ms: float = 0.0
    wall_ms: float = 0.0
