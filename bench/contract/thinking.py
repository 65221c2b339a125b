"""Where a model's thinking ends and its answer begins, by the marks that models put there."""

import re

_TAG = r"(?:\w{1,20}[:_])?(?i:think(?:ing)?|thoughts?|reason(?:ing)?|scratchpad)"
_CHANNEL = r"<\|channel\|>\s{0,9}%s\b[^<]{0,99}(?:<\|constrain\|>[^<]{0,99})?<\|message\|>"

_CLOSING = re.compile(
    rf"</{_TAG}\s{{0,9}}>|\[/THINK\]|◁/think▷|<channel\|>|{_CHANNEL % 'final'}"
    r"|<\|(?:END_THINKING|end_of_thought|inner_suffix)\|>"
)
_OPENING = re.compile(
    rf"<{_TAG}\s{{0,9}}>|\[THINK\]|◁think▷|<\|channel>thought\b"
    rf"|{_CHANNEL % '(?:analysis|commentary)'}"
    r"|<\|(?:START_THINKING|begin_of_thought|inner_prefix)\|>"
)
_BARE_CHANNELS = ("analysis", "assistantfinal")
"""What is left of gpt-oss's channels where a server removes the marks around their names."""

_END = re.compile(r"<\|(?:return|end|call|im_end|eot_id|eom_id|end_of_text|endoftext)\|>|</s>")
"""What some servers leave at the end of an answer."""


def split(text: str) -> tuple[str, str]:
    """The answer, and the thinking that was opened after it and never closed.

    What stands before the last closing mark is left out.
    """
    start = max((mark.end() for mark in _CLOSING.finditer(text)), default=0)
    first, last = _BARE_CHANNELS
    if not start and text.startswith(first) and (at := text.rfind(last)) > 0:
        start = at + len(last)
    rest = _END.sub("", text[start:])
    opening = _OPENING.search(rest)
    if opening is None:
        return rest, ""
    return rest[: opening.start()], rest[opening.end() :]
