"""The page of a run: one file that opens from disk and asks nobody for anything."""

import base64
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench.record.key import PointKey
from bench.record.whole import write_whole
from bench.record.wording import counted, moment, spelled
from bench.run.file_names import PAGE
from bench.run.manifest import Manifest
from bench.run.points import Point
from bench.run.readback import Results
from bench.show.page import (
    breakdown,
    charts,
    facets,
    heat,
    heatmap,
    listed,
    packing,
    space,
    trials,
    view,
)
from bench.show.page.trials import QuestionView

if TYPE_CHECKING:
    from bench.show.compare import Comparison, Side

POINT_PAGE = "point.html"
"""The page of some points of a run."""
SCRIPTS = (
    "bodies.js",
    "state.js",
    "find.js",
    "sort.js",
    "keys.js",
    "page.js",
    "pairs.js",
    "takeaway.js",
)
STYLES = ("page.css", "beside.css", "find.css")
"""The parts of the page's script and style, in their order."""
_CHARACTERS = 80
"""How wide a table can be on a sheet of paper."""
_CAUSES = 5
"""How many reasons for undecided points the page tells."""


def build(
    results: Results, compared: "tuple[Sequence[Side], Sequence[Comparison]] | None" = None
) -> str:
    """The page as HTML. `compared` adds a section with these comparisons."""
    from markupsafe import Markup

    from bench.show.page.template import resource, template

    groups = listed.questions(results)
    shown = listed.chosen(groups)
    views = view.point_views(results, shown)
    asked = trials.question_views(results, groups, views)
    sides, links = _sides(results, views, compared)
    script = "".join(map(resource, SCRIPTS))
    return template("page.html.jinja").render(
        style=Markup("".join(map(resource, STYLES))),  # noqa: S704 - our own files
        script=Markup(script),  # noqa: S704 - our own file
        script_hash=base64.b64encode(hashlib.sha256(script.encode()).digest()).decode(),
        results=results,
        asked=_asked(results),
        run=_run_facts(results.manifest),
        warnings=_warnings(results),
        figures=breakdown.key_figures(results),
        maps=heatmap.heat_maps(asked),
        scale=heat.SCALE,
        legend=charts.legend(results),
        accuracy=charts.accuracy_charts(results),
        learning=charts.learning_charts(results),
        attempts=charts.attempts_chart(results),
        masses=breakdown.mass_tables(results),
        pass_at=breakdown.pass_at(results),
        generalization=charts.generalization_charts(results),
        costs=breakdown.cost_bars(results),
        errors=breakdown.error_bars(results),
        paper=_paper(results),
        questions=asked,
        left_out=listed.left_out(results, len(shown)),
        **_packed(results, asked, shown, links),
        **sides,
    )


Links = Mapping[str, Sequence[tuple[str, str]]]
"""For a point by its anchor, where it stands beside others, and whose these are."""


def _packed(
    results: Results, asked: Sequence[QuestionView], shown: Mapping[PointKey, Point], links: Links
) -> dict[str, packing.Packed]:
    """What the page holds until it is looked at."""
    prompts = packing.pack("prompts", space.prompts(shown.values()).items())
    return {
        "prompts": prompts,
        "bodies": packing.pack("bodies", _bodies(asked, prompts, links)),
        "rows": packing.pack("rows", _rows(asked)),
        "facets": packing.pack("facets", facets.facets(results, shown.values())),
    }


def _bodies(
    asked: Sequence[QuestionView], prompts: packing.Packed, links: Links
) -> Iterator[tuple[str, str]]:
    """What stands below each row of the list of points, by the row's anchor."""
    from bench.show.page.template import template

    parts: Any = template("point.html.jinja").module
    for q in asked:
        if q.count > 1:
            yield q.anchor, parts.trials_of(q)
        for p in q.points:
            yield p.anchor, parts.body_of(p, prompts, links.get(p.anchor, ()))


def _rows(asked: Sequence[QuestionView]) -> Iterator[tuple[str, str]]:
    """The table of every point, where it is too long to be drawn at once."""
    from bench.show.page.template import template

    if len(asked) > listed.ROWS:
        parts: Any = template("point.html.jinja").module
        yield "rows", parts.table_of(asked)


def write(
    results: Results,
    out: Path | None = None,
    compared: "tuple[Sequence[Side], Sequence[Comparison]] | None" = None,
) -> Path:
    """Build the page, and write it beside what the results were read from; gives its path.

    Raises OSError where nothing can be written.
    """
    page = POINT_PAGE if results.whole else PAGE
    target = (out or results.folder / page).resolve()
    target = target / page if target.is_dir() else target
    # Of a large run that just ended the texts are in its file alone.
    with_texts = results.with_texts(listed.chosen(listed.questions(results)))
    write_whole(target, build(with_texts, compared))
    return target


def _asked(results: Results) -> str:
    """Who was asked, and when."""
    models = ", ".join(dict.fromkeys(p.key.model for p in results.points))
    started = min(
        (a.answer.started_at for a in results.attempts if a.answer.started_at), default=None
    )
    when = (results.manifest.started_at or started or "")[:16].replace("T", " ")
    return " · ".join(filter(None, (models, f"{when} UTC" if when else "")))


def _run_facts(manifest: Manifest) -> list[tuple[str, str]]:
    """What the manifest says of the run, for people who want to repeat it."""
    facts = {
        "started at": moment(manifest.started_at or ""),
        "ended at": moment(manifest.ended_at or ""),
        "defaults changed": _in_a_line(manifest.defaults_changed),
        "versions": _in_a_line(manifest.versions),
        "counts": _in_a_line(manifest.counts),
        "platform": manifest.platform,
        "isolation": manifest.isolation,
    }
    return [(name, value) for name, value in facts.items() if value]


def _in_a_line(values: Mapping[str, Any]) -> str:
    known = {name: spelled(value) for name, value in values.items() if value is not None}
    return ", ".join(f"{name} {value}" for name, value in known.items())


def _warnings(results: Results) -> list[str]:
    """What a reader must know first: why the page shows less than the whole run."""
    found = []
    if results.whole:
        here, of_all = len(results.points), counted(len(results.whole.points), "point")
        found.append(f"This page is of {here:,} of {of_all} of the run, and its figures are, too.")
    if results.run and not results.manifest.ended_at:
        found.append(
            "This run has not ended: it was killed, or goes on. The page shows what it had by then."
        )
    found += results.warnings
    found += _undecided(results)
    if not results.points and not results.manifest.ended_at:
        found.append("No point has ended yet.")
    return found


def _undecided(results: Results) -> list[str]:
    """Sentences on the points that were not decided: those on the page, and those left out."""
    here = sum(not p.decided and not p.dry for p in results.points)
    causes = results.manifest.undecided
    of_all = sum(one.points for one in causes)
    elsewhere = max(0, of_all - sum(not p.decided for p in (results.whole or results).points))
    lines = []
    if here:
        lines.append(
            f"{counted(here, 'point')} cut short: here with what was had by then, in no mean."
        )
    if elsewhere:
        why = "; ".join(f"{counted(c.points, 'point')}: {c.reason}" for c in causes[:_CAUSES])
        more = "; and further reasons" if len(causes) > _CAUSES else ""
        lines.append(
            f"{counted(elsewhere, 'point')} without an attempt, not here. Not decided: {why}{more}."
        )
    return lines


def _paper(results: Results) -> dict[str, Any] | None:
    """Methods by task beside the published numbers; None of a run without their length."""
    from bench.show.paper import PaperError, join, paper
    from bench.show.paper.formats import sheets

    try:
        table = paper(join([results])).table
    except PaperError:
        return None
    return {"title": table.title, "sheets": sheets(table, _CHARACTERS), "notes": table.notes}


def _sides(
    results: Results,
    views: Mapping[PointKey, view.PointView],
    compared: "tuple[Sequence[Side], Sequence[Comparison]] | None",
) -> tuple[dict[str, Any], Links]:
    """What of the run stands side by side: its series, and the runs that it is compared with."""
    if not (results.axes or compared):
        # As most runs have it, and there is less to import.
        return {"beside": (), "pairs": packing.pack("pairs", [])}, {}
    from bench.show.page import beside

    anchors = {key: one.anchor for key, one in views.items()}
    runs = beside.beside_runs(*compared, anchors) if compared else None
    sections = [found for found in (runs, beside.beside_series(results, anchors)) if found]
    shown = {
        "beside": sections,
        "differences": heat.DIFFERENCES,
        "pairs": beside.packed(sections),
    }
    return shown, beside.links(sections)
