"""Keeps what the ledger's tests write by default, as an answer with no room, off the checkout."""

from pathlib import Path

import pytest

from bench.ledger import ledgered, polling


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """A key, and short pauses where the server asks for none."""
    monkeypatch.setenv("OPENAI_API_KEY", "sk-secret-key")
    monkeypatch.setattr(polling, "FIRST_POLL", 0.01)
    monkeypatch.setattr(ledgered, "FIRST_PAUSE", 0.01)
