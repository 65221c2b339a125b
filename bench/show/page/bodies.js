"use strict";
// What stands below a row is packed, many rows to a chunk (packing.py), and becomes elements when the row is opened.

const chunks = new Map(); // the name of a chunk -> the promise of its texts, by their names

function textsOf(chunk) {
  if (!chunks.has(chunk)) chunks.set(chunk, unpack(document.getElementById(chunk).textContent));
  return chunks.get(chunk);
}

async function unpack(base64) {
  const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Response(stream).json();
}

// Put what is packed into this <details>, or this <pre> of a prompt, once; the promise ends when it is there.
// Then the event "filled" rises from the element: others add to what is new there.
const filling = new Map();

function fill(element) {
  if (!filling.has(element)) filling.set(element, fillNow(element));
  return filling.get(element);
}

async function fillNow(element) {
  const { in: chunk, prompt } = element.dataset;
  try {
    const text = (await textsOf(chunk))[prompt ?? element.id];
    if (prompt) element.textContent = text;
    else element.querySelector("summary").insertAdjacentHTML("afterend", text);
  } catch (error) {
    element.append(`This browser cannot unpack what stands here (${error}). The results are in results_attempts.jsonl.`);
  }
  element.dispatchEvent(new Event("filled", { bubbles: true }));
}

document.addEventListener("toggle", (event) => {
  if (!event.target.open) return;
  if (event.target.dataset.in) fill(event.target);
  const prompt = event.target.querySelector(":scope > pre[data-prompt]");
  if (prompt) fill(prompt);
}, true);
