// Which two series are compared: of many pairs the one that is chosen is shown, and the others are a click away.

for (const section of document.querySelectorAll("section:has(> .versus)")) chooseIn(section);

function chooseIn(section) {
  const pairs = [...section.querySelectorAll(":scope > .versus")];
  const names = [...new Set(pairs.flatMap((pair) => [pair.dataset.a, pair.dataset.b]))];
  const selectOf = (side) => {
    const label = document.createElement("label");
    const select = document.createElement("select");
    select.append(...names.map((name) => new Option(name, name)));
    label.append(`${side} `, select);
    chooser.append(label, " ");
    return select;
  };
  const chooser = document.createElement("p");
  chooser.className = "chooser";
  chooser.append("Compare ");
  const [a, b] = ["A", "B"].map(selectOf);
  const show = (pair) => {
    for (const other of pairs) other.classList.toggle("elsewhere", other !== pair);
    [a.value, b.value] = [pair.dataset.a, pair.dataset.b];
  };
  const has = (pair, ...sides) => sides.every((side) => [pair.dataset.a, pair.dataset.b].includes(side));
  chooser.addEventListener("change", (event) => {
    const is = (pair) => a.value !== b.value && has(pair, a.value, b.value);
    const pair = pairs.find(is) ?? pairs.find((other) => has(other, event.target.value));
    show(pair);
    pair.open = true;
    state.open = pair.id;
    writeState();
  });
  for (const pair of pairs) pair.addEventListener("toggle", () => { if (pair.open) show(pair); });
  pairs[0].before(chooser);
  show(pairs.find((pair) => pair.open) ?? pairs[0]);
}
