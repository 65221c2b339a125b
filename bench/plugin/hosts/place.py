"""Where a worker is: what `--tx` says of it."""

from collections.abc import Sequence
from typing import Any

import pytest

from bench.plugin.command import only_lists
from bench.record.wording import printable


def is_far(spec: Any) -> bool:
    """Whether a worker has files of its own: it is on another machine, or in another folder."""
    return not spec.popen or bool(spec.chdir or spec.via)


def is_open(spec: Any) -> bool:
    """Whether what crosses to it can be read by others on the way."""
    return bool(spec.socket)


def host_of_spec(spec: Any) -> str:
    """What messages call the place."""
    if spec.ssh:
        name = str(spec.ssh).split()[-1]  # options of ssh stand before it
    else:
        name = str(spec.socket or spec.vagrant_ssh or spec.chdir or spec.via or "this machine")
    return printable(name)


def far_specs(config: pytest.Config) -> Sequence[Any]:
    """The places of `--tx` with files of their own; none in a worker, nor where nothing runs."""
    given = config.getoption("tx", None)
    if not given or only_lists(config) or hasattr(config, "workerinput"):
        return ()
    return [spec for spec in _specs(config) if is_far(spec)]


def is_all_far(config: pytest.Config) -> bool:
    """Whether no test runs on this machine's files."""
    return bool(far := far_specs(config)) and len(far) == len(_specs(config))


def _specs(config: pytest.Config) -> Sequence[Any]:
    from execnet import XSpec
    from xdist.workermanage import parse_tx_spec_config

    try:
        return [XSpec(text) for text in parse_tx_spec_config(config)]
    except (ValueError, AttributeError, IndexError) as error:
        raise pytest.UsageError(f"--tx: it cannot be read: {printable(str(error))}") from None
