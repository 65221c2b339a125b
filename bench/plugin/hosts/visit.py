"""A look at a host before its worker starts: see probe.py, which is the host's side."""

import json
from collections.abc import Mapping
from typing import Any

import pytest
from execnet import RemoteError
from execnet import TimeoutError as HostSilent

from bench.ledger.served import Desk, NoCall
from bench.ledger.store import LedgerError
from bench.plugin.hosts.fingerprint import SOURCE
from bench.plugin.notices import show_notice
from bench.record.wording import counted, printable

SECONDS = 120.0
"""How long a host may take over one step."""

_THERE = """
import os, sys
sys.path.insert(0, os.getcwd())
from bench.plugin.hosts.probe import main
main(channel)
"""


def visit(
    config: pytest.Config, gateway: Any, told: Mapping[str, Any], desk: Desk | None, host: str
) -> str:
    """The isolation that the host gives. What earlier runs left there is taken into the ledger.

    Raises UsageError where the host cannot run this.
    """
    try:
        channel = gateway.remote_exec(_THERE)
        channel.send(told)
        isolation = _looked(channel.receive(SECONDS), host)
        taken = 0
        while (line := channel.receive(SECONDS)) is not None:
            is_taken = _take(config, line, desk, host)
            taken += is_taken
            channel.send(is_taken)
        channel.waitclose(SECONDS)
    except RemoteError as error:
        raise pytest.UsageError(f"host {host}: {_why(error)}") from None
    except (EOFError, OSError, HostSilent) as error:
        why = printable(f"{type(error).__name__}: {error}")
        raise pytest.UsageError(f"host {host}: it does not answer ({why})") from None
    if taken:
        show_notice(config, f"host {host}: {counted(taken, 'answer')} of an earlier run taken over")
    return isolation


def _looked(text: Any, host: str) -> str:
    try:
        told = json.loads(text)
        source, isolation, problem = told["source"], told["isolation"], told["problem"]
    except (ValueError, TypeError, KeyError, RecursionError):
        raise pytest.UsageError(f"host {host}: it says nothing that can be read") from None
    if problem is not None:
        raise pytest.UsageError(f"host {host}: {printable(str(problem))}")
    if source != SOURCE:
        raise pytest.UsageError(
            f"host {host}: it has another version of the benchmark: prepare it anew with "
            "llm-pv remote (a socket server has to be started anew as well)"
        )
    return printable(str(isolation))


def _take(config: pytest.Config, line: Any, desk: Desk | None, host: str) -> bool:
    """Whether the ledger has the answer in a line now."""
    if desk is None or not isinstance(line, str):
        raise pytest.UsageError(f"host {host}: it hands over what nobody asked for")
    try:
        desk.take(line, host)
    except (LedgerError, NoCall) as error:
        show_notice(
            config, printable(f"host {host}: an answer that was left there stays there: {error}")
        )
        return False
    return True


def _why(error: RemoteError) -> str:
    last = printable(error.formatted.strip().splitlines()[-1])
    missing = "No module named" in last
    return f"{last}: prepare it with llm-pv remote" if missing else last
