"""The Python tool as a model reads of it."""

from bench.options.settings import JailOptions, QuestionOptions
from bench.record.wording import counted

_DESCRIPTION = """\
Runs Python code in an interpreter that lasts for this conversation: what a call defines, later \
calls see.
What the code prints comes back, and the value of its last line if that is an expression; at most \
{output:,} characters.
`examples` is there, a list of (x, label): the examples of the prompt. Nothing else is: no files, \
no network.
Each call may take {seconds:g} seconds of CPU time and {memory:,} MiB of memory. After a call that \
takes more the interpreter starts anew.
You may make {calls}; each result says how many are left."""


def description(question: QuestionOptions, jail: JailOptions) -> str:
    """What the tool does, and its limits."""
    return _DESCRIPTION.format(
        output=question.tool_output,
        seconds=jail.tool_timeout,
        memory=jail.eval_memory,
        calls=counted(question.max_tool_calls, "call"),
    )
