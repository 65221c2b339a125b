"""Landlock: which files a child can reach.

The zygote makes one ruleset, and each child puts itself under it. The system calls have the same
numbers on all machines. Older kernels know fewer rights, so the ABI version decides which are
asked for. See landlock(7), landlock_create_ruleset(2) and linux/landlock.h.
"""

import os
import struct

from bench.jail.inside.libraries import Readable
from bench.jail.walls import linux

_SYS_CREATE_RULESET, _SYS_ADD_RULE, _SYS_RESTRICT_SELF = 444, 445, 446
_CREATE_RULESET_VERSION = 1
_RULE_PATH_BENEATH = 1

# LANDLOCK_ACCESS_FS_*
_EXECUTE, _READ_FILE, _READ_DIR = 1 << 0, 1 << 2, 1 << 3
_FS_BITS = {1: 13, 2: 14, 3: 15, 5: 16}
"""How many rights on files there are, from which ABI on; 2, 3 and 5 each added some."""
_NET = 0b11  # LANDLOCK_ACCESS_NET_BIND_TCP, _CONNECT_TCP; ABI 4
_SCOPES = 0b11  # LANDLOCK_SCOPE_ABSTRACT_UNIX_SOCKET, _SIGNAL; ABI 6


def create_ruleset(readable: Readable) -> int:
    """Descriptor of a ruleset that allows to read and execute these files only. Raises OSError."""
    abi = linux.syscall(
        "landlock_create_ruleset", _SYS_CREATE_RULESET, None, 0, _CREATE_RULESET_VERSION
    )
    rights = (1 << max(bits for since, bits in _FS_BITS.items() if since <= abi)) - 1
    # struct landlock_ruleset_attr. It grew with the ABIs; kernels refuse a field they do not know.
    fields = [rights] + [_NET] * (abi >= 4) + [_SCOPES] * (abi >= 6)
    attributes = struct.pack(f"<{len(fields)}Q", *fields)
    ruleset = linux.syscall(
        "landlock_create_ruleset", _SYS_CREATE_RULESET, attributes, len(attributes), 0
    )
    os.set_inheritable(ruleset, False)
    for path in readable.places:
        listing = _READ_DIR if os.path.isdir(path) else 0
        _allow(ruleset, path, _EXECUTE | _READ_FILE | listing)
    for path in readable.listed:
        _allow(ruleset, path, _READ_DIR)
    return ruleset


def _allow(ruleset: int, path: str, rights: int) -> None:
    """Allow these rights on a file, or on a folder and all that is in it."""
    fd = os.open(path, os.O_PATH | os.O_CLOEXEC)
    try:
        rule = struct.pack("<Qi", rights, fd)  # struct landlock_path_beneath_attr
        linux.syscall("landlock_add_rule", _SYS_ADD_RULE, ruleset, _RULE_PATH_BENEATH, rule, 0)
    finally:
        os.close(fd)


def restricted_to(ruleset: int) -> linux.Step:
    """Put this process under the ruleset, for good. Needs no_new_privs."""
    return linux.syscall_step("landlock_restrict_self", _SYS_RESTRICT_SELF, ruleset, 0)
