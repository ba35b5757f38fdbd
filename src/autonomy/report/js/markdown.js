// The little Markdown that briefs are written in: headings, lists, tables, code spans, paragraphs. Text nodes only.
"use strict";

function markdown(text) {
  const out = el("div", { class: "prose" });
  let list = null, rows = null;
  const flush = () => { if (rows) out.append(el("div", { class: "scroll", tabindex: "0", role: "group", "aria-label": "Table" }, tableOf(rows))); list = rows = null; };
  for (const line of block(text).split("\n")) {
    const heading = /^(#{1,6})\s+(.*)$/.exec(line), item = /^\s*[-*]\s+(.*)$/.exec(line);
    if (/^\s*\|.*\|\s*$/.test(line)) { list = null; (rows = rows || []).push(cells(line)); continue; }
    if (rows) flush();
    if (heading) { flush(); out.append(el(heading[1].length < 3 ? "h3" : "h4", {}, spans(heading[2]))); }
    else if (item) { if (!list) out.append((list = el("ul", {}))); list.append(el("li", {}, spans(item[1]))); }
    else if (line.trim()) { list = null; out.append(el("p", {}, spans(line.trim()))); }
    else list = null;
  }
  flush();
  return out;
}

const cells = (line) => line.trim().replace(/^\||\|$/g, "").split(/(?<!\\)\|/).map((cell) => cell.trim());

function tableOf(rows) {
  const rule = rows.length > 1 && rows[1].every((cell) => /^:?-+:?$/.test(cell));
  const right = rule ? rows[1].map((cell) => cell.endsWith(":")) : [];
  const line = (tag) => (row) => el("tr", {}, row.map((cell, at) => el(tag, { class: right[at] ? "num" : null }, spans(cell))));
  return el("table", {}, rule && el("thead", {}, line("th")(rows[0])), el("tbody", {}, rows.slice(rule ? 2 : 0).map(line("td"))));
}

/** Code spans become code; a backslash gives up its escape. */
function spans(text) {
  const parts = [], code = /(`+)([\s\S]*?[^`])\1(?!`)/g;
  let at = 0, found;
  while ((found = code.exec(text))) {
    parts.push(plain(text.slice(at, found.index)), el("code", {}, found[2].replace(/\\\|/g, "|").trim()));
    at = code.lastIndex;
  }
  return [...parts, plain(text.slice(at))];
}

const plain = (text) => text.replace(/\*\*([^*]+)\*\*/g, "$1").replace(/\\([\\`*_{}[\]<>#|!&])/g, "$1");
