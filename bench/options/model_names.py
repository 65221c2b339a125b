"""What the values of `--model` mean that are no model's own name."""

ENUMERATOR = "enumerator"
COMMAND = "command:"
"""What stands before a command that is the proposer."""
LEARNER, EVERY_LEARNER = "learner:", "learner:all"
"""What the name of a learner begins with, and the name of all that are there."""
IN_CONTEXT = "icl:"
"""What stands before the name of a model that is asked for labels, and for no program."""


def is_in_context(model: str) -> bool:
    """Whether a value of `--model` is asked for labels, and for no program."""
    return model.startswith(IN_CONTEXT)


def asked_name(model: str) -> str:
    """The name that a server knows a value of `--model` by."""
    return model.removeprefix(IN_CONTEXT)
