// A point, or all trials of one, opens when its link is followed, and so does one attempt of it.
const MOST_OPEN = 500; // so many points are opened at once at most

// What is behind a cell of two sides may itself be packed, with all of its pair: "series2~fn_a-parity_all-L50".
async function inPair(anchor) {
  const pair = document.getElementById(anchor.split("~")[0]);
  if (pair?.matches("details[data-in]")) await fill(pair);
  return document.getElementById(anchor);
}

async function reveal(focus) {
  const [anchor] = state.open.split("/");
  const element = anchor && (document.getElementById(anchor) ?? (await inPair(anchor)));
  if (!element) return;
  if (element.matches("details[data-in]")) await fill(element);
  const target = document.getElementById(state.open) ?? element;
  for (let around = target; around; around = around.parentElement.closest("details")) {
    around.hidden = false; // what a link names is shown, whatever the filters say
    if (around.matches("details[data-in]")) await fill(around);
    if (around.matches("details")) around.open = true;
  }
  const heading = target.querySelector(":scope > summary") ?? target;
  if (focus) heading.focus({ preventScroll: true });
  // A page that the server has built anew stays where it was: live.js.
  if (focus || !document.documentElement.dataset.placeKept) await settleAt(target);
}

// What comes into sight is laid out only then, and buttons are added to what was opened: both may move it again.
async function settleAt(target) {
  const frame = () => new Promise((done) => { requestAnimationFrame(() => setTimeout(done)); });
  for (let tries = 0; tries < 10; tries += 1) {
    target.scrollIntoView({ block: "start", behavior: "instant" });
    const { top } = target.getBoundingClientRect();
    await frame();
    await frame();
    if (Math.abs(target.getBoundingClientRect().top - top) < 1) break;
  }
}

// Addresses are followed one after the other, so that none takes the focus back from a later one.
let followed = Promise.resolve();

function follow(focus) {
  followed = followed.then(() => followNow(focus)).catch(console.error);
}

async function followNow(focus) {
  readState();
  showSorted(document);
  await showFound();
  await reveal(focus);
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[href^='#']");
  if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  const hash = hashOf(decodeURIComponent(link.getAttribute("href").slice(1)));
  // A link to what the address names already changes no address, and has to open it all the same.
  if (hash === location.hash) follow(true);
  else location.hash = hash;
});
window.addEventListener("hashchange", () => follow(true));

// A row that is opened by hand is in the address too.
document.addEventListener("click", (event) => {
  const row = event.target.closest("summary")?.parentElement;
  if (!row?.matches(".point, .trials, .attempt")) return;
  if (!row.open) state.open = row.id;
  else if (`${state.open}/`.startsWith(`${row.id}/`)) state.open = row.id.split("/").slice(0, -1).join("");
  writeState();
});

for (const button of document.querySelectorAll("button[data-open]")) {
  button.parentElement.hidden = false;
  button.addEventListener("click", () => openAll(button.dataset.open === "yes"));
}

function openAll(open) {
  const points = [...document.querySelectorAll(".list details.point")].filter((point) => !open || !point.hidden);
  for (const point of open ? points.slice(0, MOST_OPEN) : points) {
    point.open = open;
    const trials = point.parentElement.closest("details");
    if (trials) trials.open = open;
  }
  if (open && points.length > MOST_OPEN) say(`The first ${number(MOST_OPEN)} of ${number(points.length)} points are open.`);
}

start();

async function start() {
  await prepareFind().catch(console.error); // as in a browser that cannot unpack: no field, and all else
  makeSortable(document);
  follow(false);
}
