"""The house rules: imports run one way, and each file can be read in one sitting."""

import ast
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ROOMS = (
    "targets",
    "record",
    "options",
    "jail",
    "score",
    "question",
    "proposers",
    "ledger",
    "contract",
    "search",
    "run",
    "show",
    "plugin",
)
"""From the bottom to the top: each may import itself and what stands before it."""

LONGEST_FILE = 300
LONGEST_FUNCTION = 40

FILES = sorted([*ROOT.glob("bench/**/*.py"), *ROOT.glob("targets/**/*.py")])


def _room(module: str) -> str | None:
    """The room of a module, None for the faces beside the rooms and for what is not ours."""
    top, _, rest = module.partition(".")
    room = top if top == "targets" else rest.partition(".")[0]
    if module == "bench.targets":
        return None  # a face, beside the package of the same name
    return room if top in ("bench", "targets") and room in ROOMS else None


def _imports(file: Path) -> Iterator[str]:
    """Every module that a file names in an import, wherever in it."""
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_imports_none_above_it(room: str) -> None:
    allowed = ROOMS[: ROOMS.index(room) + 1]
    upward = []
    for file in FILES:
        module = ".".join(file.relative_to(ROOT).with_suffix("").parts)
        if _room(module) != room:
            continue
        above = [name for name in _imports(file) if (_room(name) or room) not in allowed]
        upward += [f"{module} imports {name}" for name in above]
    assert not upward


def test_only_the_plugin_knows_pytest() -> None:
    rooms = {
        _room(".".join(file.relative_to(ROOT).with_suffix("").parts))
        for file in FILES
        if "pytest" in _imports(file)
    }
    assert rooms == {"plugin"}


def test_each_folder_says_what_goes_in_and_what_comes_out() -> None:
    for face in ROOT.glob("bench/**/__init__.py"):
        tree = ast.parse(face.read_text("utf-8"))
        assert ast.get_docstring(tree), f"{face} says nothing"
        others = [
            node
            for node in tree.body[1:]
            if not isinstance(node, ast.Import | ast.ImportFrom | ast.Assign)
        ]
        assert not others, f"{face} is more than a face"


FACES = ("__init__.py", "__main__.py")


def test_no_module_has_the_name_of_another() -> None:
    """But for the faces beside the rooms, `bench/compare.py` and others, which users call."""
    rooms = [file for file in FILES if file.parent != ROOT / "bench" and file.name not in FACES]
    assert not _repeated((file.stem, file) for file in rooms)


def test_no_class_has_the_name_of_another() -> None:
    named = []
    for file in FILES:
        tree = ast.parse(file.read_text("utf-8"))
        classes = [node for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]
        named += [(node.name.lstrip("_"), file) for node in classes]
    assert not _repeated(named)


def _repeated(named: Iterable[tuple[str, Path]]) -> dict[str, list[str]]:
    """The names that stand for more than one thing, and the files that have them."""
    found = defaultdict[str, list[str]](list)
    for name, file in named:
        found[name].append(str(file.relative_to(ROOT)))
    return {name: files for name, files in found.items() if len(files) > 1}


@pytest.mark.parametrize("folder", ["bench", "targets", "tests", "benchmarks"])
def test_files_and_functions_can_be_read_in_one_sitting(folder: str) -> None:
    too_long = []
    for file in sorted((ROOT / folder).rglob("*.py")):
        if "hostile" in file.parts:
            continue
        text = file.read_text("utf-8")
        lines = text.count("\n")
        if lines > LONGEST_FILE:
            too_long.append(f"{file}: {lines} lines")
        for node in ast.walk(ast.parse(text)):
            if folder != "tests" and isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                length = (node.end_lineno or node.lineno) - node.lineno + 1
                if length > LONGEST_FUNCTION:
                    too_long.append(f"{file}: {node.name} has {length} lines")
    assert not too_long
