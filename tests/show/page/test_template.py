"""The compiled template: kept for the next run, and never in the way of one."""

from pathlib import Path
from unittest.mock import patch

from jinja2 import DictLoader, Environment

from bench.show.page.template import Compiled


def rendered(folder: Path, source: str = "{{ 1 + n }}") -> str:
    environment = Environment(
        autoescape=True, loader=DictLoader({"page": source}), bytecode_cache=Compiled(folder)
    )
    return environment.get_template("page").render(n=2)


def test_it_is_compiled_once_and_anew_where_its_source_changed(tmp_path: Path) -> None:
    assert rendered(tmp_path) == "3"
    with patch.object(Environment, "compile", side_effect=AssertionError("compiled again")):
        assert rendered(tmp_path) == "3"
    assert rendered(tmp_path, "{{ 2 + n }}") == "4"
    assert len(list(tmp_path.iterdir())) == 1


def test_a_folder_that_cannot_be_written_is_done_without(tmp_path: Path) -> None:
    assert rendered(tmp_path / "none") == "3"
    assert list(tmp_path.iterdir()) == []
