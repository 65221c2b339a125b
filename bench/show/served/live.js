"use strict";
// Looks now and then whether the run has changed, and has the page built anew when it has. What is open, the place, the
// focus and the address stay as they were.
(() => {
  const { look, version, pause } = document.currentScript.dataset;
  const KEY = `live ${location.pathname}`;
  const LATEST = 60; // seconds between two looks at a server that does not answer
  const SETTLED = 5000; // milliseconds in which a page has come to rest
  const TYPING = 2000; // milliseconds after a key
  let seconds = Number(pause);
  let typed = 0;
  addEventListener("keydown", () => { typed = Date.now(); });

  // Every <details> by its id, or by its place in what has one.
  function* parts() {
    const counts = new Map();
    for (const element of document.querySelectorAll("details")) {
      const around = element.id || `in ${element.parentElement.closest("[id]")?.id}`;
      const count = counts.get(around) || 0;
      counts.set(around, count + 1);
      yield [`${around} ${count}`, element];
    }
  }

  // What leads to an element of a page that is built anew: its id, its field's name or that it is the head of a part.
  function pathOf(element) {
    if (element.id) return `#${CSS.escape(element.id)}`;
    const around = element.closest("[id]");
    const own = element.name ? `[name="${CSS.escape(element.name)}"]` : element.matches("summary") && "summary";
    return around && own ? `#${CSS.escape(around.id)} ${own}` : "";
  }

  // Where the page stands, by the first element with an id in sight: what is new above it moves nothing.
  function place() {
    const inSight = [...document.querySelectorAll("[id]")].find((e) => e.getBoundingClientRect().top >= 0 && e.checkVisibility());
    return { id: inSight?.id, top: inSight?.getBoundingClientRect().top, y: scrollY };
  }

  function keep() {
    const open = {};
    for (const [name, element] of parts()) {
      // Of what is shut only that needs a word which may stand open in a new page.
      if (element.open || element.parentElement.closest("details")) open[name] = element.open;
    }
    const focus = pathOf(document.activeElement);
    sessionStorage.setItem(KEY, JSON.stringify({ open, focus, place: place() }));
  }

  function restore() {
    const kept = JSON.parse(sessionStorage.getItem(KEY) || "null");
    sessionStorage.removeItem(KEY);
    if (!kept) return;
    history.scrollRestoration = "manual";
    document.documentElement.dataset.placeKept = "yes";
    let moved = false; // by its reader, from then on nothing moves it
    const again = () => {
      for (const [name, element] of parts()) {
        if (name in kept.open && element.open !== kept.open[name]) element.open = kept.open[name];
        delete kept.open[name];
      }
      if (moved) return;
      if (kept.focus && document.activeElement === document.body) document.querySelector(kept.focus)?.focus({ preventScroll: true });
      const at = kept.place.id && document.getElementById(kept.place.id);
      scrollTo({ top: at ? scrollY + at.getBoundingClientRect().top - kept.place.top : kept.place.y, behavior: "instant" });
    };
    for (const event of ["wheel", "keydown", "pointerdown", "touchstart"]) addEventListener(event, () => { moved = true; }, { once: true });
    // At once, and after the page's own script has followed its address to what was just filled.
    const soon = () => {
      again();
      for (const wait of [0, 100]) setTimeout(again, wait);
    };
    document.addEventListener("filled", soon); // what stands in an opened part comes later
    soon();
    setTimeout(() => { moved = true; }, SETTLED);
  }

  async function ask() {
    try {
      const answer = await fetch(look, { cache: "no-store" });
      const told = await answer.json();
      seconds = told.pause;
      // Somebody is about to copy what is selected, or has not done with the keys.
      const busy = !getSelection().isCollapsed || Date.now() - typed < TYPING;
      if (told.version !== version && !busy) {
        keep();
        location.reload();
        return;
      }
    } catch {
      seconds = Math.min(LATEST, seconds * 2); // the server has ended, or begins again
    }
    wait();
  }

  function wait() {
    setTimeout(() => (document.hidden ? document.addEventListener("visibilitychange", ask, { once: true }) : ask()), seconds * 1000);
  }

  restore();
  wait();
})();
