// What a reader takes away: each text copied, each table as CSV, each plot as SVG. The buttons are made here, so that a page
// without scripts has none that does nothing; those of a section when it is first opened.
{
  const status = document.body.appendChild(document.createElement("p"));
  status.className = "hidden";
  status.setAttribute("role", "status");

  const button = (text, label, act) => {
    const made = document.createElement("button");
    Object.assign(made, { type: "button", textContent: text, className: "take", ariaLabel: `${text}: ${label}` });
    made.addEventListener("click", () => act(made));
    return made;
  };

  const tell = (made, said) => {
    status.textContent = `${said}: ${made.ariaLabel}`;
    made.dataset.text ??= made.textContent;
    made.textContent = said;
    clearTimeout(made.timer);
    made.timer = setTimeout(() => { made.textContent = made.dataset.text; status.textContent = ""; }, 3000);
  };

  // Where there is no clipboard, as in some browsers on a page from disk, what is selected can be copied all the same.
  const copyOf = (pre) => async (made) => {
    try {
      await navigator.clipboard.writeText(pre.textContent);
    } catch {
      getSelection().selectAllChildren(pre);
      if (!document.execCommand("copy")) return tell(made, "Selected, not copied");
      getSelection().removeAllRanges();
    }
    tell(made, "Copied");
  };

  const save = (made, text, type, ending) => {
    const link = document.createElement("a");
    const name = `${document.querySelector("h1").textContent}-${made.dataset.name}`.replace(/[^\p{L}\p{N}.-]+/gu, "_");
    link.href = URL.createObjectURL(new Blob([text], { type }));
    link.download = `${name.slice(0, 120)}.${ending}`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
    tell(made, "Saved");
  };

  // As bench/record/csvtext.py has it: no text is a formula to a spreadsheet. A number is none, whatever its sign.
  const cellOf = (element) => {
    const text = element.textContent.replace(/\s+/g, " ").trim();
    if (text === "-") return "";
    const formula = /^[=+\-@\uff1d\uff0b\uff0d\uff20]/.test(text) && !/^[+-]?\d+(\.\d+)?$/.test(text);
    const safe = formula ? `'${text}` : text;
    return /[,;|"]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
  };

  // The rows that are shown, as they stand. Spreadsheets take the first character for the sign of UTF-8.
  const csvOf = (table) => {
    const shown = [...table.rows].filter((row) => row.getClientRects().length);
    const lines = shown.map((row) => [...row.cells].filter((cell) => !cell.ariaHidden).map(cellOf).join(","));
    return `\ufeff${lines.join("\n")}\n`;
  };

  const SVG = "http://www.w3.org/2000/svg";
  const add = (svg, tag, attributes, text = "") => {
    const made = svg.appendChild(document.createElementNS(SVG, tag));
    for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
    made.textContent = text;
  };

  // A file of its own: with title, legend, the page's rules for plots, and the colours that it has in the light.
  const svgOf = (figure, title) => {
    const svg = figure.querySelector("svg").cloneNode(true);
    const { width, height } = figure.querySelector("svg").viewBox.baseVal;
    const entries = legendOf(figure);
    const tall = height + 18 + 12 * entries.length;
    svg.removeAttribute("aria-hidden");
    svg.setAttribute("xmlns", SVG);
    svg.setAttribute("viewBox", `0 -18 ${width} ${tall}`);
    svg.setAttribute("width", 3 * width);
    svg.setAttribute("height", 3 * tall);
    const rules = [...document.styleSheets[0].cssRules];
    const styles = rules.filter((rule) => rule.selectorText?.startsWith("svg ")).map((rule) => rule.cssText);
    const style = document.createElementNS(SVG, "style");
    style.textContent = `svg { fill: none; stroke-linejoin: round; font-family: system-ui, sans-serif; } ${styles.join(" ")}`;
    const paper = document.createElementNS(SVG, "rect");
    for (const [name, value] of Object.entries({ y: -18, width, height: tall, fill: "#fff" })) paper.setAttribute(name, value);
    svg.prepend(style, paper);
    add(svg, "text", { x: width / 2, y: -6, style: "font-size: 10px; font-weight: 600; fill: var(--ink)" }, title);
    entries.forEach((entry, i) => {
      const mark = entry.querySelector("svg");
      const at = `translate(16 ${height + 6 + 12 * i})`;
      add(svg, "path", { d: mark.firstElementChild.getAttribute("d"), transform: at, fill: "currentColor", style: mark.getAttribute("style") });
      add(svg, "text", { x: 22, y: height + 9 + 12 * i, style: "text-anchor: start" }, entry.textContent.trim());
    });
    const light = rules[0].style;
    return new XMLSerializer().serializeToString(svg).replace(/var\((--[\w-]+)\)/g, (_, name) => light.getPropertyValue(name).trim());
  };

  const headingOf = (pre) => {
    let before = pre.previousElementSibling;
    while (before?.matches("pre, button")) before = before.previousElementSibling;
    return (before ?? pre.parentElement).textContent.slice(0, 60);
  };

  const named = (made, name) => { made.dataset.name = name; return made; };
  const equip = (within) => {
    const fresh = (selector) => [...within.querySelectorAll(selector)].filter(
      (found) => !found.dataset.equipped && !found.closest("details:not([open])") && (found.dataset.equipped = "yes"));
    for (const pre of fresh("pre:not(.diff pre)")) pre.before(button("Copy", headingOf(pre), copyOf(pre)));
    for (const table of fresh("table")) {
      const name = table.caption.textContent;
      const made = named(button("CSV", name, () => save(made, csvOf(table), "text/csv", "csv")), name);
      table.closest(".wide").after(made);
    }
    for (const figure of fresh("figure")) {
      const name = figure.dataset.title;
      const made = named(button("SVG", name, () => save(made, svgOf(figure, name), "image/svg+xml", "svg")), name);
      figure.prepend(made);
    }
  };
  equip(document);
  document.addEventListener("toggle", (event) => { if (event.target.open) equip(event.target); }, true);
  document.addEventListener("filled", (event) => equip(event.target));
}
