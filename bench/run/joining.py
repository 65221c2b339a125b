"""The files of the one run that several were put together into."""

import json
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import Any

from bench.record.codec import to_json
from bench.record.fields import fits
from bench.record.transcript import FOLDER
from bench.record.whole import write_whole
from bench.run.file_names import CSV, JSONL, LOG, MANIFEST, REPORT
from bench.run.lines import csv_head, csv_rows, json_line
from bench.run.manifest import Manifest, to_text
from bench.run.readback import Results
from bench.run.shards import Part, ShardsError, sums

_OF_REPORT = (("tests", list), ("summary", dict), ("created", float), ("duration", float))
"""What a report has to have."""


def write_joined(folder: Path, parts: Sequence[Part], results: Results, manifest: Manifest) -> None:
    """Write all files into a folder, but for the page and the ledger.

    Lines of attempts and of the log stay as they were, with the id of the run that wrote them.
    Raises ShardsError and OSError.
    """
    with (
        (folder / JSONL).open("w", encoding="utf-8") as lines,
        (folder / CSV).open("w", encoding="utf-8", errors="surrogatepass", newline="") as rows,
    ):
        rows.write(csv_head())
        for attempt in map(to_json, results.attempts):
            lines.write(json_line(attempt))
            rows.write(csv_rows([attempt]))
    manifest = replace(manifest, results_bytes=(folder / JSONL).stat().st_size)
    write_whole(folder / MANIFEST, to_text(manifest))
    _join_logs(folder / LOG, [part.folder / LOG for part in parts])
    reports = [_read_report(part.folder / REPORT) for part in parts]
    there = [report for report in reports if report is not None]
    if there:
        report = _joined_reports(there) | {"exitcode": manifest.exit_status}
        write_whole(folder / REPORT, json.dumps(report) + "\n")
    for part in parts:
        _copy_transcripts(part.folder / FOLDER, folder / FOLDER)


def _join_logs(log: Path, parts: Sequence[Path]) -> None:
    """One after the other: each is in the order in which its events happened."""
    with log.open("wb") as joined:
        for part in parts:
            if not part.is_file():
                continue
            with part.open("rb") as lines:
                joined.writelines(line.removesuffix(b"\n") + b"\n" for line in lines)


def _read_report(path: Path) -> Mapping[str, Any] | None:
    """A part's report; None where it was killed before it could write one. Raises ShardsError."""
    if not path.is_file():
        return None
    try:
        report = json.loads(path.read_bytes())
    except (ValueError, RecursionError):
        report = None
    if not fits(report, dict) or not all(fits(report.get(name), of) for name, of in _OF_REPORT):
        raise ShardsError(f"{path} is no report of pytest-json-report: run this part again")
    return dict(report)


def _joined_reports(reports: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """One report with the tests of all, and the sums of their counts and durations."""
    joined: dict[str, Any] = dict(reports[0])
    for name in ("tests", "collectors", "warnings"):
        lists = [report[name] for report in reports if isinstance(report.get(name), list)]
        if lists:
            joined[name] = list(chain.from_iterable(lists))
    return joined | {
        "created": max(report["created"] for report in reports),
        "duration": sum(report["duration"] for report in reports),
        "summary": _joined_summary([report["summary"] for report in reports]),
    }


def _joined_summary(summaries: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    """The sums of the counts, but for what all parts have collected, as they have the same grid."""
    joined = sums(summaries)
    collected = [one["collected"] for one in summaries if fits(one.get("collected"), int)]
    if not collected:
        return joined
    here = joined["collected"] - joined.pop("deselected", 0)
    of_all = max(here, *collected)  # a worker deselects what its controller never hears of
    deselected = {"deselected": of_all - here} if here < of_all else {}
    return {**joined, "collected": of_all, **deselected}


def _copy_transcripts(source: Path, target: Path) -> None:
    for file in sorted(source.glob("*.json")):
        if file.is_symlink() or not file.is_file():
            raise ShardsError(f"{file} is no file: a transcript of another place is not copied")
        target.mkdir(exist_ok=True)
        if (target / file.name).exists():
            raise ShardsError(f"{file}: a transcript of this name is in another part as well")
        shutil.copyfile(file, target / file.name)
