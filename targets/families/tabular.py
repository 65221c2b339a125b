"""The targets that are the label column of a real table; an input is a row, `x0:1.5,x1:c3`."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from functools import partial
from pathlib import Path

from targets import kinds, raw, tables
from targets.base import Target
from targets.bit_stream import Words, shuffle
from targets.raw import Rows
from targets.tables import NUMBER, Table

Speller = Callable[[str], str]
"""From a cell of a table to the value that a prompt shows."""


@dataclass(frozen=True, slots=True)
class Tabular(Target):
    """A target without a rule: the labels are those of the table."""

    table: Table = field(kw_only=True)


def classes(
    target: Tabular, want: int, words: Words, named: bool, raw_dir: Path
) -> tuple[list[list[str]], int]:
    """Up to `want` different inputs of each class in random order, and how many rows are malformed.

    Where several rows give the same input, it has the label of the row that is drawn first. Raises
    RawTableError.
    """
    rows = raw.read(target.table, raw_dir)
    names, spell = _named(target.table) if named else _anonymous(target.table, rows, words)
    found: tuple[dict[str, None], dict[str, None]] = ({}, {})
    for at in words.order(len(rows.labels)):
        label = rows.labels[at]
        if len(found[label]) < want:
            values = (say(cell) for say, cell in zip(spell, rows.cells[at], strict=True))
            x = ",".join(f"{name}:{value}" for name, value in zip(names, values, strict=True))
            if x not in found[1 - label]:
                found[label][x] = None
        elif len(found[1 - label]) >= want:
            break
    return [list(some) for some in found], rows.malformed


def _named(table: Table) -> tuple[list[str], list[Speller]]:
    """The columns' own names, numbers as they stand, and readable values."""
    spell: list[Speller] = [
        _plain if values is NUMBER else partial(_readable, values)
        for values in table.columns.values()
    ]
    return list(table.columns), spell


def _anonymous(table: Table, rows: Rows, words: Words) -> tuple[list[str], list[Speller]]:
    """Columns named x0, x1, ...; categories renamed c0, c1, ... at random; numbers mapped linearly.

    The slope of the map is 0.25 to 4 in absolute value, and may be negative. Its zero is the value
    of a random row: near the data, so that rounding to four significant digits loses little.
    """
    spell: list[Speller] = []
    for i, values in enumerate(table.columns.values()):
        if values is NUMBER:
            slope = (250 + words.below(3751)) / 1000 * (1 if words.bits(1) else -1)
            zero = float(rows.cells[words.below(len(rows.cells))][i])
            spell.append(partial(_mapped, slope, zero))
        else:
            known = sorted({cells[i].strip() for cells in rows.cells})
            shuffle(known, words)
            codes = {value: f"c{k}" for k, value in enumerate(known)}
            spell.append(partial(_renamed, codes))
    return [f"x{i}" for i in range(len(spell))], spell


def _plain(cell: str) -> str:
    return format(Decimal(cell), "f")


def _readable(values: dict[str, str], cell: str) -> str:
    """The readable value, with a space in the place of what separates features or lines."""
    cell = cell.strip()
    return values.get(cell) or " ".join(re.split(r"[,:\s]+", cell))


def _mapped(slope: float, zero: float, cell: str) -> str:
    value = Decimal(f"{slope * (float(cell) - zero):.4g}")
    return format(value, "f") if value else "0"


def _renamed(codes: dict[str, str], cell: str) -> str:
    return codes[cell.strip()]


def _tabular(fn: str, name: str, rule: str, table: Table) -> Tabular:
    return Tabular(
        fn, name, "tabular", kinds.TABULAR, rule, (len(table.columns),), paper=False, table=table
    )


TABULAR = (
    _tabular("fn_m", "adult_income", "1 if the income is above 50,000 dollars", tables.ADULT),
    _tabular("fn_n", "mushroom", "1 if the mushroom is poisonous", tables.MUSHROOM),
    _tabular("fn_o", "cdc_diabetes", "1 if the person has diabetes", tables.DIABETES),
    _tabular("fn_p", "htru2", "1 if the candidate is a pulsar", tables.HTRU2),
    _tabular("fn_q", "chess", "1 if White can win", tables.CHESS),
)
