"""A command as a proposer, `--model command:./agent.sh`: the prompt on stdin, the answer on stdout.

It is not in the jail, and reads what the user may read; but its environment holds no API key of the
run's, and does not name the target.
"""

import asyncio
import os
import shlex
import shutil
import signal
import subprocess
from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from typing import cast

import anyio
from anyio.abc import ByteReceiveStream, ByteSendStream, Process

from bench.options.model_names import COMMAND
from bench.options.secret import environment_for_others
from bench.options.settings import AskingOptions, Settings, SettingsError
from bench.proposers.function import FunctionProposer
from bench.proposers.proposer import Examples, Outage
from bench.record.wording import printable

MOST_OUTPUT = 16 * 2**20
"""Bytes of an answer."""
TAIL = 4096
"""Bytes of stderr that are kept: its last line says why the command failed."""


class CommandProposer(FunctionProposer):
    """Starts the command once for each answer."""

    name = "command"

    def __init__(self, argv: Sequence[str], asking: AskingOptions) -> None:
        super().__init__(partial(_answer, argv, environment_for_others(asking)), asking)


def argv_of(model: str, settings: Settings) -> list[str]:
    """The program and the arguments in a model's name. Raises SettingsError where there are none.

    Where nothing is asked, the program need not be there.
    """
    text = model.removeprefix(COMMAND)
    try:
        argv = shlex.split(text)
    except ValueError as error:
        raise SettingsError(f"--model {model}: {error}; quote as in a shell") from None
    if not argv:
        raise SettingsError(f"--model {model}: there is no command; give command:PROGRAM")
    if settings.money.lets_ask and shutil.which(argv[0]) is None:
        raise SettingsError(
            f"--model {model}: {argv[0]} is no program that can be run; "
            "give one on PATH, or a file that has leave to be run"
        )
    return argv


async def _answer(
    argv: Sequence[str], env: dict[str, str], _examples: Examples, prompt: str
) -> str:
    """What the command writes. Raises Outage where it fails or writes too much.

    Where this is cancelled, at the time limit or by Ctrl-C, the command's group is killed.
    """
    try:
        process = await _started(argv, env)
    except OSError as error:
        raise Outage(f"it cannot be run: {error.strerror or error}", "model") from None
    try:
        out, err = await _talk(process, prompt.encode(errors="backslashreplace"))
        status = await process.wait()
    except BaseException:
        _kill(process)
        raise
    finally:
        with anyio.CancelScope(shield=True):
            await process.aclose()
    if len(out) > MOST_OUTPUT:
        raise Outage(f"it wrote more than {MOST_OUTPUT // 2**20} MiB", "point")
    if status != 0:
        raise Outage(f"{_ending(status)}{_last_line(err)}", "point")
    return out.decode(errors="replace")


async def _started(argv: Sequence[str], env: dict[str, str]) -> Process:
    """The command in a group of its own. Raises OSError where it cannot be run."""
    opening = asyncio.ensure_future(
        anyio.open_process(argv, stderr=subprocess.PIPE, env=env, start_new_session=True)
    )
    try:
        return await asyncio.shield(opening)
    except asyncio.CancelledError:
        # What it has started by now is in its group, which asyncio alone would leave running.
        with suppress(OSError), anyio.CancelScope(shield=True):
            process = await opening
            _kill(process)
            await process.aclose()
        raise


async def _talk(process: Process, prompt: bytes) -> tuple[bytes, bytes]:
    """Write the prompt, and read both streams to their ends; of stderr the tail."""
    out, err = bytearray(), bytearray()

    async def read(stream: ByteReceiveStream, into: bytearray, most: int) -> None:
        async for chunk in stream:
            into += chunk
            if into is err:
                del into[:-most]
            elif len(into) > most:
                _kill(process)

    stdin = cast("ByteSendStream", process.stdin)  # all three are pipes
    async with anyio.create_task_group() as streams:
        streams.start_soon(read, cast("ByteReceiveStream", process.stdout), out, MOST_OUTPUT)
        streams.start_soon(read, cast("ByteReceiveStream", process.stderr), err, TAIL)
        with suppress(anyio.BrokenResourceError, anyio.ClosedResourceError, BrokenPipeError):
            await stdin.send(prompt)  # it need not read it
            await stdin.aclose()
    return bytes(out), bytes(err)


def _kill(process: Process) -> None:
    """Kill the command with all that it started, as far as it stayed in its group."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)


def _ending(status: int) -> str:
    """An exit status, or the signal, in words."""
    if status > 0:
        return f"exit status {status}"
    with suppress(ValueError):
        return signal.Signals(-status).name
    return f"signal {-status}"


def _last_line(err: bytes) -> str:
    lines = err.decode(errors="replace").split("\n")
    last = next((line.strip() for line in reversed(lines) if line.strip()), "")
    return f": {printable(last)}" if last else ", and said nothing on stderr"
