// Elements from text: whatever is not an element becomes a text node, so no name is ever markup.
"use strict";

function el(tag, attributes, ...inside) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (name === "vars") for (const [key, each] of Object.entries(value)) made.style.setProperty(key, each);
    else made.setAttribute(name, value === true ? "" : value);
  }
  add(made, inside);
  return made;
}

function add(parent, inside) {
  for (const each of inside.flat(Infinity)) {
    if (each === null || each === undefined || each === false) continue;
    parent.append(each instanceof Node ? each : document.createTextNode(String(each)));
  }
  return parent;
}

function svg(tag, attributes, ...inside) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  return add(made, inside);
}

const $ = (id) => document.getElementById(id);
const color = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
const statusMark = (name, more) => el("span", { class: `status is-${name}` }, worded(name), more || "");
const leafLink = (leaf) => el("a", { href: `#subplan=${leaf.id}` }, leaf.slug);

/** A command to copy. Without a clipboard the text can still be selected with one click. */
function command(text) {
  const button = el("button", { type: "button", class: "quiet", "aria-label": `Copy: ${text}` }, "Copy");
  button.addEventListener("click", async () => {
    try { await navigator.clipboard.writeText(text); say("Copied"); button.textContent = "Copied"; } catch { getSelection().selectAllChildren(button.previousSibling); say("Selected"); button.textContent = "Selected"; }
    setTimeout(() => { button.textContent = "Copy"; }, 1500);
  });
  return el("p", { class: "command" }, el("code", {}, unbroken(text)), button);
}

/** Words that are broken only where they are longer than a line: `--failed` has hyphens. */
const unbroken = (text) => text.split(" ").flatMap((word, at) => [at ? " " : null, el("span", {}, word)]);

/** For who can't see what changed. */
function say(text) { $("said").textContent = text; }

function tip(event, lines) {
  const box = $("tip");
  if (!lines) { box.hidden = true; return; }
  box.textContent = lines.filter(Boolean).join("\n");
  box.hidden = false;
  const { clientX: x, clientY: y } = event;
  box.style.left = `${Math.max(8, Math.min(x + 14, innerWidth - box.offsetWidth - 8))}px`;
  box.style.top = `${y + 18 + box.offsetHeight > innerHeight ? Math.max(8, y - box.offsetHeight - 12) : y + 18}px`;
}
