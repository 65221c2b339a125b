"""Raw values of a command line and an ini file go in; the settings, or one complaint, come out.

Nothing here knows pytest: the plugin declares what `options()` gives, and hands the raw strings to
`resolve()`.
"""

import os
from collections.abc import Iterator, Mapping
from dataclasses import MISSING, Field, dataclass, fields, replace
from pathlib import Path
from typing import Any

from bench.options.settings import Settings, SettingsError
from bench.options.values import FLAG, KEY_FILE, PATH, ValueKind
from bench.record.tools import CODE_INTERPRETER

READ_FILES = ("prompt_template", "request_json", "baseline")
"""Options that name files which a run reads."""


@dataclass(frozen=True, slots=True)
class Option:
    """How an option is given on a command line or in an ini file."""

    name: str
    flag: str
    ini: str
    meaning: str
    kind: ValueKind
    default: Any
    unset: str
    is_axis: bool

    @property
    def is_flag(self) -> bool:
        """Whether it is given without a value."""
        return self.kind is FLAG

    @property
    def help(self) -> str:
        """Meaning, allowed values and default."""
        allowed = () if self.kind.is_plain else (self.kind.allowed,)
        axis = ("each value multiplies the grid",) if self.is_axis else ()
        default = () if self.is_flag else (f"default: {self.shown_default}",)
        return "; ".join((self.meaning, *allowed, *axis, *default))

    @property
    def shown_default(self) -> str:
        """The default as it would be given, or in words."""
        if self.is_flag:
            return "off"
        if self.default in (None, ()):
            return self.unset
        if isinstance(self.default, tuple):
            return ",".join(map(str, self.default))
        return f"{self.default:g}" if isinstance(self.default, float) else str(self.default)


def flag_of(name: str) -> str:
    """How the option of this name is given: `--train-size`."""
    return "--" + name.replace("_", "-")


def options() -> Iterator[Option]:
    """Every option, in the order of the table."""
    for _, room in _rooms():
        for f in fields(room):
            yield _describe(f)


def places() -> frozenset[str]:
    """The options that say where something is kept: machines differ in them, and results do not."""
    return frozenset(option.name for option in options() if option.kind in (PATH, KEY_FILE))


def by_name(settings: Settings) -> dict[str, Any]:
    """The value of every option by its name, in the order of the table."""
    rooms = [getattr(settings, room.name) for room in fields(settings)]
    return {f.name: getattr(room, f.name) for room in rooms for f in fields(room)}


def assemble(**values: Any) -> Settings:
    """The settings with these values, by the options' names; any other option has its default.

    Raises TypeError for a name that is no option's. `enable_code_interpreter` means `tools`.
    """
    if values.get("enable_code_interpreter"):
        values["tools"] = (CODE_INTERPRETER,)
    rooms: dict[str, Any] = {}
    for name, room in _rooms():
        own = [f.name for f in fields(room) if f.name in values]
        rooms[name] = replace(room, **{option: values.pop(option) for option in own})
    if values:
        raise TypeError(f"no option is called {min(values)}")
    return Settings(**rooms)


def resolve(
    command_line: Mapping[str, object],
    ini: Mapping[str, object],
    root: Path,
    cwd: Path | None = None,
) -> Settings:
    """The settings that these raw values mean, where a field not named keeps its default.

    A raw value is a text, or a list of values, or what has the text that is meant.

    Paths of the command line are relative to `cwd`, those of the ini file and the defaults to
    `root`. Raises SettingsError for the first value that is not allowed.
    """
    resolved: dict[str, Any] = {}
    for option in options():
        given = command_line.get(option.name)
        if given is not None and given is not False:
            value, base = _parse(option, option.flag, given), cwd or Path.cwd()
        elif option.name in ini:
            value, base = _parse(option, option.ini, ini[option.name]), root
        elif option.name == "raw_dir" and os.environ.get("LLMPV_RAW_DIR"):
            value, base = Path(os.environ["LLMPV_RAW_DIR"]).expanduser(), cwd or Path.cwd()
        else:
            value, base = option.default, root
        resolved[option.name] = _anchor(value, base)
    names_tools = command_line.get("tools") is not None or "tools" in ini
    if (
        resolved["enable_code_interpreter"]
        and names_tools
        and resolved["tools"] != (CODE_INTERPRETER,)
    ):
        raise SettingsError(
            f"--enable-code-interpreter: it means --tools {CODE_INTERPRETER}, and --tools says "
            f"{','.join(resolved['tools'])}; give one of them"
        )
    return assemble(**resolved)


def _rooms() -> Iterator[tuple[str, Any]]:
    """The records of the table, by their names in the settings, each with its defaults."""
    for room in fields(Settings):
        yield room.name, room.default


def _describe(f: "Field[Any]") -> Option:
    if f.default is MISSING:
        raise TypeError(f"option {f.name} has no default")
    return Option(
        name=f.name,
        flag=flag_of(f.name),
        ini="llmpv_" + f.name,
        meaning=f.metadata["meaning"],
        kind=f.metadata["kind"],
        default=f.default,
        unset=f.metadata["unset"],
        is_axis=f.metadata["axis"],
    )


def _parse(option: Option, source: str, given: object) -> Any:
    text = option.kind.joined(given) if isinstance(given, list | tuple) else str(given)
    try:
        return option.kind.read(text)
    except ValueError as refused:
        raise SettingsError(f"{source}: {refused}") from None


def _anchor(value: Any, base: Path) -> Any:
    if isinstance(value, Path):
        return base / value
    if isinstance(value, tuple):
        return tuple(_anchor(item, base) for item in value)
    return value
