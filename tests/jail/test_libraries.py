"""Which installed packages are in a child: those promised, and of this project not a file."""

import shutil
import subprocess
import sys
import zlib
from importlib.util import find_spec
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import bench
from bench.jail import Lack, Limits, Verdict, lack_in
from bench.jail.inside import chance, libraries
from bench.jail.outside.preloaded import BARE, LIGHT, STANDARD, WITH_NUMPY, preloaded_for
from tests.jail.caller import Caller, Jails
from tests.jail.test_hostile import WITHOUT

ROOT = Path(__file__).parents[2]
ROOMY = Limits(cpu_seconds=20, memory_mib=1024)


@pytest.fixture(scope="module", params=WITHOUT)
def evaluate(request: pytest.FixtureRequest, jails: Jails) -> Caller:
    """Jails at every level that there may be here."""
    return jails(WITHOUT[request.param])


USES = {
    "gmpy2": "import gmpy2\nassert gmpy2.is_prime(97)",
    "matplotlib": "import matplotlib.pyplot as plt\nplt.plot([1, 2])",
    "networkx": "import networkx as nx\nassert nx.has_path(nx.path_graph(3), 0, 2)",
    "numpy": "import numpy as np\nassert np.linalg.det(np.eye(2)) == 1",
    "pandas": (
        "import pandas as pd\nassert pd.DataFrame({'a': [1, 1]}).groupby('a').size().sum() == 2"
    ),
    "scipy": (
        "import scipy.linalg, scipy.special\n"
        "assert scipy.special.comb(4, 2) == 6 == scipy.linalg.det([[6]])"
    ),
    "sklearn": (
        "from sklearn.ensemble import RandomForestClassifier\n"
        "forest = RandomForestClassifier(n_estimators=2, n_jobs=2)\n"
        "assert forest.fit([[0], [1]] * 9, [0, 1] * 9).predict([[1]]) == 1"
    ),
    "sympy": "import sympy\nassert sympy.factorint(12) == {2: 2, 3: 1}",
}


def test_a_library_is_found_by_a_program_that_does_not_name_it(evaluate: Caller) -> None:
    """Its child was forked from a zygote that has not imported it, but predicts the same."""
    named = "import numpy\ndef f(x): return numpy.array([int(x[-1])]).sum()"
    unnamed = "def f(x): return __import__('num' 'py').array([int(x[-1])]).sum()"
    assert (preloaded_for(named), preloaded_for(unnamed)) == (WITH_NUMPY, STANDARD)
    verdicts = [evaluate(source, limits=ROOMY) for source in (named, unnamed)]
    assert [verdict.predictions for verdict in verdicts] == [bytes([0, 1, 1, 0, 0])] * 2


@pytest.mark.parametrize(
    ("source", "preloaded"),
    [
        ("def f(x): return 1", BARE),
        ("import math, re as r\nfrom collections.abc import Set\ndef f(x): return 1", LIGHT),
        ("def f(x):\n    from itertools import chain\n    return 1", LIGHT),
        ("import math as m  # a comment\ndef f(x): return 1", LIGHT),
        ("import json\ndef f(x): return 1", STANDARD),
        ("import math, zlib\ndef f(x): return 1", STANDARD),
        ("import mathematics\ndef f(x): return 1", STANDARD),
        ("import math; import zlib\ndef f(x): return 1", STANDARD),
        ("from os import path\ndef f(x): return 1", STANDARD),
        ("def f(x): return __import__('zlib').crc32(x.encode())", STANDARD),
        ("# no scipy here\ndef f(x): return 1", WITH_NUMPY),
    ],
)
def test_a_zygote_has_imported_what_its_programs_name(
    source: str, preloaded: tuple[str, ...]
) -> None:
    assert preloaded_for(source) == preloaded


def test_what_stood_in_for_a_module_is_left_in_no_other_one(evaluate: Caller) -> None:
    kept = (
        "modules = __builtins__['__imp' 'ort__']('sys').modules\n"
        "kept = [(name, each) for name, module in modules.items() if name != '__main__'\n"
        "        for each, value in vars(module).items() if 'standins' in type(value).__module__]\n"
        "def f(x):\n    if kept: raise ValueError(kept)\n    return 1"
    )
    assert preloaded_for(kept) == BARE
    verdict = evaluate(kept)
    assert (verdict.detail, verdict.predictions) == (None, b"\1" * 5)


def test_what_is_imported_late_is_fitted_all_the_same(evaluate: Caller) -> None:
    """In the lightest children too, which have none of it at first."""
    late = "load = __builtins__['__imp' 'ort__']\ndef f(x): return "
    whole = "callable(load('dataclasses').inspect.signature) and load('inspect').isfunction(f)"
    typed = "load('typing').get_args(load('typing').List[int]) == (int,)"
    abstract = "isinstance(x, load('collections.abc').abc.Sequence)"
    drawn = "load('random').random() < 0.5 and load('random').Random().random() < 2"
    folder = "load('tempfile').gettempdir() == '/tmp'"
    for answer in (whole, typed, abstract, folder):
        assert preloaded_for(late + answer) == BARE
        verdict = evaluate(late + answer)
        assert (verdict.error, verdict.detail, verdict.predictions) == (None, None, b"\1" * 5)
    inputs = [format(i, "06b") for i in range(64)]
    first, second, other = (evaluate(late + drawn + tail, inputs) for tail in ("", "", "  # other"))
    assert first.predictions == second.predictions != other.predictions


@given(st.binary(max_size=300))
def test_a_checksum_is_that_of_zlib(data: bytes) -> None:
    assert chance._checksum(data) == zlib.crc32(data)


def test_every_promised_package_is_used_here() -> None:
    assert tuple(USES) == libraries.PROMISED


@pytest.mark.parametrize("page", ["docs/jail.md", "SECURITY.md"])
def test_the_promise_is_written_down(page: str) -> None:
    said = (ROOT / page).read_text(encoding="utf-8").replace(" and ", ", ").split()
    assert " ".join(libraries.PROMISED) in " ".join(said).replace(",", "")


def lack_of(verdict: Verdict) -> Lack:
    """What the jail is said to lack."""
    lack = lack_in(verdict.detail or "")
    assert lack is not None and str(lack) == verdict.detail
    return lack


def test_a_lack_is_told_of_by_a_detail_that_was_cut_short() -> None:
    detail = str(Lack("torch", "ModuleNotFoundError: No module"))
    assert lack_in(detail[:-3]) == Lack("torch", "ModuleNotFoundError: No modu")
    assert lack_in(f"ValueError: {detail}") is None


@pytest.mark.parametrize("package", USES)
def test_a_promised_package_works(jails: Jails, package: str) -> None:
    verdict = jails(())(f"{USES[package]}\ndef f(x): return 1", ["0"], ROOMY)
    if find_spec(package) is None:
        said = f"ModuleNotFoundError: No module named '{package}'"
        assert lack_of(verdict) == Lack(package, said)
    else:
        assert (verdict.error, verdict.detail) == (None, None)


@pytest.mark.parametrize("level", ["partial", "process"])
def test_all_of_them_work_at_the_other_levels_too(jails: Jails, level: str) -> None:
    uses = [use for package, use in USES.items() if find_spec(package) is not None]
    evaluate = jails(WITHOUT[level])
    verdict = evaluate("\n".join([*uses, "def f(x): return 1"]), ["0"], ROOMY)
    assert (verdict.error, verdict.detail) == (None, None)


@pytest.mark.parametrize("package", ["pytest", "openai", "hypothesis.strategies"])
def test_another_installed_package_is_said_to_be_lacking_in_the_jail(
    evaluate: Caller, package: str
) -> None:
    verdict = evaluate(f"import {package}\ndef f(x): return 1")
    assert verdict.error == "load_error"
    lack = lack_of(verdict)
    assert lack.library == package.partition(".")[0]
    assert lack.said.startswith("ModuleNotFoundError: No module")
    late = evaluate(f"def f(x):\n    import {package}\n    return 1")
    assert (late.error, late.detail) == ("runtime_error", verdict.detail)
    optional = evaluate(
        f"try:\n    import {package}\nexcept ImportError:\n    pass\ndef f(x): return 1"
    )
    assert optional.error is None


@pytest.mark.parametrize(
    "name", ["no_such_module", "bench", "targets.families.binary", "numpy.no_such_module"]
)
def test_a_module_that_no_candidate_is_to_have_is_not_the_jails_lack(
    evaluate: Caller, name: str
) -> None:
    verdict = evaluate(f"import {name}\ndef f(x): return 1")
    assert verdict.error == "load_error"
    assert (verdict.detail or "").startswith("ModuleNotFoundError: No module named")


def test_a_c_library_out_of_reach_is_said_to_be_lacking_in_the_jail(evaluate: Caller) -> None:
    verdict = evaluate("import ctypes\nctypes.CDLL('libnowhere.so.7')\ndef f(x): return 1")
    assert verdict.error == "load_error"
    lack = lack_of(verdict)
    assert lack.library == "libnowhere.so.7" and lack.said.startswith("OSError: ")


READS = """
import ctypes
libc = ctypes.CDLL(None, use_errno=True)
def f(path):
    fd = libc.open(path.encode(), 0)
    if fd < 0:
        return 0
    count = libc.read(fd, ctypes.create_string_buffer(4096), 4096)
    libc.close(fd)
    return int(count > 0)
"""
"""Reads a file past the audit hook, as only the walls of the kernel can keep it from."""

INSTALLED = """
import sys
import bench, targets
from tests.jail.caller import Caller, Jails, calling
from tests.jail.test_libraries import READS
assert bench.__file__.startswith(sys.argv[1]) and targets.__file__.startswith(sys.argv[1])
with calling(sys.argv[3:]) as evaluate:
    verdict = evaluate(READS, open(sys.argv[2]).read().splitlines())
    print(verdict.isolation, *verdict.predictions, verdict.error, sep="\\n")
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project as a wheel lays it out: its packages, without the rest of the clone."""
    folder = tmp_path_factory.mktemp("venv") / "site-packages"
    for package in ("bench", "targets"):
        shutil.copytree(
            ROOT / package, folder / package, ignore=shutil.ignore_patterns("__pycache__")
        )
    description = folder / f"llm_pv_bench-{bench.__version__}.dist-info"
    description.mkdir()
    (description / "METADATA").write_text(f"Name: llm-pv-bench\nVersion: {bench.__version__}\n")
    return folder


@pytest.mark.skipif(sys.platform != "linux", reason="walls off no files")
@pytest.mark.parametrize(
    "without", [(), ("namespaces",), ("Landlock",)], ids=["strong", "Landlock", "private root"]
)
def test_no_file_of_the_project_is_readable_where_it_is_installed(
    wheel: Path, tmp_path: Path, without: tuple[str, ...]
) -> None:
    ours = [str(path) for path in wheel.rglob("*") if path.is_file()]
    assert any(path.endswith("targets/families/binary.py") for path in ours)
    clone = [str(path) for path in (ROOT / "bench").glob("*.py")]
    theirs = [find_spec(name).origin for name in ("pytest", "openai", "pip")]  # type: ignore[union-attr]
    promised = [find_spec(name).origin for name in ("json", "numpy", "scipy")]  # type: ignore[union-attr]
    paths = [*ours, *clone, *map(str, theirs), *map(str, promised)]
    listing = tmp_path / "paths"
    listing.write_text("\n".join(paths))
    done = subprocess.run(
        [sys.executable, "-c", INSTALLED, str(wheel), str(listing), *without],
        env={"PYTHONPATH": f"{wheel}:{ROOT}"},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    isolation, *codes, error = done.stdout.splitlines()
    if isolation.startswith("process"):
        pytest.skip(isolation)
    assert error == "None"
    read = [path for path, code in zip(paths, codes, strict=True) if code == "1"]
    assert read == [str(path) for path in promised]


def test_packages_inside_the_standard_library_are_left_out(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """As where Python is neither a system's nor in a virtual environment: a folder inside it."""
    library = tmp_path / "lib" / "python3.11"
    for place in (
        "json/__init__.py",
        "os.py",
        "site-packages/bench/run/files.py",
        "site-packages/sympy/__init__.py",
    ):
        (library / place).parent.mkdir(parents=True, exist_ok=True)
        (library / place).touch()
    monkeypatch.setattr(sys, "path", [str(library / "lib-dynload"), str(library)])
    found = libraries.find([str(library / "site-packages")])
    names = [str(Path(place).relative_to(library)) for place in found.readable.places]
    assert names == ["json", "os.py", "site-packages/sympy"]
    assert found.readable.listed == (str(library),)
    assert found.find_spec("sympy") is not None
    assert found.find_spec("bench") is None
    assert "bench" not in found.absent
