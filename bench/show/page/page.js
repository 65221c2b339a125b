"use strict";
// A point, or all trials of one, opens when its link is followed; its prompt is filled in when it is first looked at.
const prompts = JSON.parse(document.getElementById("prompts").textContent);

function reveal(focus) {
  const point = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (!point || !point.matches("details")) return;
  for (let around = point; around; around = around.parentElement.closest("details")) around.open = true;
  point.scrollIntoView({ block: "start" });
  if (focus) point.querySelector("summary").focus({ preventScroll: true });
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

document.addEventListener("toggle", (event) => {
  const prompt = event.target.open && event.target.querySelector(":scope > pre[data-prompt]");
  if (prompt && !prompt.textContent) prompt.textContent = prompts[prompt.dataset.prompt];
}, true);

for (const button of document.querySelectorAll("button[data-open]")) {
  button.addEventListener("click", () => {
    for (const point of document.querySelectorAll("details.point, details.trials")) point.open = button.dataset.open === "yes";
  });
}

reveal(false);
