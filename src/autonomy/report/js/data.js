// The data of the page, and what every view looks up in it. Leaves, files and nodes are numbers, in plan order.
"use strict";

let D = null;

function digest(page) {
  const nodes = page.nodes, run = page.run;
  const children = nodes.id.map(() => []);
  nodes.parent.forEach((parent, node) => { if (parent >= 0) children[parent].push(node); });
  const leaves = [];
  nodes.leaf.forEach((leaf, node) => {
    if (leaf < 0) return;
    leaves[leaf] = {
      leaf, node, id: nodes.id[node], slug: nodes.slug[node], files: nodes.files[node], tokens: nodes.tokens[node], why: nodes.why[node],
      status: run ? run.status[leaf] : null, error: run ? run.error[leaf] : "", waits: page.waits[leaf], needed: [], held: page.held[leaf], tries: [], out: [], into: [],
    };
  });
  for (const leaf of leaves) for (const before of leaf.waits) leaves[before].needed.push(leaf.leaf);
  if (run) run.tries.forEach((each, number) => { each.number = number; leaves[each.leaf].tries.push(each); });
  const ties = page.ties ? tiesOf(page.ties, leaves) : null;
  const byId = new Map(leaves.map((leaf) => [leaf.id, leaf]));
  return { ...page, children, leaves, ties, byId, nodeById: new Map(nodes.id.map((id, node) => [id, node])) };
}

function tiesOf(ties, leaves) {
  let start = 0, number = 0;
  const cut = [];
  ties.leaves.forEach((count, from) => {
    for (const last = number + count; number < last; number++) {
      const tie = { number, from, to: ties.to[number], count: ties.count[number], start };
      start += 2 * tie.count;
      cut.push(tie);
      leaves[from].out.push(tie);
      leaves[tie.to].into.push(tie);
    }
  });
  return { cut, pairs: ties.pairs, inside: ties.inside, hubs: ties.hubs };
}

/** The references that a tie stands for: pairs of files. */
function pairsOf(tie) {
  const from = D.files.starts[tie.from], to = D.files.starts[tie.to], pairs = D.ties.pairs;
  return Array.from({ length: pairs ? tie.count : 0 }, (_, at) => [from + pairs[tie.start + 2 * at], to + pairs[tie.start + 2 * at + 1]]);
}

const pathOf = (file) => shown(D.files.paths[file]);

function leafOfFile(file) {
  const starts = D.files.starts;
  let low = 0, high = starts.length - 1;
  while (high - low > 1) { const middle = (low + high) >> 1; if (starts[middle] <= file) low = middle; else high = middle; }
  return D.leaves[low];
}

function crossing(leaf) {
  let sum = 0;
  for (const tie of leaf.out) sum += tie.count;
  for (const tie of leaf.into) sum += tie.count;
  return sum;
}

/** The share of the references that touch this leaf and leave it or come from outside; null where there are none. */
function coupling(leaf) {
  if (!D.ties) return null;
  const cross = crossing(leaf), all = cross + D.ties.inside[leaf.leaf];
  return all ? cross / all : null;
}

/** The language of most tokens of a leaf; where the tree was not at hand, the suffix of most of its files. */
function languageOf(leaf) {
  if (leaf.language !== undefined) return leaf.language;
  const weight = new Map();
  for (let file = D.files.starts[leaf.leaf]; file < D.files.starts[leaf.leaf + 1]; file++) {
    const name = D.files.language ? D.files.languages[D.files.language[file]] : suffix(D.files.paths[file]);
    weight.set(name, (weight.get(name) || 0) + 1 + (D.files.tokens ? D.files.tokens[file] : 0));
  }
  const [name] = [...weight].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))[0] || [""];
  return (leaf.language = name || "other");
}

function suffix(path) {
  const name = path.slice(path.lastIndexOf("/") + 1), dot = name.lastIndexOf(".");
  return dot > 0 ? name.slice(dot) : "";
}

/** Languages by their leaves' tokens, the heaviest first. */
function languages() {
  const weight = new Map();
  for (const leaf of D.leaves) weight.set(languageOf(leaf), (weight.get(languageOf(leaf)) || 0) + leaf.tokens);
  return [...weight].sort((a, b) => b[1] - a[1]).map(([name]) => name);
}

function leavesBelow(node) {
  const found = [], stack = [node];
  while (stack.length) {
    const next = stack.pop();
    if (D.nodes.leaf[next] >= 0) found.push(D.leaves[D.nodes.leaf[next]]);
    else for (let at = D.children[next].length - 1; at >= 0; at--) stack.push(D.children[next][at]);
  }
  return found;
}

/** At most `most` nodes that hold everything below `root`: the heaviest one that can be opened is, again and again. */
function heaviest(root, most) {
  const found = [root];
  for (;;) {
    const open = found.filter((node) => D.children[node].length && found.length - 1 + D.children[node].length <= most);
    if (!open.length) return found.sort((a, b) => a - b);
    const node = open.reduce((a, b) => (D.nodes.tokens[b] > D.nodes.tokens[a] ? b : a));
    found.splice(found.indexOf(node), 1, ...D.children[node]);
  }
}

// Controls, bidirectional overrides and lone surrogates are spelled out: names, paths and logs are anybody's text.
const UNSAFE = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;
const spelled = (sign) => {
  const code = sign.charCodeAt(0);
  if (code >= 0xdc80 && code <= 0xdcff) return "\\x" + (code - 0xdc00).toString(16);
  return "\\u" + code.toString(16).padStart(4, "0");
};
const shown = (text) => String(text).replace(UNSAFE, spelled).replace(/[\t\n]/g, (sign) => (sign === "\n" ? "\\n" : "\\t"));
const block = (text) => String(text).replace(/\x1b\[[0-9;?]*[ -/]*[@-~]/g, "").replace(/\r\n?/g, "\n").replace(UNSAFE, spelled);

const grouped = (number) => Math.round(number).toLocaleString("en-US");
const short = (number) => number >= 1e6 ? (number / 1e6).toFixed(1).replace(/\.0$/, "") + "M" : number >= 1e4 ? Math.round(number / 1e3) + "k" : grouped(number);
const percent = (share) => share === null ? "–" : (100 * share).toFixed(share > 0 && share < 0.1 ? 1 : 0) + "%";
const count = (number, noun) => `${grouped(number)} ${noun}${number === 1 ? "" : "s"}`;
const worded = (name) => name.replace("_", " ");

function duration(seconds) {
  if (seconds < 1) return `${(1000 * seconds).toFixed(0)} ms`;
  if (seconds < 60) return `${seconds.toFixed(seconds < 10 ? 1 : 0)} s`;
  const whole = Math.round(seconds), hours = Math.floor(whole / 3600), minutes = Math.floor(whole / 60) % 60;
  return hours ? `${hours} h ${minutes} min` : `${minutes} min ${whole % 60} s`;
}

const amount = (value, unit) => unit === "tokens" ? `${short(value)} tokens` : duration(value);
