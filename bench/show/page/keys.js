// By the keyboard: / to the search field, j and k from point to point, and so do the arrows once one has the focus.

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  const field = document.querySelector("#find:not([hidden]) input");
  if (event.target === field && event.key === "Escape") leave(event, field);
  const filter = event.key === "Escape" && event.target.closest(".filter[open]");
  if (filter) {
    filter.open = false;
    filter.querySelector("summary").focus();
  }
  if (event.target.closest("input:not([type=checkbox]), select, textarea, [contenteditable]")) return;
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
  const all = document.querySelectorAll(".list .point, .list .trials");
  const here = document.activeElement.closest(".list .point, .list .trials");
  let i = here ? [...all].indexOf(here) + by : by > 0 ? 0 : all.length - 1;
  while (all[i] && !isShown(all[i])) i += by;
  if (!all[i]) return;
  event.preventDefault();
  const summary = all[i].querySelector("summary");
  summary.focus({ preventScroll: true });
  summary.scrollIntoView({ block: "nearest" });
}

// Whether a row of the list is neither held back nor inside trials that are closed.
function isShown(row) {
  const trials = row.parentElement.closest("details");
  return !row.hidden && (!trials || (trials.open && !trials.hidden));
}
