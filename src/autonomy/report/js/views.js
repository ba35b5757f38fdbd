// The views, in the order of the page. Each is a section with a chart and its table; it is made when it comes near.
"use strict";

/** What was chosen, for views that are made anew while a run goes on; the plan stays the same. */
const kept = { map: 0, graph: 0, colour: null };

const MOST_NODES = 1500, GRAPH_NODES = 120, GRAPH_EDGES = 260, HUBS = 12;

function section(id, title, text, tools) {
  return el("section", { class: "view", id, "aria-labelledby": `${id}-title` }, el("header", {}, el("div", {}, el("h2", { id: `${id}-title` }, title), el("p", {}, text)), tools ? el("div", { class: "tools" }, tools) : null));
}

const chartBox = (label, height) => el("div", { class: "chart", role: "img", "aria-label": label, vars: height ? { height } : {} });
const select = (label, options, chosen, change) => el("label", {}, label, el("select", { onchange: (event) => change(event.target.value) }, options.map(([value, name]) => el("option", { value, selected: value === chosen }, name))));

/** The way from the root to `root`, and what can be opened below it: what a click on the chart does, by keys. */
function crumbs(root, go) {
  const chain = [], named = (node) => (node ? D.nodes.slug[node] : "All subplans");
  for (let node = root; node >= 0; node = D.nodes.parent[node]) chain.unshift(node);
  const steps = chain.map((node, at) => [at ? el("span", { class: "sep", "aria-hidden": "true" }, "/") : null, node === root ? el("span", { "aria-current": "location" }, named(node)) : el("button", { type: "button", class: "link", onclick: () => go(node) }, named(node))]);
  const inner = D.children[root].filter((child) => D.children[child].length);
  const options = inner.map((child) => el("option", { value: child }, `${D.nodes.slug[child]} (${grouped(leavesBelow(child).length)})`));
  const into = inner.length ? el("select", { "aria-label": "Open a part", onchange: (event) => go(Number(event.target.value)) }, el("option", { value: "" }, "Open a part"), options) : null;
  return [...steps.flat(), into].filter(Boolean);
}

/** How nodes are coloured: {fill(node), legend()}. */
function paints() {
  const mean = (node, value) => { let sum = 0, weight = 0; for (const leaf of leavesBelow(node)) { const each = value(leaf); if (each !== null) { sum += each * leaf.tokens; weight += leaf.tokens; } } return weight ? sum / weight : null; };
  const worst = ["failed", "error", "timed_out", "running", "cancelled", "skipped", "queued", "succeeded"];
  const swatch = (fill, name) => el("li", {}, el("span", { class: "swatch", vars: { background: fill } }), name);
  const found = {};
  if (D.run) found.status = {
    title: "status",
    fill: (node) => { const states = new Set(leavesBelow(node).map((leaf) => leaf.status)); return color(worst.find((each) => states.has(each)) || "queued"); },
    legend: () => Object.entries(D.run.counts).map(([name, number]) => swatch(color(name), `${worded(name)} ${grouped(number)}`)),
  };
  const names = languages(), number = new Map(names.map((name, at) => [name, at]));
  found.language = {
    title: "language",
    fill: (node) => { const weight = new Map(); for (const leaf of leavesBelow(node)) weight.set(languageOf(leaf), (weight.get(languageOf(leaf)) || 0) + leaf.tokens); return palette(number.get([...weight].sort((a, b) => b[1] - a[1])[0][0])); },
    legend: () => [...names.slice(0, 9).map((name, at) => swatch(palette(at), name)), names.length > 9 ? swatch(palette(9), `${names.length - 9} more`) : null],
  };
  if (D.ties && D.ties.cut.length) found.coupling = {
    title: "coupling",
    fill: (node) => mix(color("low"), color("high"), mean(node, coupling) ?? 0),
    legend: () => el("li", {}, "references that cross: 0%", el("span", { class: "ramp" }), "100%"),
  };
  return found;
}

function mapView() {
  const paint = paints(), names = Object.keys(paint);
  let by = names.includes(kept.colour) ? kept.colour : names[0], root = kept.map, drawn = null;
  const trail = el("nav", { class: "crumbs", "aria-label": "Where in the tree" }), legend = el("ul", { class: "legend" }), note = el("p", { class: "note", role: "status" });
  const made = section("map", "Map", "Every rectangle is a subplan, as large as its tokens. Click one to read it, or a heading to zoom in.",
    select("Colour", names.map((name) => [name, paint[name].title]), by, (value) => { by = kept.colour = value; update(); }));
  const box = chartBox(`Treemap of ${count(D.leaves.length, "subplan")}; the table below says the same`, "34rem");
  add(made, [trail, box, legend, note, twin(`All ${count(D.leaves.length, "subplan")} as a table`, () => table(leafColumns(), D.leaves, "Subplans"))]);
  function update() {
    trail.replaceChildren(...crumbs(root, go));
    legend.replaceChildren();
    add(legend, [paint[by].legend()]);
    if (drawn) drawn.redraw();
  }
  function go(node) { root = kept.map = node; update(); }
  function option() {
    const { option: found, shownNodes, folded } = treemapOption(root, MOST_NODES, (node) => paint[by].fill(node), box.clientWidth * box.clientHeight);
    note.textContent = folded ? `Collapsed: ${grouped(shownNodes)} of ${grouped(D.nodes.id.length)} nodes are drawn; ${grouped(folded)} subplans are folded into what holds them. Click to zoom in.` : "";
    return found;
  }
  made.start = () => {
    drawn = chart(box, option, {
      click: ({ data }) => { if (!data || data.node === undefined) return; const leaf = D.nodes.leaf[data.node]; if (leaf >= 0) location.hash = `subplan=${D.leaves[leaf].id}`; else go(data.node); },
      mousemove: ({ data, event }) => { if (data && data.node !== undefined) tip(event.event, nodeLines(data.node)); },
    });
  };
  update();
  return made;
}

function nodeLines(node) {
  const leaf = D.nodes.leaf[node] >= 0 ? D.leaves[D.nodes.leaf[node]] : null;
  return [D.nodes.slug[node], `${count(D.nodes.files[node], "file")}, ${grouped(D.nodes.tokens[node])} tokens`,
    leaf ? [leaf.status && worded(leaf.status), languageOf(leaf), D.ties && `${percent(coupling(leaf))} of its references cross`].filter(Boolean).join(" · ") : count(leavesBelow(node).length, "subplan"),
    leaf && leaf.error && cut(shown(leaf.error), 160)];
}

function graphView() {
  const ties = D.ties ? D.ties.cut : D.leaves.flatMap((leaf) => leaf.waits.map((to) => ({ from: leaf.leaf, to, count: 1 })));
  if (!ties.length) return null;
  let root = kept.graph, least = 1, drawn = null, edges = [], nodes = [], left = 0, lone = 0, inner = false;
  const trail = el("nav", { class: "crumbs", "aria-label": "Where in the graph" }), note = el("p", { class: "note", role: "status" }), detail = el("div", { class: "detail", "aria-live": "polite" });
  const slider = el("input", { type: "range", min: 0, max: 100, value: 0, "aria-label": "Least number of references", oninput: (event) => { least = strength(Number(event.target.value)); update(false); } }), told = el("output", {});
  const text = D.ties ? `Lines are references that the cut has severed, thicker where there are more. A ring marks what holds a hub, a file that very many subplans refer to.${D.run ? "" : " Neighbours in the tree share a colour."} Click a line to see its references.` : "Lines are what waits for what.";
  const legend = D.run ? el("ul", { class: "legend" }, paints().status.legend()) : null;
  const made = section("graph", "References between subplans", text, D.ties ? el("label", {}, "Show from", slider, told) : null);
  const box = chartBox(`Graph of ${count(D.leaves.length, "subplan")} and ${count(ties.length, "connection")}; the table below says the same`, "46rem");
  const columns = [
    { title: "From", of: (tie) => leafLink(D.leaves[tie.from]), key: (tie) => D.leaves[tie.from].slug },
    { title: "To", of: (tie) => leafLink(D.leaves[tie.to]), key: (tie) => D.leaves[tie.to].slug },
    { title: "References", num: true, key: (tie) => tie.count, of: (tie) => D.ties ? el("button", { type: "button", class: "link", "aria-label": `Show ${count(tie.count, "reference")}`, onclick: () => { list(tie.from, tie.to, [tie]); detail.scrollIntoView({ block: "center" }); } }, grouped(tie.count)) : "waits" },
    { title: "Order", of: (tie) => D.leaves[tie.from].waits.includes(tie.to) ? "waits for it" : "does not wait", key: (tie) => Number(D.leaves[tie.from].waits.includes(tie.to)) },
  ];
  add(made, [trail, box, legend, note, detail, twin(`All ${count(ties.length, "connection")} as a table`, () => table(columns, [...ties].sort((a, b) => b.count - a.count), "Connections between subplans"))]);
  if (D.ties && D.ties.hubs.length) made.append(twin(`${count(D.ties.hubs.length, "hub")}: files that very many subplans refer to`, () => table([
    { title: "File", of: ([file]) => pathOf(file), key: ([file]) => D.files.paths[file] },
    { title: "In", of: ([file]) => leafLink(leafOfFile(file)), key: ([file]) => leafOfFile(file).slug },
    { title: "Referred to by", num: true, of: ([, users]) => count(users, "other subplan"), key: ([, users]) => users },
  ], D.ties.hubs, "Hubs")));
  const strength = (at) => Math.max(1, Math.round(Math.exp((at / 100) * Math.log(Math.max(1, ...edges.map((edge) => edge.count))))));

  /** Nodes at one level of the tree, few enough to be told apart, and the ties between them, joined. */
  function collect() {
    nodes = heaviest(root, GRAPH_NODES);
    left = 0;
    if (nodes.length === 1 && D.children[root].length) {
      // Where there are too many, those that have the most to do with others say the most.
      const weight = new Map(D.children[root].map((child) => [child, leavesBelow(child).reduce((sum, leaf) => sum + crossing(leaf), 0)]));
      const children = [...D.children[root]].sort((a, b) => weight.get(b) - weight.get(a) || D.nodes.tokens[b] - D.nodes.tokens[a]);
      nodes = children.slice(0, GRAPH_NODES).sort((a, b) => a - b);
      left = children.length - nodes.length;
    }
    const home = new Map();
    for (const node of nodes) for (const leaf of leavesBelow(node)) home.set(leaf.leaf, node);
    const joined = new Map();
    for (const tie of ties) {
      const from = home.get(tie.from), to = home.get(tie.to);
      if (from === undefined || to === undefined || from === to) continue;
      const key = from * D.nodes.id.length + to;
      let edge = joined.get(key);
      if (!edge) joined.set(key, (edge = { from, to, count: 0, ties: [] }));
      edge.count += tie.count;
      edge.ties.push(tie);
    }
    edges = [...joined.values()].sort((a, b) => b.count - a.count);
    const tied = new Set(edges.flatMap((edge) => [edge.from, edge.to]));
    lone = tied.size ? nodes.length - tied.size : 0;
    inner = nodes.some((node) => D.nodes.leaf[node] < 0);
    if (tied.size) nodes = nodes.filter((node) => tied.has(node));
    least = edges.length > GRAPH_EDGES ? edges[GRAPH_EDGES].count + 1 : 1;
    const most = edges.length ? edges[0].count : 1;
    least = Math.min(least, most);
    slider.value = most > 1 ? Math.round(100 * Math.log(least) / Math.log(most)) : 0;
  }
  function update(fresh) {
    if (fresh) collect();
    const shownEdges = edges.filter((edge) => edge.count >= least);
    told.textContent = count(least, "reference");
    trail.replaceChildren(...crumbs(root, go));
    note.textContent = [
      inner ? `Collapsed to ${grouped(nodes.length)} parts of the tree: ${grouped(D.leaves.length)} subplans are too many to tell apart. Click a part to open it.` : "",
      left ? `The ${grouped(left)} parts with the fewest references are left out.` : "", lone ? `${count(lone, inner ? "part" : "subplan")} without a connection ${lone === 1 ? "is" : "are"} left out.` : "",
      shownEdges.length < edges.length ? `The ${grouped(shownEdges.length)} strongest of ${grouped(edges.length)} connections are drawn.` : "",
    ].filter(Boolean).join(" ");
    if (drawn) drawn.redraw();
  }
  function go(node) { root = kept.graph = node; update(true); }
  function list(from, to, found) {
    detail.replaceChildren(el("h3", {}, `${typeof from === "number" ? D.leaves[from].slug : from} refers to ${typeof to === "number" ? D.leaves[to].slug : to}`), references(found));
    say(`${count(found.reduce((sum, tie) => sum + tie.count, 0), "reference")} shown below the graph`);
  }
  made.start = () => {
    // Neighbours in the tree share a colour: that of the nearest ancestor among at most twenty.
    // Where there are more to begin with, the nine heaviest have one each.
    let tops = heaviest(0, 20);
    if (tops.length === 1) tops = [...D.children[0]].sort((a, b) => D.nodes.tokens[b] - D.nodes.tokens[a]).slice(0, 9);
    const groups = new Map(tops.map((node, at) => [node, at % 10]));
    const fill = (node) => { while (!groups.has(node) && D.nodes.parent[node] >= 0) node = D.nodes.parent[node]; return palette(groups.get(node) ?? 9); };
    const { status } = paints();
    update(true);
    drawn = chart(box, () => graphOption(nodes, edges.filter((edge) => edge.count >= least), status ? status.fill : fill, hubNodes(nodes), box.clientWidth > 620), {
      click: ({ data }) => {
        if (data && data.edge && D.ties) { list(D.nodes.slug[data.edge.from], D.nodes.slug[data.edge.to], data.edge.ties); return; }
        if (!data || data.node === undefined) return;
        const leaf = D.nodes.leaf[data.node];
        if (leaf >= 0) location.hash = `subplan=${D.leaves[leaf].id}`; else go(data.node);
      },
      mousemove: ({ data, event }) => { if (data && data.edge) tip(event.event, [`${D.nodes.slug[data.edge.from]} → ${D.nodes.slug[data.edge.to]}`, D.ties ? count(data.edge.count, "reference") : "waits for it"]); else if (data && data.node !== undefined) tip(event.event, nodeLines(data.node)); },
    });
  };
  return made;
}

function hubNodes(nodes) {
  if (!D.ties) return new Set();
  const leaves = new Set(D.ties.hubs.slice(0, HUBS).map(([file]) => leafOfFile(file).leaf));
  return new Set(nodes.filter((node) => leavesBelow(node).some((leaf) => leaves.has(leaf.leaf))));
}

/** The references that ties stand for, file by file. */
function references(ties, caption = "References") {
  if (!D.ties.pairs) return el("p", { class: "note" }, "There are too many references to list them one by one; autonomy explain ID does.");
  return table([{ title: "File", of: ([from]) => pathOf(from), key: ([from]) => D.files.paths[from] }, { title: "refers to", of: ([, to]) => pathOf(to), key: ([, to]) => D.files.paths[to] }], ties.flatMap(pairsOf), caption);
}

function timelineView() {
  const run = D.run, chain = new Set(run ? run.chain : []);
  if (run ? !run.tries.length : !D.expected) return null;
  const bars = run ? run.tries.map((each) => {
    const leaf = D.leaves[each.leaf], strong = chain.has(each.leaf);
    return { lane: each.lane, start: each.start, end: each.end, each, leaf, strong, faint: each.status === "succeeded" && run.tries.length > 1 && leaf.tries.length > 1 && !each.accepted, fill: color(each.status), label: leaf.slug + tryName(each, leaf) };
  }) : D.expected.map(([lane, start, end], at) => ({ lane, start, end, leaf: D.leaves[at], strong: false, fill: "", label: D.leaves[at].slug }));
  const lanes = Math.max(...bars.map((bar) => bar.lane)) + 1, end = Math.max(...bars.map((bar) => bar.end)), unit = run ? "seconds" : "tokens";
  if (!run) markLongest(bars);
  const text = run
    ? "A row per worker slot, a bar per attempt. An outline marks the critical path: each of its subplans had to wait for the one before. Drag the slider to zoom in." + (run.tries.some((each) => each.bench) ? " Where nothing runs, a benchmark has the machine to itself." : "")
    : "What the schedule would look like if time went by tokens: a row per worker. An outline marks the critical path.";
  const made = section("timeline", run ? "Timeline" : "Expected timeline", text);
  const box = chartBox(`Timeline of ${count(bars.length, run ? "attempt" : "subplan")} on ${count(lanes, "slot")}; the table below says the same`, `${Math.max(10, Math.min(46, 6.2 + lanes * 2))}rem`);
  const chainNote = run && chain.size ? el("p", { class: "note" }, "Critical path: ", run.chain.map((leaf, at) => [at ? " → " : "", leafLink(D.leaves[leaf])])) : null;
  const legend = run ? el("ul", { class: "legend" }, [...new Set(run.tries.map((each) => each.status))].map((name) => el("li", {}, el("span", { class: "swatch", vars: { background: `var(--${name})` } }), worded(name)))) : null;
  const columns = [{ title: "Subplan", of: (bar) => leafLink(bar.leaf), key: (bar) => bar.leaf.slug }];
  if (run) columns.push({ title: "Attempt", num: true, of: (bar) => bar.each.attempt, key: (bar) => bar.each.attempt }, { title: "Candidate", num: true, of: (bar) => bar.each.candidate, key: (bar) => bar.each.candidate }, { title: "Ended", of: (bar) => statusMark(bar.each.status), key: (bar) => bar.each.status });
  columns.push({ title: "Slot", num: true, of: (bar) => bar.lane + 1, key: (bar) => bar.lane }, { title: "Start", num: true, of: (bar) => amount(bar.start, unit), key: (bar) => bar.start }, { title: "Length", num: true, of: (bar) => amount(bar.end - bar.start, unit), key: (bar) => bar.end - bar.start }, { title: "Critical", of: (bar) => (bar.strong ? "yes" : ""), key: (bar) => Number(bar.strong) });
  add(made, [box, legend, chainNote, twin(`All ${count(bars.length, run ? "attempt" : "subplan")} as a table`, () => table(columns, bars, "Timeline"))]);
  made.start = () => {
    chart(box, () => { bars.forEach((bar) => { bar.fill = color(run ? bar.each.status : bar.strong ? "high" : "c0"); }); return timelineOption(bars, lanes, end, unit, run ? run.resumed : []); }, {
      click: ({ dataIndex }) => { location.hash = `subplan=${bars[dataIndex].leaf.id}`; },
      mousemove: ({ dataIndex, event }) => { const bar = bars[dataIndex]; if (bar) tip(event.event, [bar.label, run ? `${worded(bar.each.status)} after ${duration(bar.end - bar.start)}` : `${grouped(bar.end - bar.start)} tokens`, bar.strong ? "on the critical path" : "", run && bar.each.error && cut(shown(bar.each.error), 200)]); },
    });
  };
  return made;
}

const tryName = (each, leaf) => {
  const candidates = leaf.tries.some((other) => other.candidate > 1), attempts = leaf.tries.some((other) => other.attempt > 1);
  return (attempts ? ` #${each.attempt}` : "") + (candidates ? ` candidate ${each.candidate}` : "");
};

/** Without a run the critical path is the chain of waits that ends last. */
function markLongest(bars) {
  let bar = bars.reduce((a, b) => (b.end > a.end ? b : a));
  for (;;) {
    bar.strong = true;
    const befores = bar.leaf.waits.map((leaf) => bars[leaf]);
    if (!befores.length) return;
    bar = befores.reduce((a, b) => (b.end > a.end ? b : a));
  }
}

function failuresView() {
  if (!D.run || !D.run.causes.length) return null;
  const open = D.run.causes.filter((cause) => cause.open), over = D.run.causes.filter((cause) => !cause.open);
  const text = open.length ? `${count(open.length, "cause")}, by what messages and logs have in common.${over.length ? ` ${grouped(over.length)} more ${over.length === 1 ? "was" : "were"} overcome by a later attempt.` : ""}` : "Attempts that failed although their subplans succeeded in the end, by what messages and logs have in common.";
  const made = section("failures", open.length ? "Failures" : "Overcome failures", text);
  [...open, ...over].slice(0, 200).forEach((cause, at) => made.append(causeCard(cause, at)));
  const tries = D.run.causes.flatMap((cause) => cause.tries.map((number) => ({ cause, each: D.run.tries[number] })));
  made.append(twin(`All ${count(tries.length, "failed attempt")} as a table`, () => table([
    { title: "Subplan", of: ({ each }) => leafLink(D.leaves[each.leaf]), key: ({ each }) => D.leaves[each.leaf].slug },
    { title: "Attempt", num: true, of: ({ each }) => each.attempt, key: ({ each }) => each.attempt },
    { title: "Candidate", num: true, of: ({ each }) => each.candidate, key: ({ each }) => each.candidate },
    { title: "Ended", of: ({ each }) => statusMark(each.status), key: ({ each }) => each.status },
    { title: "Message", of: ({ each }) => shown(each.error || ""), key: ({ each }) => each.error || "" },
    { title: "Cause", wide: true, of: ({ cause }) => shown(cause.title), key: ({ cause }) => cause.title },
  ], tries, "Failed attempts")));
  return made;
}

function causeCard(cause, at) {
  const sample = cause.tries.map((number) => D.run.tries[number]).find((each) => each.tail) || null;
  const links = cause.leaves.map((leaf) => leafLink(D.leaves[leaf])), chips = el("div", { class: "chips" }, links.slice(0, 12));
  if (links.length > 12) chips.append(el("button", { type: "button", class: "quiet", onclick: (event) => { event.target.remove(); add(chips, links.slice(12)); } }, `and ${grouped(links.length - 12)} more`));
  return el("article", { class: cause.open ? "cause open" : "cause", "aria-labelledby": `cause-${at}` },
    el("h3", { id: `cause-${at}` }, shown(cause.title), el("span", { class: "count" }, `${count(cause.leaves.length, "subplan")}${cause.open ? "" : ", succeeded since"}`)),
    chips, cause.command ? command(cause.command) : null,
    sample ? el("details", { open: at < 2 && cause.open }, el("summary", {}, `End of the log of ${D.leaves[sample.leaf].slug}`), el("pre", { tabindex: "0" }, block(sample.tail))) : null);
}

function curveView() {
  if (D.curve.points.length < 2) return null;
  const curve = D.curve, one = curve.points[0][1];
  const made = section("workers", "Would more workers help?", "The length of the run against their number, by simulating the schedule. Dotted: what no schedule can beat, the critical path or all work shared evenly.");
  const box = chartBox(`Length of the run by number of workers; best useful ${curve.best}, now ${curve.now}; the table below says the same`, "22rem");
  add(made, [box, twin("As a table", () => table([
    { title: "Workers", num: true, of: ([workers]) => workers, key: ([workers]) => workers },
    { title: "Length", num: true, of: ([, length]) => amount(length, curve.unit), key: ([, length]) => length },
    { title: "Bound", num: true, of: ([, , bound]) => amount(bound, curve.unit), key: ([, , bound]) => bound },
    { title: "Speed-up", num: true, of: ([, length]) => `${(one / (length || 1)).toFixed(2)}×`, key: ([, length]) => one / (length || 1) },
  ], curve.points, "What-if curve"))]);
  made.start = () => chart(box, () => curveOption(curve), { mousemove: ({ value, seriesName, event }) => { if (value) tip(event.event, [count(value[0], "worker"), `${seriesName}: ${amount(value[1], curve.unit)}`]); } });
  return made;
}

function candidatesView() {
  if (!D.run) return null;
  const leaves = D.leaves.filter((leaf) => leaf.tries.length > 1 || leaf.tries.some((each) => each.verdicts || each.bench));
  if (!leaves.length) return null;
  const made = section("candidates", "Attempts and candidates", "Every attempt of the subplans that took more than one, or that were judged: what the validators said, and how much faster the benchmark found it, with its 95 % interval.");
  const rows = leaves.flatMap((leaf) => leaf.tries);
  made.append(tryTable(rows, null));
  return made;
}

/** The attempts `rows`, of `leaf` alone or, without one, of any. */
function tryTable(rows, leaf) {
  const benched = rows.some((each) => each.bench), costs = rows.some((each) => each.cost), most = Math.max(1.1, ...rows.map((each) => (each.bench ? each.bench.high : 1)));
  const least = Math.min(0.9, ...rows.map((each) => (each.bench ? each.bench.low : 1))), columns = leaf ? [] : [{ title: "Subplan", of: (each) => leafLink(D.leaves[each.leaf]), key: (each) => D.leaves[each.leaf].slug }];
  columns.push(
    { title: "Attempt", num: true, of: (each) => each.attempt, key: (each) => each.attempt },
    leaf && rows.every((each) => each.candidate === 1) ? null : { title: "Candidate", num: true, of: (each) => each.candidate, key: (each) => each.candidate },
    { title: "Ended", of: (each) => statusMark(each.status, each.accepted ? ", kept" : ""), key: (each) => each.status },
    { title: "Took", num: true, of: (each) => duration(each.seconds), key: (each) => each.seconds },
    { title: "Verdicts", wide: true, of: (each) => verdicts(each) },
  );
  if (benched) columns.push({ title: "Speed-up", of: (each) => (each.bench ? interval(each.bench, least, most) : "–"), key: (each) => (each.bench ? each.bench.speedup : 0) });
  if (costs) columns.push({ title: "Cost", num: true, of: (each) => (each.cost ? [dollarsText(each.cost), el("div", { class: "aside" }, tokensText(each.cost))] : "–"), key: (each) => (each.cost && each.cost.dollars) || 0 });
  return table(columns.filter(Boolean), rows, leaf ? `Attempts at ${leaf.slug}` : "Attempts and candidates");
}

function verdicts(each) {
  const found = (each.verdicts || []).filter((verdict) => verdict && typeof verdict === "object");
  const passed = found.filter((verdict) => verdict.passed).length;
  const no = found.filter((verdict) => !verdict.passed);
  const told = no.map((verdict) => el("details", {}, el("summary", {}, `${shown(verdict.reason || "rejected").replace(/_/g, " ")}: ${cut(shown(lastLine(verdict.message || "")), 90)}`), el("pre", { tabindex: "0" }, block(verdict.message || ""))));
  if (!found.length) return each.error ? shown(each.error) : "–";
  return [passed ? `${passed} of ${found.length} passed` : "none passed", told];
}

const lastLine = (text) => text.trim().split("\n").filter((line) => line.trim()).pop() || "";

/** The interval of a speed-up beside 1.0, drawn and in words. */
function interval(bench, least, most) {
  const width = 176, at = (value) => 6 + (width - 12) * (value - least) / (most - least);
  const paint = bench.low > 1 ? "succeeded" : bench.high < 1 ? "failed" : "faint";
  const words = `${bench.speedup.toFixed(2)}× (${bench.low.toFixed(2)} to ${bench.high.toFixed(2)})`;
  return [svg("svg", { class: "interval", viewBox: `0 0 ${width} 18`, "aria-hidden": "true" },
    svg("line", { x1: at(1), x2: at(1), y1: 1, y2: 17, stroke: "var(--faint)", "stroke-dasharray": "2 2" }),
    svg("line", { x1: at(bench.low), x2: at(bench.high), y1: 9, y2: 9, stroke: `var(--${paint})`, "stroke-width": 3, "stroke-linecap": "round" }),
    svg("circle", { cx: at(bench.speedup), cy: 9, r: 4.5, fill: `var(--${paint})` })), words];
}

const dollarsText = (cost) => cost.dollars === null ? "" : `$${cost.dollars.toFixed(cost.dollars < 1 ? 3 : 2)}`;
const tokensText = (cost) => cost.tokens_in === null && cost.tokens_out === null ? "" : `${short(cost.tokens_in || 0)} in, ${short(cost.tokens_out || 0)} out`;
const costText = (cost) => [dollarsText(cost), tokensText(cost)].filter(Boolean).join(" · ");

function costView() {
  if (!D.run || !D.run.tries.some((each) => each.cost)) return null;
  const told = D.run.tries.filter((each) => each.cost), sum = (name) => told.reduce((total, each) => total + (each.cost[name] || 0), 0);
  const known = (name) => told.some((each) => each.cost[name] !== null) ? sum(name) : null;
  const spent = told.filter((each) => !each.accepted).reduce((total, each) => total + (each.cost.dollars || 0), 0);
  const total = { dollars: known("dollars"), tokens_in: known("tokens_in"), tokens_out: known("tokens_out") };
  const made = section("cost", "Cost", `${costText(total)} in ${count(told.length, "attempt")} that reported it${spent > 0 ? `; $${spent.toFixed(2)} of it for attempts that were not kept` : ""}.`);
  const rows = D.leaves.filter((leaf) => leaf.tries.some((each) => each.cost)).map((leaf) => {
    const of = (name) => { const own = leaf.tries.filter((each) => each.cost && each.cost[name] !== null); return own.length ? own.reduce((a, each) => a + each.cost[name], 0) : null; };
    return { leaf, cost: { dollars: of("dollars"), tokens_in: of("tokens_in"), tokens_out: of("tokens_out") } };
  }).sort((a, b) => (b.cost.dollars || 0) - (a.cost.dollars || 0));
  const most = Math.max(1e-9, ...rows.map((row) => row.cost.dollars || 0));
  made.append(table([
    { title: "Subplan", of: (row) => leafLink(row.leaf), key: (row) => row.leaf.slug },
    { title: "Share", of: (row) => svg("svg", { class: "interval", viewBox: "0 0 176 18", "aria-hidden": "true" }, svg("rect", { x: 0, y: 5, height: 8, rx: 2, width: 176 * (row.cost.dollars || 0) / most, fill: "var(--accent)" })) },
    { title: "Dollars", num: true, of: (row) => (row.cost.dollars === null ? "–" : row.cost.dollars.toFixed(3)), key: (row) => row.cost.dollars || 0 },
    { title: "Tokens in", num: true, of: (row) => (row.cost.tokens_in === null ? "–" : grouped(row.cost.tokens_in)), key: (row) => row.cost.tokens_in || 0 },
    { title: "Tokens out", num: true, of: (row) => (row.cost.tokens_out === null ? "–" : grouped(row.cost.tokens_out)), key: (row) => row.cost.tokens_out || 0 },
    { title: "Attempts", num: true, of: (row) => row.leaf.tries.length, key: (row) => row.leaf.tries.length },
  ], rows, "Cost by subplan"));
  return made;
}
