// One subplan, all there is to know: why it is one, what it waits for, its files, brief, attempts, log and patch.
"use strict";

const WHY = { fits: "it fits the limits", min_files: "it is at --min-files, which is never split", max_depth: "it is at --max-depth", no_progress: "no splitter makes progress", oversize_file: "it is one file over --max-tokens" };
const FILES = 60;
let opener = null;

function openPanel(leaf) {
  const panel = $("panel");
  if (panel.hidden) opener = document.activeElement;
  const title = el("h2", { id: "panel-title", tabindex: "-1" }, leaf.slug);
  panel.replaceChildren(
    el("div", { class: "top" }, el("div", {}, title, el("p", { class: "meta" }, leaf.status ? [statusMark(leaf.status), " · "] : "", `${count(leaf.files, "file")} · ${grouped(leaf.tokens)} tokens · `, el("code", {}, leaf.id))), el("button", { type: "button", class: "quiet", "aria-label": "Close", onclick: closePanel }, "Close")),
    ...[troublePart(leaf), orderPart(leaf), whyPart(leaf), triesPart(leaf), patchPart(leaf), filesPart(leaf), briefPart(leaf)].filter(Boolean),
  );
  panel.hidden = false;
  panel.scrollTop = 0;
  title.focus({ preventScroll: true });
  document.title = `${leaf.slug} · ${D.title} · autonomy`;
}

function closePanel() {
  $("panel").hidden = true;
  document.title = `${D.title} · autonomy`;
  if (location.hash.startsWith("#subplan=")) history.pushState(null, "", location.pathname + location.search);
  if (opener && opener.isConnected) opener.focus({ preventScroll: true });
  opener = null;
}

const part = (title, ...inside) => el("section", {}, el("h3", {}, title), inside);

function troublePart(leaf) {
  if (!leaf.error && !(leaf.status && ["failed", "error", "timed_out"].includes(leaf.status))) return null;
  const cause = D.run.causes.find((each) => each.open && each.leaves.includes(leaf.leaf)), last = [...leaf.tries].reverse().find((each) => each.tail);
  const retry = cause ? `autonomy resume ${D.run.id} --failed --only ${leaf.id}` : null;
  return part(leaf.status === "skipped" ? "Why it was skipped" : "What went wrong", el("p", {}, shown(cause ? cause.title : leaf.error)), cause && leaf.error && leaf.error !== cause.title ? el("p", { class: "aside" }, shown(leaf.error)) : null,
    retry ? command(retry) : null, last && cause ? el("pre", { class: "box", tabindex: "0" }, block(last.tail)) : null);
}

function orderPart(leaf) {
  const list = (leaves, none) => leaves.length ? limited(leaves.map((each) => el("li", {}, leafLink(D.leaves[each]), through(leaf, D.leaves[each]))), 12) : el("p", { class: "aside" }, none);
  return el("section", {}, el("div", { class: "two" },
    el("div", {}, el("h3", {}, `Waits for ${leaf.waits.length || ""}`), list(leaf.waits, "Nothing; it can start at once.")),
    el("div", {}, el("h3", {}, `Needed by ${leaf.needed.length || ""}`), list(leaf.needed, "No other subplan waits for it."))),
    leaf.held > leaf.needed.length ? el("p", { class: "aside" }, `In turn it holds up ${count(leaf.held, "subplan")}.`) : null);
}

function through(leaf, other) {
  if (!D.ties) return null;
  const out = leaf.out.find((tie) => tie.to === other.leaf), into = leaf.into.find((tie) => tie.from === other.leaf);
  const found = leaf.waits.includes(other.leaf) ? out : into;
  return found ? el("span", { class: "aside" }, `  through ${count(found.count, "reference")}`) : null;
}

function limited(items, most) {
  const list = el("ul", { class: "plain" }, items.slice(0, most));
  if (items.length > most) list.append(el("li", {}, el("button", { type: "button", class: "quiet", onclick: (event) => { event.target.parentNode.remove(); add(list, items.slice(most)); } }, `and ${grouped(items.length - most)} more`)));
  return list;
}

/** What `autonomy explain ID` says: the splits that led here, the references that were not waited for. */
function whyPart(leaf) {
  const chain = [];
  for (let node = leaf.node; node >= 0; node = D.nodes.parent[node]) chain.unshift(node);
  const steps = chain.map((node, depth) => {
    const size = `${count(D.nodes.files[node], "file")}, ${grouped(D.nodes.tokens[node])} tokens`, why = D.nodes.why[node];
    return el("li", { vars: { "--depth": depth } }, D.nodes.slug[node], el("span", { class: "aside" }, node === leaf.node ? `  ${size}; a leaf because ${WHY[why] || why}` : `  ${size}; split into ${D.children[node].length} by ${why}`));
  });
  const waits = new Set(leaf.waits), ignored = leaf.out.filter((tie) => !waits.has(tie.to)).sort((a, b) => b.count - a.count);
  return part("Why it is here", el("ol", { class: "steps" }, steps),
    D.ties ? el("p", { class: "aside" }, `${grouped(D.ties.inside[leaf.leaf])} references stay inside, ${grouped(leaf.out.reduce((sum, tie) => sum + tie.count, 0))} leave it, ${grouped(leaf.into.reduce((sum, tie) => sum + tie.count, 0))} come from outside.`) : null,
    ignored.length ? el("details", {}, el("summary", {}, `Refers to ${count(ignored.length, "more subplan")} without waiting: cycles, or to feed the workers`), limited(ignored.map((tie) => el("li", {}, leafLink(D.leaves[tie.to]), el("span", { class: "aside" }, `  ${count(tie.count, "reference")}`))), 20)) : null,
    leaf.out.length ? twin("The references that leave it", () => references(leaf.out, `References that leave ${leaf.slug}`)) : null);
}

function triesPart(leaf) {
  if (!D.run) return null;
  if (D.run.reused[leaf.leaf]) return part("Attempts", el("p", { class: "aside" }, `None: run ${D.run.reused[leaf.leaf]} had done this very work, and its result was taken over.`));
  if (!leaf.tries.length) return null;
  const logs = leaf.tries.filter((each) => each.tail).map((each) => el("details", {}, el("summary", {}, `End of the log of attempt ${each.attempt}${leaf.tries.some((other) => other.candidate > 1) ? `, candidate ${each.candidate}` : ""}`), el("pre", { class: "box", tabindex: "0" }, block(each.tail)), el("p", { class: "aside" }, "All of it: ", el("code", {}, `autonomy logs ${leaf.id} --run ${D.run.id} --attempt ${each.attempt}`))));
  const strayed = [...new Set(leaf.tries.flatMap((each) => each.violations || []))];
  return part(count(leaf.tries.length, "attempt"), tryTable(leaf.tries, leaf), strayed.length ? el("p", {}, `Changed ${count(strayed.length, "file")} that are not its own: ${strayed.slice(0, 8).map(shown).join(", ")}`) : null, logs);
}

function patchPart(leaf) {
  if (!D.run) return null;
  const diffs = D.run.patches[leaf.leaf], changed = D.run.changed[leaf.leaf] || [];
  if (!diffs && !changed.length) return null;
  return part(`Changed ${count((diffs || changed).length, "file")}`, diffs ? diffs.map(([path, text]) => diff(path, text)) : [el("p", { class: "aside" }, "The patch is left out to keep this file small."), limited(changed.map((path) => el("li", {}, shown(path))), 20)]);
}

function diff(path, text) {
  const rows = block(text).split("\n");
  const kind = (line, at) => at < 2 && /^(---|\+\+\+)/.test(line) ? "at" : line.startsWith("@@") ? "at" : line.startsWith("+") ? "add" : line.startsWith("-") ? "del" : null;
  return el("div", { class: "diff" }, path ? el("h4", {}, shown(path)) : null, el("pre", { tabindex: "0" }, rows.map((line, at) => el("span", { class: kind(line, at) }, line || " "))));
}

function filesPart(leaf) {
  const from = D.files.starts[leaf.leaf], files = Array.from({ length: leaf.files }, (_, at) => from + at);
  const hubs = new Map(D.ties ? D.ties.hubs : []);
  return part(count(leaf.files, "file"), limited(files.map((file) => el("li", {}, pathOf(file), D.files.tokens ? el("span", { class: "aside" }, `  ${short(D.files.tokens[file])}`) : null, hubs.has(file) ? el("span", { class: "aside" }, `  hub: ${grouped(hubs.get(file))} other subplans refer to it`) : null)), FILES));
}

function briefPart(leaf) {
  const text = D.briefs[leaf.leaf];
  if (!text) return part("Brief", el("p", { class: "aside" }, "Not in this file. ", el("code", {}, `autonomy show ${leaf.id}`), " prints it."));
  const details = el("details", {}, el("summary", {}, "What a worker is told of this subplan"));
  details.addEventListener("toggle", () => { if (details.open && details.children.length === 1) details.append(markdown(text)); });
  return part("Brief", details);
}
