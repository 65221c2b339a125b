// The search field and the filters: they hold back rows of the list and of tables, and fade cells of the matrix.
// facets.py says which values each point has; the points are those of the list, in its order.

const rows = [...document.querySelectorAll(".list details.point")];
const ids = rows.map((row) => row.querySelector(".name").textContent.toLowerCase());
const place = new Map(rows.map((row, i) => [row.id, i]));
const groups = [...document.querySelectorAll(".list > details")].map((group) => ({
  group,
  members: (group.matches(".point") ? [group] : [...group.querySelectorAll("details.point")]).map((row) => place.get(row.id)),
}));
const number = (count) => count.toLocaleString("en");
const words = () => (state.query.get("find") ?? "").toLowerCase().split(/\s+/).filter(Boolean);

let facets = []; // of each: its name, its label, its values, and for each point the places of its values among those
let found = rows.map(() => true);
let written = null; // for each point its programs and errors, once something was searched for
let report = null; // where what was found is told

async function prepareFind() {
  const form = document.getElementById("find");
  if (!form) return;
  facets = JSON.parse((await textsOf(form.dataset.in)).facets);
  report = form.querySelector("output");
  for (const facet of facets) form.querySelector(".filters").append(filterOf(facet));
  form.hidden = false;
  new ResizeObserver(() => keepClear(form)).observe(form);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("input", waitAndChange);
  form.addEventListener("reset", (event) => {
    event.preventDefault();
    for (const name of ["find", ...facets.map((facet) => facet.name)]) state.query.delete(name);
    changed();
    form.querySelector("input").focus();
  });
  // A click elsewhere closes the filter that is open.
  document.addEventListener("pointerdown", (event) => {
    for (const open of form.querySelectorAll(".filter[open]")) open.open = open.contains(event.target);
  });
  form.dispatchEvent(new Event("filled", { bubbles: true }));
}

// What is scrolled to stays clear of the form where that stays at the window's top.
function keepClear(form) {
  const height = getComputedStyle(form).position === "sticky" ? `${form.offsetHeight + 16}px` : "";
  document.documentElement.style.scrollPaddingTop = height;
}

// A filter: its values to tick, several of them if one likes, behind a head that says which are.
function filterOf(facet) {
  const add = (parent, tag, fields = {}) => parent.appendChild(Object.assign(document.createElement(tag), fields));
  const counts = facet.values.map(() => 0);
  for (const values of facet.of) for (const value of values) counts[value] += 1;
  const filter = Object.assign(document.createElement("details"), { className: "filter", id: `filter-${facet.name}` });
  filter.setAttribute("name", "filter"); // one is open at a time
  const head = add(filter, "summary");
  add(head, "span", { textContent: facet.label });
  add(head, "span", { className: "chosen-values" });
  const values = add(filter, "fieldset");
  add(values, "legend", { className: "hidden", textContent: facet.label });
  facet.values.forEach((value, i) => {
    const label = add(values, "label");
    add(label, "input", { type: "checkbox", name: facet.name, value, id: `${filter.id}-${i}` });
    add(label, "span", { textContent: value });
    add(label, "small", { textContent: number(counts[i]) });
  });
  return filter;
}

let waiting = 0;

function waitAndChange(event) {
  const { name, type, value } = event.target;
  const ticked = [...event.currentTarget.elements].filter((control) => control.name === name && control.checked);
  setParameter(name, type === "checkbox" ? ticked.map((control) => control.value) : value);
  clearTimeout(waiting);
  waiting = setTimeout(changed, type === "checkbox" || rows.length < 1000 ? 0 : 150);
}

function changed() {
  writeState();
  showFound();
}

// Show what the address asks for, in the form and on the page.
async function showFound() {
  const form = document.getElementById("find");
  if (!form) return;
  const field = form.querySelector("[name=find]");
  const asked = state.query.get("find") ?? "";
  if (field.value !== asked) field.value = asked;
  const limits = facets.map((facet) => [facet, chosenOf(facet)]).filter(([, places]) => places.size);
  const wanted = words();
  if (wanted.length && !written) {
    say("Searching in programs …");
    const before = state.query.toString();
    written = await allWritten();
    if (before !== state.query.toString()) return showFound();
  }
  found = rows.map((_, i) => limits.every(([{ of }, places]) => of[i].some((value) => places.has(value))) && has(i, wanted));
  form.classList.toggle("active", wanted.length + limits.length > 0);
  showRows();
  showTables(document);
  const count = found.filter(Boolean).length;
  say(count === rows.length ? `${number(count)} points` : `${number(count)} of ${number(rows.length)} points`);
  keepClear(form); // at once, as a link is followed next
}

// The places of those values of a facet that the address asks for, which its filter then shows as ticked.
function chosenOf(facet) {
  const asked = new Set(state.query.getAll(facet.name));
  const chosen = facet.values.filter((value) => asked.has(value));
  const filter = document.getElementById(`filter-${facet.name}`);
  for (const box of filter.querySelectorAll("input")) box.checked = asked.has(box.value);
  filter.querySelector(".chosen-values").textContent = chosen.join(", ") || "all";
  filter.classList.toggle("narrow", chosen.length > 0);
  return new Set(chosen.map((value) => facet.values.indexOf(value)));
}

function has(i, wanted) {
  return wanted.every((word) => ids[i].includes(word) || written[i].includes(word));
}

function say(text) {
  if (report && report.textContent !== text) report.textContent = text;
}

// The programs and the errors of each point: in what is packed each stands inside one element, and < is escaped in it.
async function allWritten() {
  const parts = [];
  for (const row of rows) {
    const body = (await textsOf(row.dataset.in))[row.id];
    const texts = [...body.matchAll(/<code>(.*?)<\/code>|<div class="error">(.*?)<\/div>/gs)];
    parts.push(plain(texts.map((text) => text[1] ?? text[2]).join("\n")).toLowerCase());
  }
  return parts;
}

const ENTITIES = { "&lt;": "<", "&gt;": ">", "&#34;": '"', "&#39;": "'", "&amp;": "&" };

function plain(html) {
  return html.replace(/<[^>]*>/g, "").replace(/&(?:lt|gt|#34|#39|amp);/g, (entity) => ENTITIES[entity]);
}

function showRows() {
  for (const { group, members } of groups) {
    const shown = members.filter((i) => found[i]).length;
    group.hidden = !shown;
    if (group.matches(".point")) continue;
    for (const i of members) rows[i].hidden = !found[i];
    const count = group.querySelector(":scope > summary > .count");
    count.dataset.whole ??= count.textContent;
    count.textContent = shown === members.length ? count.dataset.whole : `${number(shown)} of ${count.dataset.whole}`;
  }
}

const membersOf = new Map(groups.map(({ group, members }) => [group.id, members]));

// The points that an anchor is about: one, the trials of one, or those of both sides behind "series1~fn_a-parity_all-L50".
function pointsOf(anchor) {
  if (place.has(anchor)) return [place.get(anchor)];
  if (!membersOf.has(anchor)) {
    const [, question] = anchor.split("~");
    const members = question ? rows.map((row, i) => (`${row.id}-`.startsWith(`${question}-`) ? i : -1)) : [];
    membersOf.set(anchor, members.filter((i) => i >= 0));
  }
  return membersOf.get(anchor);
}

// Whether some of the points that it is about were found; true of what is about none.
function isFound(anchor) {
  const points = pointsOf(anchor);
  return !points.length || points.some((i) => found[i]);
}

function showTables(within) {
  const anchorOf = (link) => link.getAttribute("href").slice(1);
  for (const link of within.querySelectorAll("tbody > tr > th > a[href^='#']")) {
    link.closest("tr").hidden = !isFound(anchorOf(link));
  }
  for (const link of within.querySelectorAll(":is(.heat, .beside) td > a")) {
    link.classList.toggle("faded", !isFound(anchorOf(link)));
  }
  for (const table of within.querySelectorAll(":is(.heat, .beside)")) showMatrix(table);
  for (const meeting of within.querySelectorAll(".meeting")) meeting.hidden = !isFound(meeting.id);
  showSeries();
}

// Of a matrix the rows and columns in which something was found; none of them, and it is hidden as a whole.
function showMatrix(table) {
  const [head] = table.tHead.rows;
  const lines = [...table.tBodies[0].rows];
  const sharp = (cells) => cells.some((cell) => cell.querySelector("a:not(.faded)"));
  for (const line of lines) line.hidden = !sharp([...line.cells]);
  const shown = [...head.cells].map((_, i) => i === 0 || sharp(lines.map((line) => line.cells[i])));
  for (const line of [head, ...lines]) shown.forEach((isShown, i) => { line.cells[i].hidden = !isShown; });
  table.style.setProperty("--columns", shown.filter(Boolean).length - 1);
  const box = table.closest(".wide");
  box.hidden = lines.every((line) => line.hidden);
  if (box.nextElementSibling?.matches(".take")) box.nextElementSibling.hidden = box.hidden;
}

// The series of which nothing was found are those whose matrix is hidden: their curves and sums are faded.
function showSeries() {
  const captions = [...document.querySelectorAll(".heat > caption")];
  const hidden = captions.filter((caption) => caption.closest("[hidden]"));
  const left = new Set(hidden.length < captions.length ? hidden.map((caption) => caption.textContent) : []);
  for (const line of document.querySelectorAll("header tbody tr")) line.hidden = left.has(line.cells[0].textContent);
  for (const entry of document.querySelectorAll(".legend li")) entry.classList.toggle("faded", left.has(entry.textContent.trim()));
  for (const figure of document.querySelectorAll("figure")) {
    const entries = legendOf(figure);
    figure.querySelectorAll(".curve").forEach((curve, i) => curve.classList.toggle("faded", !!entries[i]?.matches(".faded")));
  }
}

// The entries of a plot's legend, its own or its section's, in the order of its curves.
function legendOf(figure) {
  const near = figure.parentElement.querySelector(":scope > .legend") ?? figure.closest("section").querySelector(".legend");
  return near ? [...near.children] : [];
}

document.addEventListener("filled", (event) => showTables(event.target));
