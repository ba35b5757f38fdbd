// Put the page together, find things in it, keep the address and what is shown in step.
"use strict";

const HITS = 12;
let pending = [], place = null;

function build() {
  const failures = failuresView(), open = D.run && D.run.causes.some((cause) => cause.open);
  const sections = [open && failures, mapView(), graphView(), timelineView(), curveView(), candidatesView(), !open && failures, costView()].filter(Boolean);
  charts.clear();
  $("sections").replaceChildren(...sections);
  const links = new Map(sections.map((each) => [each, el("a", { href: `#${each.id}` }, NAMES[each.id])]));
  $("views").replaceChildren(...links.values());
  if (place) place.disconnect();
  place = new IntersectionObserver((entries) => entries.forEach((entry) => { links.get(entry.target).ariaCurrent = entry.isIntersecting ? "true" : null; }), { rootMargin: "-25% 0px -74% 0px" });
  sections.forEach((each) => place.observe(each));
  figures();
  const watcher = new IntersectionObserver((entries) => entries.forEach((entry) => { if (entry.isIntersecting) begin(entry.target, watcher); }), { rootMargin: "500px" });
  pending = sections.filter((each) => each.start);
  pending.forEach((each) => watcher.observe(each));
}

const NAMES = { failures: "Failures", map: "Map", graph: "References", timeline: "Timeline", workers: "Workers", candidates: "Candidates", cost: "Cost" };

function begin(each, watcher) {
  if (watcher) watcher.unobserve(each);
  const start = each.start;
  each.start = null;
  if (start) start();
}

function figures() {
  const found = D.metrics, run = D.run, one = D.curve.points[0][1], bad = run ? sumOf(run.counts, ["failed", "error", "timed_out"]) : 0;
  const now = D.curve.points.find(([workers]) => workers >= D.curve.now) || D.curve.points[D.curve.points.length - 1];
  const rows = run ? [
    ["subplans", grouped(D.leaves.length)], ["succeeded", grouped(run.counts.succeeded || 0), "succeeded"], ["failed", grouped(bad), bad ? "failed" : null],
    ...["skipped", "cancelled", "running", "queued"].map((name) => [name, run.counts[name] ? grouped(run.counts[name]) : null, name]),
    ["attempts", grouped(run.tries.length)], ["at work", duration(run.seconds)], ["at most at once", `${run.peak_parallel} of ${run.max_parallel}`], ["isolation", run.isolation],
  ] : [
    ["files", grouped(found.files ?? D.files.paths.length)], ["subplans", grouped(D.leaves.length)], ["tokens, estimated", short(found.tokens ?? D.nodes.tokens[0])], ["levels", found.depth === undefined ? null : grouped(found.depth)],
    ["references cut", found.edges ? percent(found.edge_cut) : null], ["longest chain", found.critical_path === undefined ? null : grouped(found.critical_path)], [`faster with ${D.curve.now}`, `${(one / (now[1] || 1)).toFixed(1)}×`],
  ];
  $("figures").replaceChildren(...rows.filter((row) => row[1] !== null).map(([name, value, status]) => el("div", { class: status ? `is-${status}` : null }, el("dt", {}, name), el("dd", {}, value))));
  $("share").hidden = $("ran").hidden = !run;
  if (!run) return;
  const counts = Object.entries(run.counts);
  $("share").setAttribute("aria-label", counts.map(([name, number]) => `${grouped(number)} ${worded(name)}`).join(", "));
  $("share").replaceChildren(...counts.map(([name, number]) => el("span", { class: `is-${name}`, vars: { "--share": number } })));
  $("ran").replaceChildren(el("span", {}, run.started.slice(0, 16).replace("T", " "), " UTC"), el("code", {}, cut(run.command.map((word) => (/\s/.test(word) ? `'${shown(word.replace(/\s+/g, " ").trim())}'` : shown(word))).join(" "), 300)));
}

const sumOf = (counts, names) => names.reduce((sum, name) => sum + (counts[name] || 0), 0);

/** The address decides what is open, so that a link shows the same to whoever gets it. */
function follow() {
  const found = /^#subplan=(.+)$/.exec(location.hash);
  const leaf = found ? D.byId.get(decode(found[1])) : null;
  if (leaf) openPanel(leaf);
  else if (!$("panel").hidden) closePanel();
  if (found && !leaf) say(`There is no subplan ${decode(found[1])} here`);
}

function decode(text) { try { return decodeURIComponent(text); } catch { return text; } }

function search() {
  const input = $("query"), box = $("hits");
  let hits = [], chosen = -1, lower = null;
  function look() {
    const asked = input.value.trim().toLowerCase();
    lower = lower || D.files.paths.map((path) => path.toLowerCase());
    hits = [];
    if (asked) {
      for (const leaf of D.leaves) if (hits.length < HITS && (leaf.slug.toLowerCase().includes(asked) || leaf.id.startsWith(asked))) hits.push({ leaf, text: leaf.slug, where: `${count(leaf.files, "file")}${leaf.status ? `, ${worded(leaf.status)}` : ""}` });
      for (let file = 0; file < lower.length && hits.length < 2 * HITS; file++) if (lower[file].includes(asked)) { const leaf = leafOfFile(file); hits.push({ leaf, text: pathOf(file), where: `in ${leaf.slug}` }); }
    }
    chosen = hits.length ? 0 : -1;
    draw(asked);
  }
  function draw(asked) {
    box.hidden = !asked;
    input.setAttribute("aria-expanded", String(!box.hidden));
    if (chosen >= 0) input.setAttribute("aria-activedescendant", `hit-${chosen}`); else input.removeAttribute("aria-activedescendant");
    box.replaceChildren(...(hits.length ? hits.map((hit, at) => el("li", { id: `hit-${at}`, role: "option", "aria-selected": String(at === chosen), onpointerdown: (event) => { event.preventDefault(); go(at); } }, hit.text, el("div", { class: "where" }, hit.where))) : [el("li", { role: "option", "aria-selected": "false", "aria-disabled": "true" }, "Nothing by that name")]));
    if (chosen >= 0) box.children[chosen].scrollIntoView({ block: "nearest" });
  }
  function go(at) {
    if (!hits[at]) return;
    location.hash = `subplan=${hits[at].leaf.id}`;
    close();
  }
  function close() { box.hidden = true; input.setAttribute("aria-expanded", "false"); }
  input.addEventListener("input", look);
  input.addEventListener("focus", () => { if (input.value) look(); });
  input.addEventListener("blur", close);
  input.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && hits.length) { event.preventDefault(); chosen = (chosen + step + hits.length) % hits.length; draw(true); }
    else if (event.key === "Enter") { event.preventDefault(); go(chosen); }
    else if (event.key === "Escape") { event.stopPropagation(); if (box.hidden) input.value = ""; close(); }
  });
}

addEventListener("hashchange", follow);
addEventListener("popstate", follow);
addEventListener("keydown", (event) => {
  if (event.key === "/" && !/^(INPUT|SELECT|TEXTAREA)$/.test(document.activeElement.tagName) && !event.ctrlKey && !event.metaKey) { event.preventDefault(); $("query").focus(); }
  if (event.key === "Escape" && !$("panel").hidden) closePanel();
});
addEventListener("beforeprint", () => { pending.forEach((each) => begin(each)); charts.forEach((each) => each.resize()); });

/** On a page that is served: ask for what is new, and show it without losing what is open. */
function watch() {
  let seen = "";
  const ask = async () => {
    try {
      const answer = await fetch("data.json", { headers: seen ? { "If-None-Match": seen } : {}, cache: "no-store" });
      if (answer.status === 200) { seen = answer.headers.get("ETag") || ""; renew(await answer.json()); }
    } catch { say("The server is gone; this is how the run stood when it was last seen"); return; }
    setTimeout(ask, 2000);
  };
  ask();
}

function renew(page) {
  const at = scrollY, open = new Set([...document.querySelectorAll("#sections details[open] > summary")].map((each) => each.textContent));
  D = digest(page);
  build();
  sentences();
  document.querySelectorAll("#sections details > summary").forEach((each) => { if (open.has(each.textContent)) each.parentNode.open = true; });
  scrollTo({ top: at, behavior: "instant" });
}

const MARKS = { good: "✓", bad: "✕", warn: "!", plain: "·" };

function sentences() {
  $("sentences").replaceChildren(...D.sentences.map((each) => el("li", { class: each.tone }, el("span", { class: "mark", "aria-hidden": "true" }, each.command ? "→" : MARKS[each.tone]), el("div", {}, el("p", {}, each.leaf === null ? shown(each.text) : el("a", { href: `#subplan=${D.leaves[each.leaf].id}` }, shown(each.text))), each.command ? command(each.command) : null))));
}

D = digest(JSON.parse($("data").textContent));
build();
sentences();
search();
follow();
if ($("live")) watch();
