// A table is sorted by a click on the head of a column: down, up, and as it was.

const collator = new Intl.Collator("en", { numeric: true });
const slug = (text) => text.split(":")[0].trim().toLowerCase().replace(/[^a-z0-9]+/g, "-");
const SECONDS = { ms: 0.001, s: 1, min: 60, h: 3600 };
const TIMES = { k: 1e3, M: 1e6, G: 1e9 };

function makeSortable(within) {
  for (const table of within.querySelectorAll("table:not(.searches)")) {
    if (table.tBodies[0].rows.length < 2) continue;
    [...table.tHead.rows[0].cells].forEach((head, column) => {
      if (!head.matches("th") || head.querySelector("a, button")) return;
      const button = document.createElement("button");
      button.type = "button";
      button.className = "sort";
      button.append(...head.childNodes);
      button.addEventListener("click", () => turn(table, column));
      head.append(button);
    });
  }
}

function nameOf(table) {
  return slug(table.caption.textContent);
}

// The next order of a column: numbers begin with the largest, words with the first.
function turn(table, column) {
  const head = table.tHead.rows[0].cells[column];
  const first = numbersOf(table, column) ? "down" : "up";
  const second = first === "up" ? "down" : "up";
  const now = { ascending: "up", descending: "down" }[head.ariaSort];
  const next = now ? { [first]: second, [second]: "" }[now] : first;
  const others = state.query.getAll("sort").filter((order) => !order.startsWith(`${nameOf(table)}.`));
  state.query.delete("sort");
  for (const order of others) state.query.append("sort", order);
  if (next) state.query.append("sort", `${nameOf(table)}.${slug(head.textContent)}.${next}`);
  writeState();
  showSorted(table.parentElement);
}

function showSorted(within) {
  const orders = new Map(state.query.getAll("sort").map((order) => [order.split(".")[0], order.split(".")]));
  for (const table of within.querySelectorAll("table:has(button.sort)")) {
    const [, name, way] = orders.get(nameOf(table)) ?? [];
    const heads = [...table.tHead.rows[0].cells];
    const column = heads.findIndex((head) => slug(head.textContent) === name);
    if (column < 0 && !heads.some((head) => head.ariaSort)) continue;
    for (const head of heads) head.ariaSort = null;
    if (column >= 0) heads[column].ariaSort = way === "up" ? "ascending" : "descending";
    arrange(table, column, way === "up" ? 1 : -1);
  }
}

function arrange(table, column, sign) {
  const body = table.tBodies[0];
  const lines = [...body.rows];
  lines.forEach((line, i) => (line.dataset.at ??= i));
  const value = valuesOf(table, column);
  const at = (line) => Number(line.dataset.at);
  const order = column < 0 ? (a, b) => at(a) - at(b) : (a, b) => compare(value.get(a), value.get(b), sign) || at(a) - at(b);
  body.append(...lines.sort(order));
}

// What has no value comes last, whichever way.
function compare(a, b, sign) {
  if (a === null || b === null) return (a === null) - (b === null);
  return sign * (typeof a === "number" ? a - b : collator.compare(a, b));
}

function valuesOf(table, column) {
  const numbers = column >= 0 && numbersOf(table, column);
  const read = (line) => {
    const text = textOf(line, column);
    return text === "" || text === "-" ? null : numbers ? numberIn(text) : text;
  };
  return new Map([...table.tBodies[0].rows].map((line) => [line, column < 0 ? null : read(line)]));
}

// Whether most of what is in a column are numbers.
function numbersOf(table, column) {
  const texts = [...table.tBodies[0].rows].map((line) => textOf(line, column)).filter((text) => text && text !== "-");
  return texts.filter((text) => numberIn(text) !== null).length * 2 > texts.length;
}

// The text of a cell without the mark of what is solved.
function textOf(line, column) {
  return line.cells[column].textContent.trim().replace(/^[✓✗·=\s]+/, "");
}

// The number that a text begins with: an amount, a share, "41/63" and "41 of 63", a time; null where there is none.
function numberIn(text) {
  const times = [...text.matchAll(/([\d.]+) (ms|s|min|h)\b/g)];
  if (times.length && /^[\d.]+ (ms|s|min|h)\b/.test(text)) {
    return times.reduce((sum, [, count, unit]) => sum + count * SECONDS[unit], 0);
  }
  const [, sign, digits, factor, of] = text.match(/^([+−-]?)[$[<≥~ ]*([\d,]*\.?\d+)([kMG]?)(?:\/| of )?([\d,]+)?/) ?? [];
  if (!digits) return null;
  const amount = Number(digits.replaceAll(",", "")) * (TIMES[factor] ?? 1);
  const share = of ? amount / Number(of.replaceAll(",", "")) : amount;
  return sign && sign !== "+" ? -share : share;
}

document.addEventListener("filled", (event) => {
  makeSortable(event.target);
  showSorted(event.target);
});
