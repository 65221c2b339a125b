// By the keyboard: / to the search field, j and k from point to point, and so do the arrows once one has the focus.

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  const field = document.querySelector("#find:not([hidden]) input");
  if (event.target === field && event.key === "Escape") leave(event, field);
  if (event.target.closest("input, select, textarea, [contenteditable]")) return;
  const inList = event.target.matches(".list summary");
  if (event.key === "/" && field) {
    event.preventDefault();
    field.focus();
    field.select();
  } else if (event.key === "j" || (inList && event.key === "ArrowDown")) {
    step(event, 1);
  } else if (event.key === "k" || (inList && event.key === "ArrowUp")) {
    step(event, -1);
  }
});

// The first Escape clears the field, the next one leaves it.
function leave(event, field) {
  event.preventDefault();
  if (!field.value) return field.blur();
  field.value = "";
  setParameter("find", "");
  changed();
}

function step(event, by) {
  const shown = [...document.querySelectorAll(".list summary")].filter((summary) => isRow(summary.parentElement));
  const here = document.activeElement.closest(".list .point, .list .trials")?.querySelector("summary");
  const next = here ? shown[shown.indexOf(here) + by] : shown[by > 0 ? 0 : shown.length - 1];
  if (!next) return;
  event.preventDefault();
  next.focus({ preventScroll: true });
  next.scrollIntoView({ block: "nearest" });
}

// Whether this is a row of the list that can be seen: none that is held back, or inside trials that are closed.
function isRow(row) {
  if (!row.matches(".point, .trials") || row.hidden) return false;
  const around = row.parentElement.closest("details");
  return !around || (around.open && !around.hidden);
}
