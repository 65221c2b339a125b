"""What the server shows: the list of runs, and the page of each, built when somebody asks."""

import threading
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from time import monotonic

from markupsafe import Markup

from bench.run.readback import ResultsError, load
from bench.show import page
from bench.show.page.template import resource, template
from bench.show.run_list import NUMBERS, ListedRun, listed_run, numbers
from bench.show.served.known_runs import KnownRun, known_runs, short_hash
from bench.show.served.refreshed import RUN, ServedPage, live, quoted

_MOST_PAGES = 8
"""Pages that are kept. One of a large run takes some megabytes."""
_LEAST_PAUSE, _MOST_PAUSE, _TIMES = 2.0, 60.0, 10.0
"""Seconds between two looks: so many times what it took to build the page, so that a server
beside a run does not take the run's processor.
"""
_LONGEST = 500
"""Characters of the reason why a run cannot be shown."""


class Rendered:
    """The pages of one reports folder. What nobody has changed is built once."""

    def __init__(self, reports: Path) -> None:
        self._reports = reports
        self._pages: OrderedDict[str, ServedPage] = OrderedDict()
        self._rows: dict[str, tuple[str, ListedRun]] = {}
        self._lock = threading.Lock()
        """One page is built at a time: more at once would take no less."""

    def runs(self) -> ServedPage:
        """The list of all runs."""
        return self._kept("", self.version(""), self._list)

    def run(self, run: KnownRun) -> ServedPage:
        """The page of one run; of one that cannot be read a page with the reason."""
        return self._kept(run.name, run.version, lambda: _page(run))

    def known(self, name: str) -> KnownRun | None:
        """The run of this name, if there is one."""
        return known_runs(self._reports).get(name)

    def version(self, name: str) -> str:
        """What changes when a run does; with an empty name, when any does. Empty without one."""
        known = known_runs(self._reports)
        if name:
            return known[name].version if name in known else ""
        return short_hash(*(run.version for run in known.values()))

    def pause(self, name: str) -> float:
        """Seconds between two looks at a run's page, or at the list (an empty name)."""
        found = self._pages.get(name)
        return found.pause if found else _LEAST_PAUSE

    def _kept(self, name: str, version: str, build: Callable[[], str]) -> ServedPage:
        with self._lock:
            found = self._pages.get(name)
            if found is None or found.version != version:
                began = monotonic()
                html = build()
                # The first time takes what is imported, too, or in the list all that is read.
                took = monotonic() - began if found else 0.0
                pause = min(_MOST_PAUSE, max(_LEAST_PAUSE, _TIMES * took))
                found = self._pages[name] = live(html, name, version, pause)
            self._pages.move_to_end(name)
            while len(self._pages) > _MOST_PAGES:
                self._pages.popitem(last=False)
            return found

    def _list(self) -> str:
        known = known_runs(self._reports)
        for run in known.values():
            if self._rows.get(run.name, ("",))[0] != run.version:
                self._rows[run.name] = (run.version, listed_run(run.folder))
        self._rows = {name: self._rows[name] for name in known}
        rows = [(RUN + quoted(name), row) for name, (_, row) in self._rows.items()]
        return _rendered("Runs", about=str(self._reports), runs=rows)


def _page(run: KnownRun) -> str:
    """The page of a run as it stands in its folder."""
    try:
        if any(path.is_symlink() for path in run.folder.rglob("*")):
            raise ResultsError("its folder holds a link, which may lead anywhere")
        return page.build(load(run.folder))
    except (ResultsError, OSError) as error:
        why = str(error)
    except Exception as error:  # noqa: BLE001 - its files may hold anything
        why = f"{type(error).__name__}: {error}"
    why = " ".join(why.replace(f"{run.folder}/", "").split())
    return _rendered(run.name, warning=f"This run cannot be shown: {why[:_LONGEST]}")


def _rendered(title: str, *, about: str = "", warning: str = "", runs: object = ()) -> str:
    return template("runs.html.jinja", __package__).render(
        title=title,
        about=about,
        warning=warning,
        runs=runs,
        heads=("run", "state", *NUMBERS, "started", "commit"),
        numbers=numbers,
        style=Markup(resource("page.css")),  # noqa: S704 - our own file
    )
