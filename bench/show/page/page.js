// A point, or all trials of one, opens when its link is followed, and so does one attempt of it.
const MOST_OPEN = 500; // so many points are opened at once at most

// What is behind a cell of two sides may itself be packed, with all of its pair: "series2~fn_a-parity_all-L50".
async function inPair(anchor) {
  const pair = document.getElementById(anchor.split("~")[0]);
  if (pair?.dataset.in) await fill(pair);
  return document.getElementById(anchor);
}

async function reveal(focus) {
  const [anchor, attempt] = decodeURIComponent(location.hash.slice(1)).split("/");
  const point = document.getElementById(anchor) ?? (await inPair(anchor));
  if (!point || !point.matches("details")) return;
  for (let around = point; around; around = around.parentElement.closest("details")) around.open = true;
  if (point.dataset.in) await fill(point);
  const target = (attempt && document.getElementById(`${anchor}/${attempt}`)) || point;
  target.open = true;
  target.scrollIntoView({ block: "start" });
  if (focus) target.querySelector("summary").focus({ preventScroll: true });
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[href^='#']");
  // A link to the point that the address names already changes no hash, and has to open it all the same.
  if (link && link.hash === location.hash) {
    event.preventDefault();
    reveal(true);
  }
});
window.addEventListener("hashchange", () => reveal(true));

for (const button of document.querySelectorAll("button[data-open]")) {
  button.parentElement.hidden = false;
  button.addEventListener("click", () => {
    const points = [...document.querySelectorAll("details.point")];
    const open = button.dataset.open === "yes";
    for (const point of open ? points.slice(0, MOST_OPEN) : points) {
      point.open = open;
      const trials = point.parentElement.closest("details");
      if (trials) trials.open = open;
    }
  });
}

reveal(false);
