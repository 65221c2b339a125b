"""Small raw tables in the form of the real ones: no row of a real table is in the repository."""

from pathlib import Path

from targets.bit_stream import Words
from targets.families.tabular import TABULAR
from targets.tables import NUMBER, Table


def write(folder: Path, rows: int = 600) -> Path:
    """The five tables, `rows` rows each, whose first feature tells most labels; the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for target in TABULAR:
        lines = _lines(target.table, rows, Words(target.name))
        name = target.table.files[0].removesuffix(".zip")
        (folder / name).write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder


def _lines(table: Table, rows: int, words: Words) -> list[str]:
    made = []
    for _ in range(rows):
        label = words.bits(1)
        cells = [
            str(words.below(1000) / 8 + 100 * label) if values is NUMBER else _value(values, words)
            for values in table.columns.values()
        ]
        side = (table.ones if label else table.zeros)[0]
        made.append(table.delimiter.join([side, *cells] if table.label_first else [*cells, side]))
    return made


def _value(values: dict[str, str], words: Words) -> str:
    known = sorted(value for value in values if value)
    return known[words.below(len(known))] if known else "abc"[words.below(3)]
