"""Gives the ledger's tests a key, and keeps what they write by default off the checkout.

They write, for example, an answer that finds no room.
"""

from pathlib import Path

import pytest

from bench.ledger import ledgered, polling


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.fixture(autouse=True)
def _key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-test-key")


@pytest.fixture
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Short pauses where the server asks for none."""
    monkeypatch.setattr(polling, "FIRST_POLL", 0.01)
    monkeypatch.setattr(ledgered, "FIRST_PAUSE", 0.01)
