"""Raw tables and the targets that are drawn from them."""

import json
import os
import sys
import zipfile
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from bench.jail.features import parse_features
from bench.question.dataset import Dataset, obtain
from bench.question.spec import DatasetError, DatasetSpec
from targets.families.tabular import TABULAR, Tabular
from targets.raw import RawTableMissing, read
from targets.tables import CHESS, DIABETES, HTRU2, MUSHROOM
from tests.support import rawtables

REAL = os.environ.get("LLMPV_RAW_DIR")


@pytest.fixture(scope="module")
def raw_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The five small tables."""
    return rawtables.write(tmp_path_factory.mktemp("raw"))


def _dataset(
    target: Tabular, root: Path, raw_dir: Path, how: str = "anonymous", test: int = 200
) -> Dataset:
    spec = DatasetSpec(
        target, target.lengths[0], 100, 100, test, seed=42, trial=1, representation=how
    )
    return obtain(spec, root, raw_dir)


@pytest.mark.parametrize("target", TABULAR, ids=lambda t: t.stem)
def test_balanced_distinct_and_the_same_twice(
    target: Tabular, tmp_path: Path, raw_dir: Path
) -> None:
    data, again = (_dataset(target, tmp_path / part, raw_dir) for part in "ab")
    assert data.sha256 == again.sha256
    everything = [*data.train.inputs, *data.val.inputs, *data.test.inputs]
    assert len(set(everything)) == len(everything) == 400
    for split in (data.train, data.val, data.test):
        assert 2 * sum(split.labels) == len(split.labels)
    features = parse_features(everything[0])
    assert list(features) == [f"x{i}" for i in range(target.lengths[0])]
    numbers = [isinstance(value, float) for value in features.values()]
    assert numbers == [values == {} for values in target.table.columns.values()]


@pytest.mark.parametrize("target", TABULAR, ids=lambda t: t.stem)
def test_an_anonymous_row_is_a_row_of_the_table(
    target: Tabular, tmp_path: Path, raw_dir: Path
) -> None:
    """Numbers keep their order or turn it round, and each category keeps its frequency."""
    anonymous = _dataset(target, tmp_path / "a", raw_dir)
    named = _dataset(target, tmp_path / "n", raw_dir, "named")
    assert anonymous.path.name != named.path.name
    assert list(parse_features(named.train.inputs[0])) == list(target.table.columns)
    assert anonymous.meta["shortcut"]["accuracy"] > 0.5


def test_slopes_are_never_flat(tmp_path: Path, raw_dir: Path) -> None:
    (target,) = (t for t in TABULAR if t.name == "htru2")
    true = read(HTRU2, raw_dir)
    data = _dataset(target, tmp_path, raw_dir)
    for i in range(8):
        raw = [float(cells[i]) for cells in true.cells]
        shown = [float(parse_features(x)[f"x{i}"]) for x in data.test.inputs]
        slope = (max(shown) - min(shown)) / (max(raw) - min(raw))
        assert 0.2 < slope < 4.1


def test_too_few_rows_shrink_the_test_split(tmp_path: Path, raw_dir: Path) -> None:
    data = _dataset(TABULAR[0], tmp_path, raw_dir, test=10_000)
    assert len(data.train.inputs) == len(data.val.inputs) == 100
    assert 300 < len(data.test.inputs) <= 400
    assert "there are no more" in data.notes[0]


def test_malformed_rows_are_counted_and_left_out(tmp_path: Path, raw_dir: Path) -> None:
    rows = (raw_dir / "HTRU_2.csv").read_text().splitlines()
    broken = [
        *rows,
        "1,2,3",
        rows[0].replace(rows[0].split(",")[0], "x", 1),
        "nan" + rows[0],
        rows[0][:-1] + "7",
    ]
    (tmp_path / "HTRU_2.csv").write_text("\n".join(broken) + "\n")
    assert read(HTRU2, tmp_path).malformed == 4
    assert read(HTRU2, tmp_path).cells == read(HTRU2, raw_dir).cells
    with capture_logs() as logs:
        data = _dataset(next(t for t in TABULAR if t.name == "htru2"), tmp_path, tmp_path)
    assert {"event": "rows_malformed", "log_level": "warning", "target": "htru2", "rows": 4} in logs
    assert data.notes[0] == "raw table: 4 malformed rows are left out"


def test_dates_of_a_spreadsheet(tmp_path: Path, raw_dir: Path) -> None:
    line = (raw_dir / "secondary_data.csv").read_text().splitlines()[0].split(";")
    cells = [
        ";".join([line[0], value, *line[2:]])
        for value in ("mar.85", "paź.07", "16.cze", "nan", "1.5")
    ]
    (tmp_path / "secondary_data.csv").write_bytes("\n".join(cells).encode("cp1250"))
    found = read(MUSHROOM, tmp_path)
    assert [row[0] for row in found.cells] == ["3.85", "10.07", "1.5"]
    assert found.malformed == 2


def test_a_header_is_read_by_its_names(tmp_path: Path, raw_dir: Path) -> None:
    names = ["No", *HTRU2.columns, "Class"]
    rows = [f"{i},{row}" for i, row in enumerate((raw_dir / "HTRU_2.csv").read_text().splitlines())]
    (tmp_path / "HTRU_2.csv").write_text("\n".join([",".join(names), *rows]))
    assert read(HTRU2, tmp_path) == read(HTRU2, raw_dir)


def test_wrong_columns_are_named(tmp_path: Path, raw_dir: Path) -> None:
    target = next(t for t in TABULAR if t.name == "htru2")
    (tmp_path / "HTRU_2.csv").write_text(
        ",".join([*list(HTRU2.columns)[1:], "Brightness", "Class"]) + "\n"
    )
    with pytest.raises(
        DatasetError, match=r"missing Mean of the integrated profile; unknown Brightness"
    ):
        _dataset(target, tmp_path / "d", tmp_path)
    (tmp_path / "chess.dat").write_text("f,t,won\n")
    with pytest.raises(DatasetError, match=r"3 of them, and these 37 expected: bkblk"):
        _dataset(next(t for t in TABULAR if t.table is CHESS), tmp_path / "d", tmp_path)
    rows = (raw_dir / "HTRU_2.csv").read_text()
    (tmp_path / "HTRU_2.csv").write_text("a,b,c,d,e,f,g,h,i\n" + rows)
    with pytest.raises(
        DatasetError,
        match=r"missing Mean of the integrated profile.*; unknown a, b, c, d, e, f, g, h, i",
    ):
        _dataset(target, tmp_path / "d", tmp_path)


def test_a_row_of_another_width_is_malformed(tmp_path: Path, raw_dir: Path) -> None:
    rows = (raw_dir / "HTRU_2.csv").read_text().splitlines()
    (tmp_path / "HTRU_2.csv").write_text("\n".join([*rows, rows[0] + ",1", rows[0][:-2]]) + "\n")
    assert read(HTRU2, tmp_path).malformed == 2


def test_a_readable_value_never_breaks_its_line(tmp_path: Path, raw_dir: Path) -> None:
    rows = (raw_dir / "adult.data").read_text().splitlines()
    value = '"a, b: c\n\x85d"'
    (tmp_path / "adult.data").write_text(
        "\n".join(",".join([row.split(",")[0], value, *row.split(",")[2:]]) for row in rows)
    )
    data = _dataset(TABULAR[0], tmp_path / "d", tmp_path, "named", test=100)
    assert {parse_features(x)["workclass"] for x in data.test.inputs} == {"a b c d"}


def test_a_table_without_a_sound_row_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "HTRU_2.csv").write_text(",".join([*HTRU2.columns, "class"]) + "\n1,2,3\n")
    with pytest.raises(DatasetError, match=r"HTRU_2.csv: no sound row in it, and 1 malformed$"):
        _dataset(next(t for t in TABULAR if t.table is HTRU2), tmp_path / "d", tmp_path)


def test_a_damaged_zip_or_a_foreign_manifest_is_one_line(tmp_path: Path, raw_dir: Path) -> None:
    table = next(t for t in TABULAR if t.table is DIABETES)
    name = DIABETES.files[1]
    with zipfile.ZipFile(tmp_path / f"{name}.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(raw_dir / name, name)
    content = bytearray((tmp_path / f"{name}.zip").read_bytes())
    content[30 + len(name)] = 0xFF  # the first byte of the compressed data
    (tmp_path / f"{name}.zip").write_bytes(content)
    with pytest.raises(DatasetError, match=r"csv\.zip: "):
        _dataset(table, tmp_path / "d", tmp_path)
    (tmp_path / "manifest.json").write_text("[]")
    with pytest.raises(DatasetError, match=r"manifest\.json: not the manifest of raw tables"):
        _dataset(table, tmp_path / "d", tmp_path)


def test_a_missing_table_says_how_to_get_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "ucimlrepo", None)
    with pytest.raises(
        RawTableMissing,
        match=r"no raw table chess.dat in .* put chess.dat .* pip install ucimlrepo$",
    ):
        read(CHESS, tmp_path)


class _Frame(dict[str, "_Column"]):
    columns = property(list)


class _Column(list[object]):
    tolist = list.copy


def test_a_download_is_kept_and_checked(
    tmp_path: Path, raw_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A stand-in for the network: what it hands over has the shape of ucimlrepo's frames."""
    rows = [line.split(",") for line in (raw_dir / "chess.dat").read_text().splitlines()]
    names = [*CHESS.columns, "class"]
    frame = _Frame(
        {name: _Column(column) for name, column in zip(names, zip(*rows, strict=True), strict=True)}
    )
    features, targets = _Frame({n: frame[n] for n in names[:-1]}), _Frame({"class": frame["class"]})

    class Data:
        pass

    Data.features, Data.targets = features, targets  # type: ignore[attr-defined]
    asked = []

    class Module:
        @staticmethod
        def fetch_ucirepo(*, id: int) -> object:  # noqa: A002 - its name there
            asked.append(id)
            fetched = Data()
            fetched.data = Data()  # type: ignore[attr-defined]
            return fetched

    monkeypatch.setitem(sys.modules, "ucimlrepo", Module)
    assert read(CHESS, tmp_path / "new") == read(CHESS, tmp_path / "new") == read(CHESS, raw_dir)
    assert asked == [22]
    manifest = json.loads((tmp_path / "new" / "manifest.json").read_text())
    assert list(manifest) == ["kr-vs-kp.data"]
    with (tmp_path / "new" / "kr-vs-kp.data").open("a") as file:
        file.write("more\n")
    with pytest.raises(DatasetError, match="delete it to download it again"):
        _dataset(next(t for t in TABULAR if t.table is CHESS), tmp_path, tmp_path / "new")


@pytest.mark.skipif(REAL is None, reason="LLMPV_RAW_DIR names no folder with the real tables")
@pytest.mark.parametrize("target", TABULAR, ids=lambda t: t.stem)
def test_the_real_tables(target: Tabular, tmp_path: Path) -> None:
    data = _dataset(target, tmp_path, Path(str(REAL)), test=2000)
    assert len(data.test.inputs) == 2000
