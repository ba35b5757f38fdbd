// Tables that sort, grow on demand and say how many rows they have: the twin of every chart.
"use strict";

const ROWS = 100;

/** `columns`: {title, of(row) -> text or element, key(row) -> what to sort by, num: whether it is a number, wide: whether it is a sentence}. */
function table(columns, rows, caption) {
  let sorted = rows, by = -1, down = false, limit = ROWS;
  const body = el("tbody", {}), more = el("div", { class: "more" });
  const heads = columns.map((column, at) => el("th", { scope: "col", class: column.num ? "num" : null },
    column.key ? el("button", { type: "button", onclick: () => sort(at) }, column.title) : column.title));
  function fill() {
    body.replaceChildren(...sorted.slice(0, limit).map((row) => el("tr", {}, columns.map((column) => el("td", { class: column.num ? "num" : column.wide ? "wide" : null }, column.of(row))))));
    more.replaceChildren();
    if (sorted.length > limit) more.append(el("button", { type: "button", class: "quiet", onclick: () => { limit = limit < 1000 ? 1000 : Infinity; fill(); } }, `Show ${limit < 1000 && sorted.length > 1000 ? "1,000" : "all"} of ${grouped(sorted.length)}`));
  }
  function sort(at) {
    down = by === at ? !down : Boolean(columns[at].num);
    by = at;
    const key = columns[at].key;
    sorted = [...rows].sort((a, b) => { const x = key(a), y = key(b); return (x < y ? -1 : x > y ? 1 : 0) * (down ? -1 : 1); });
    heads.forEach((head, place) => head.setAttribute("aria-sort", place === at ? (down ? "descending" : "ascending") : "none"));
    fill();
  }
  fill();
  return el("div", {}, el("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": `Table: ${caption}` }, el("table", {}, el("caption", { class: "hidden" }, caption), el("thead", {}, el("tr", {}, heads)), body)), more);
}

/** A table that is made when it is opened. */
function twin(title, make) {
  const details = el("details", { class: "twin" }, el("summary", {}, title));
  details.addEventListener("toggle", () => { if (details.open && details.children.length === 1) details.append(make()); });
  return details;
}

const LEAF_COLUMN = { title: "Subplan", of: (leaf) => leafLink(leaf), key: (leaf) => leaf.slug };

function leafColumns() {
  const columns = [LEAF_COLUMN];
  if (D.run) columns.push({ title: "Status", of: (leaf) => statusMark(leaf.status), key: (leaf) => leaf.status });
  columns.push(
    { title: "Files", num: true, of: (leaf) => grouped(leaf.files), key: (leaf) => leaf.files },
    { title: "Tokens", num: true, of: (leaf) => grouped(leaf.tokens), key: (leaf) => leaf.tokens },
    { title: "Language", of: (leaf) => languageOf(leaf), key: (leaf) => languageOf(leaf) },
  );
  if (D.ties) columns.push({ title: "Coupling", num: true, of: (leaf) => percent(coupling(leaf)), key: (leaf) => coupling(leaf) ?? -1 });
  columns.push(
    { title: "Waits for", num: true, of: (leaf) => grouped(leaf.waits.length), key: (leaf) => leaf.waits.length },
    { title: "Holds up", num: true, of: (leaf) => grouped(leaf.held), key: (leaf) => leaf.held },
    { title: "Id", of: (leaf) => el("code", {}, leaf.id), key: (leaf) => leaf.id },
  );
  return columns;
}
