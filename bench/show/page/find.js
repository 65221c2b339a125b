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
  for (const facet of facets) form.querySelector(".filters").append(selectOf(facet));
  form.hidden = false;
  new ResizeObserver(() => keepClear(form)).observe(form);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("input", waitAndChange);
  form.addEventListener("reset", (event) => {
    event.preventDefault();
    for (const control of form.querySelectorAll("[name]")) state.query.delete(control.name);
    changed();
    form.querySelector("input").focus();
  });
}

// What is scrolled to stays clear of the form where that stays at the window's top.
function keepClear(form) {
  const height = getComputedStyle(form).position === "sticky" ? `${form.offsetHeight + 16}px` : "";
  document.documentElement.style.scrollPaddingTop = height;
}

function selectOf(facet) {
  const label = document.createElement("label");
  const select = document.createElement("select");
  select.name = facet.name;
  select.append(new Option("all", ""));
  const counts = facet.values.map(() => 0);
  for (const values of facet.of) for (const value of values) counts[value] += 1;
  facet.values.forEach((value, i) => select.append(new Option(`${value} (${number(counts[i])})`, value)));
  label.append(facet.label, select);
  return label;
}

let waiting = 0;

function waitAndChange(event) {
  setParameter(event.target.name, event.target.value);
  clearTimeout(waiting);
  waiting = setTimeout(changed, event.target.matches("select") || rows.length < 1000 ? 0 : 150);
}

function changed() {
  writeState();
  showFound();
}

// Show what the address asks for, in the form and on the page.
async function showFound() {
  const form = document.getElementById("find");
  if (!form) return;
  for (const control of form.querySelectorAll("[name]")) {
    const value = state.query.get(control.name) ?? "";
    if (control.value !== value) control.value = value;
    if (control.selectedIndex < 0) control.value = ""; // no point has the value
  }
  const wanted = words();
  if (wanted.length && !written) {
    say("Searching in programs …");
    const asked = state.query.toString();
    written = await allWritten();
    if (asked !== state.query.toString()) return showFound();
  }
  const chosen = facets.map((facet) => [facet.of, facet.values.indexOf(state.query.get(facet.name) ?? "")]);
  const limits = chosen.filter(([, value]) => value >= 0);
  found = rows.map((_, i) => limits.every(([of, value]) => of[i].includes(value)) && has(i, wanted));
  form.classList.toggle("active", wanted.length + limits.length > 0);
  showRows();
  showTables(document);
  const count = found.filter(Boolean).length;
  say(count === rows.length ? `${number(count)} points` : `${number(count)} of ${number(rows.length)} points`);
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
  for (const meeting of within.querySelectorAll(".meeting")) meeting.hidden = !isFound(meeting.id);
}

document.addEventListener("filled", (event) => showTables(event.target));
