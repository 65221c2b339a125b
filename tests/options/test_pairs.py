"""Headers and parameters of the query: what may be given, and that their values are never shown."""

from pathlib import Path

import pytest

from bench.options import pairs
from bench.options.resolve import resolve
from bench.options.secret import secrets_of
from bench.options.settings import AskingOptions, SettingsError


def asking(**given: object) -> AskingOptions:
    return resolve(given, {}, Path()).asking


def test_each_time_that_it_is_given_is_one_value() -> None:
    several = ["X-Team=red, blue", "api-key = env:KEY", "X-Team=red, blue"]
    expected = ("X-Team=red, blue", "api-key=env:KEY")
    assert asking(header=several).header == expected
    in_ini = resolve({}, {"header": "\n" + "\n".join(several)}, Path()).asking
    assert in_ini.header == expected
    assert asking(query="a=1,2=3").query == ("a=1,2=3",)


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("header", "hunter2hunter2", "'[secret]' is not allowed; give NAME=VALUE, or NAME=env:"),
        ("header", "X Team=hunter2", "'X Team=[secret]' is not allowed; give NAME=VALUE"),
        ("header", "X-Team=hunter\u00e9", "'X-Team=[secret]' is not allowed; give NAME=VALUE"),
        ("header", "X-Team=", "'X-Team=[secret]' is not allowed; give NAME=VALUE"),
        ("header", "X-Team=env:", "'X-Team=env:' is not allowed; give NAME=VALUE"),
        ("header", "=hunter2", "'=[secret]' is not allowed; give NAME=VALUE"),
        ("header", " ", "'' is not allowed; give NAME=VALUE"),
        ("header", ["a=hunter2", "b"], "'a=[secret], [secret]' is not allowed; give NAME=VALUE"),
        ("header", "Host=hunter2", "give another header: Host is the client's own"),
        ("header", "x-client-request-id=hunter2", "give another header: x-client-request-id is"),
        ("query", "hunter2", "'[secret]' is not allowed; give NAME=VALUE"),
    ],
)
def test_what_is_no_pair_is_refused_unseen(name: str, value: object, told: str) -> None:
    with pytest.raises(SettingsError) as refused:
        asking(**{name: value})
    assert str(refused.value).startswith(f"--{name}: ") and told in str(refused.value)
    assert "hunter" not in str(refused.value)


def test_the_environment_is_read_when_it_is_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    given = ("api-key=env:A_KEY", "X-Team=red")
    monkeypatch.delenv("A_KEY", raising=False)
    assert list(pairs.resolvable(given)) == [("X-Team", "red")]
    with pytest.raises(ValueError, match=r"^api-key=env:A_KEY: A_KEY is not set in the env"):
        list(pairs.resolved(given))
    monkeypatch.setenv("A_KEY", "two\nlines of hunter2")
    with pytest.raises(ValueError, match=r"^api-key=env:A_KEY: what A_KEY holds is no line"):
        list(pairs.resolved(given))
    monkeypatch.setenv("A_KEY", " hunter2hunter2\n")
    assert list(pairs.resolved(given)) == [("api-key", "hunter2hunter2"), ("X-Team", "red")]
    secrets = secrets_of(asking(header=list(given), query=["code=a secret one", "v=7"]))
    blotted = secrets.blotted("hunter2hunter2 GET /x?code=a%20secret%20one&v=7 a secret one red 7")
    assert secrets_of(asking(header=["X-To=gpt-5-mini"]), ["gpt-5-mini"]).shown == {}
    assert blotted == "[secret] GET /x?code=[secret]&v=[secret] [secret] red 7"


@pytest.mark.parametrize(
    ("command", "told"),
    [
        (["--header", "a=b", "--query", "c=env:D", "a=b"], ["a=[secret]", "c=env:D", "a=b"]),
        (["--header=a=b", "-k", "a=b"], ["--header=a=[secret]", "-k", "a=b"]),
        (["-o", "llmpv_query=a=b\nc"], ["-o", "llmpv_query=a=[secret]"]),
        (["-ollmpv_header=b"], ["-ollmpv_header=[secret]"]),
    ],
)
def test_a_command_is_told_without_them(command: list[str], told: list[str]) -> None:
    options = ("--header", "--query")
    assert [one for one in pairs.command_shown(command) if one not in options] == told
