// The charts. Each is made of plain values, coloured from the style sheet, and told of by our own tooltip.
"use strict";

const charts = new Map();

/** A chart on `box`, made once; drawn anew by `draw` when the size or the colour scheme changes. */
function chart(box, draw, events) {
  const made = echarts.init(box, null, { renderer: "canvas" });
  const redraw = () => { made.setOption(draw(), { notMerge: true }); dropStubs(made); };
  charts.set(box, { made, resize: () => { made.resize(); dropStubs(made); }, redraw });
  for (const [name, call] of Object.entries(events || {})) made.on(name, call);
  made.on("mouseout", () => tip(null, null));
  redraw();
  return { redraw, made };
}

addEventListener("resize", () => charts.forEach((each) => each.resize()));
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => charts.forEach((each) => each.redraw()));

const STUB = 36;

/** A name of which a rectangle has room for a letter or two says nothing: it is left to the tooltip. */
function dropStubs(made) {
  for (const shape of made.getZr().storage.getDisplayList(true)) {
    const label = shape.getTextContent && shape.getTextContent(), style = label && label.style;
    if (style && style.overflow === "truncate" && style.width < STUB && style.text.length * 7 > style.width) label.attr("ignore", true);
  }
}

const FONT = { fontFamily: "system-ui, sans-serif", fontSize: 12 };
const cut = (text, most) => (text.length > most ? text.slice(0, most - 1) + "…" : text);

/** A slug with its last parts only, as many as there is room for: neighbours differ at the end. */
function ending(slug, most) {
  const parts = slug.split(".");
  let from = 0;
  while (from < parts.length - 1 && parts.slice(from).join(".").length > most) from++;
  return cut(parts.slice(from).join("."), most);
}
const palette = (at) => color(`c${Math.min(at, 9)}`);

function mix(from, to, share) {
  const parts = (hex) => [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16));
  const a = parts(from), b = parts(to);
  return `rgb(${a.map((each, at) => Math.round(each + (b[at] - each) * share)).join(",")})`;
}

/** How bright a colour is, by WCAG 2. */
function luminance(fill) {
  const parts = fill.startsWith("#") ? [1, 3, 5].map((at) => parseInt(fill.slice(at, at + 2), 16)) : fill.match(/\d+/g).map(Number);
  const [red, green, blue] = parts.map((part) => (part / 255 <= 0.04045 ? part / 3294.6 : ((part / 255 + 0.055) / 1.055) ** 2.4));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** Dark or white, whichever has more contrast with a fill. */
function inkOn(fill) {
  const own = luminance(fill) + 0.05, dark = "#14171b";
  return own / (luminance(dark) + 0.05) > 1.05 / own ? dark : "#ffffff";
}

/** A slug without what its parent's says already. */
function brief(node) {
  const slug = D.nodes.slug[node].split("."), parent = D.nodes.parent[node] >= 0 ? D.nodes.slug[D.nodes.parent[node]].split(".") : [];
  let same = 0;
  while (same < slug.length - 1 && slug[same] === parent[same]) same++;
  return slug.slice(same).join(".");
}

/** The nodes to draw with their children: the heaviest are opened first, until `most` nodes are drawn. */
function opened(root, most) {
  const open = new Set(), queue = [root];
  let total = 1;
  while (queue.length) {
    const node = queue.reduce((a, b) => (D.nodes.tokens[b] > D.nodes.tokens[a] ? b : a)), children = D.children[node];
    queue.splice(queue.indexOf(node), 1);
    if (!children.length || total + children.length > most) continue;
    open.add(node);
    total += children.length;
    queue.push(...children.filter((child) => D.children[child].length));
  }
  return open;
}

/** `room`: the pixels of the whole; what gets few of them has no gap, no heading, no name. */
function treemapOption(root, most, fillOf, room) {
  const line = color("raised"), open = opened(root, most);
  let shownNodes = 0, folded = 0;
  for (const node of open) shownNodes += D.children[node].length;
  const pixels = (node) => room * D.nodes.tokens[node] / Math.max(1, D.nodes.tokens[root]), dense = shownNodes > 300;
  const build = (node) => {
    const inner = open.has(node), leaf = D.nodes.leaf[node], size = pixels(node), name = brief(node);
    if (!inner && leaf < 0) folded += leavesBelow(node).length;
    const fill = inner ? color("wash") : fillOf(node);
    const item = {
      name, value: Math.max(1, D.nodes.tokens[node]), node,
      itemStyle: { color: fill, borderColor: inner ? color("wash") : line, borderWidth: inner ? (size < 2500 ? 1 : dense ? 2 : 3) : 0, gapWidth: size < 9000 || dense ? 1 : 3 },
      label: { show: size > 2000, color: inner ? color("soft") : inkOn(fill), formatter: size > 14000 ? `${name}\n{small|${short(D.nodes.tokens[node])} tokens}` : name, rich: { small: { ...FONT, fontSize: 11, color: inner ? color("soft") : inkOn(fill), lineHeight: 20 } } },
      upperLabel: { show: size > 6000, color: color("soft") },
    };
    if (inner) item.children = D.children[node].map(build);
    return item;
  };
  const tree = build(root);
  const option = {
    animation: false,
    series: [{
      type: "treemap", data: tree.children || [tree], nodeClick: false, roam: false, breadcrumb: { show: false },
      left: 6, right: 6, top: 6, bottom: 6, visibleMin: 0, childrenVisibleMin: 12, sort: "desc",
      label: { ...FONT, position: [0, 0], padding: [7, 8, 4, 8], overflow: "truncate", ellipsis: "…" },
      upperLabel: { ...FONT, fontWeight: 600, show: true, height: 22, padding: [1, 5], overflow: "truncate", ellipsis: "…", formatter: (item) => item.name },
      itemStyle: { borderRadius: dense ? 1 : 3 },
      levels: [{ itemStyle: { gapWidth: dense ? 2 : 5, borderWidth: 0, borderColor: line }, upperLabel: { show: false } }],
      emphasis: { itemStyle: { borderColor: color("ink") }, upperLabel: { show: true } },
    }],
  };
  return { option, shownNodes: shownNodes + 1, folded };
}

function graphOption(nodes, edges, fillOf, hubs, wide) {
  const many = nodes.length > 60, most = Math.max(1, ...edges.map((edge) => edge.count)), heaviest = Math.max(1, ...nodes.map((node) => D.nodes.tokens[node]));
  const place = new Map(nodes.map((node, at) => [node, at]));
  return {
    animation: false,
    series: [{
      type: "graph", layout: "circular", circular: { rotateLabel: true }, left: wide ? 140 : 50, right: wide ? 140 : 50, top: wide ? 140 : 50, bottom: wide ? 140 : 50,
      roam: true, scaleLimit: { min: 0.6, max: 6 }, draggable: false, edgeSymbol: ["none", "none"],
      data: nodes.map((node) => {
        const hub = hubs.has(node);
        return {
          name: String(node), node, symbolSize: (many ? 6 : 9) + (wide ? 20 : 9) * Math.sqrt(D.nodes.tokens[node] / heaviest),
          itemStyle: { color: fillOf(node), borderColor: hub ? color("ink") : color("raised"), borderWidth: hub ? 2 : 1 },
          label: { show: wide && (!many || hub || D.nodes.leaf[node] < 0), fontWeight: hub ? 600 : 400 },
        };
      }),
      links: edges.map((edge) => ({
        source: place.get(edge.from), target: place.get(edge.to), edge,
        lineStyle: { width: 0.6 + 5 * Math.sqrt(edge.count / most), opacity: 0.16 + 0.4 * Math.sqrt(edge.count / most) },
      })),
      label: { ...FONT, fontSize: 11, color: color("ink"), formatter: (item) => cut(brief(item.data.node), 17) },
      lineStyle: { color: color("accent"), curveness: 0.28 },
      emphasis: { focus: "adjacency", label: { show: true }, lineStyle: { opacity: 0.9 } }, blur: { itemStyle: { opacity: 0.25 }, lineStyle: { opacity: 0.04 } },
    }],
  };
}

/** An amount on an axis, where it is a round one. */
const tick = (value, unit) => (value ? amount(value, unit).replace(/ 0 (s|min)$/, "").replace(/\.0 s$/, " s") : "0");

/** `bars`: {lane, start, end, fill, label, strong, ...}; times in `unit`. */
function timelineOption(bars, lanes, end, unit, marks) {
  const ink = color("ink"), soft = color("soft"), line = color("line");
  return {
    animation: false,
    grid: { left: 44, right: 36, top: 14, bottom: 62 },
    xAxis: { type: "value", min: 0, max: end || 1, axisLabel: { ...FONT, color: soft, hideOverlap: true, showMaxLabel: false, formatter: (value) => tick(value, unit) }, splitLine: { lineStyle: { color: line } }, axisLine: { show: false } },
    yAxis: { type: "category", inverse: true, data: Array.from({ length: lanes }, (_, lane) => String(lane + 1)), axisLabel: { ...FONT, color: soft }, axisTick: { show: false }, axisLine: { show: false } },
    dataZoom: [
      { type: "inside", filterMode: "weakFilter", zoomOnMouseWheel: "ctrl", moveOnMouseWheel: false },
      { type: "slider", filterMode: "weakFilter", height: 18, bottom: 12, borderColor: "transparent", backgroundColor: color("wash"), fillerColor: color("accent-wash"), handleStyle: { color: color("accent") }, showDataShadow: false, showDetail: false, brushSelect: false, moveHandleSize: 0 },
    ],
    series: [{
      type: "custom", clip: true, data: bars.map((bar) => ({ value: [bar.start, bar.end, bar.lane], bar })), encode: { x: [0, 1], y: 2 },
      markLine: { silent: true, symbol: "none", data: marks.map((at) => ({ xAxis: at })), label: { ...FONT, color: soft, formatter: "resumed", position: "insideStartTop" }, lineStyle: { color: soft, type: "dashed" } },
      renderItem: (parameters, api) => {
        const bar = bars[parameters.dataIndex], from = api.coord([bar.start, bar.lane]), to = api.coord([bar.end, bar.lane]);
        const height = Math.max(4, Math.min(26, api.size([0, 1])[1] * 0.74)), area = parameters.coordSys;
        const left = Math.max(from[0], area.x), right = Math.min(Math.max(to[0], from[0] + 2), area.x + area.width);
        if (right <= left) return null;
        const room = right - left - 10, text = height >= 12 && room > 26 ? ending(bar.label, Math.floor(room / 6.8)) : "";
        return {
          type: "rect", shape: { x: left, y: from[1] - height / 2, width: Math.max(1.5, right - left - 1), height, r: 3 },
          style: { fill: bar.fill, opacity: bar.faint ? 0.62 : 1, stroke: bar.strong ? ink : null, lineWidth: bar.strong ? 2 : 0 },
          textContent: text ? { type: "text", style: { text, fill: inkOn(bar.fill), font: "11px system-ui, sans-serif" } } : null,
          textConfig: { position: "insideLeft", distance: 6 }, emphasis: { style: { stroke: ink, lineWidth: 1.5 } },
        };
      },
    }],
  };
}

function curveOption(curve) {
  const soft = color("soft"), line = color("line"), most = Math.max(...curve.points.map((point) => point[0]));
  const last = Math.max(curve.now, curve.best);
  const dashed = (at, name, paint) => ({ xAxis: Math.min(at, most), label: { ...FONT, color: color(paint), formatter: name, align: at > Math.sqrt(most) ? "right" : "left" }, lineStyle: { color: color(paint), type: "dashed" } });
  const marks = curve.now === curve.best ? [dashed(last, `now, and best: ${curve.best}`, "ink")] : [dashed(curve.now, `now: ${curve.now}`, "ink"), dashed(curve.best, `best useful: ${curve.best}`, "good")];
  marks.forEach((mark, at) => { mark.label.rotate = 0; mark.label.position = "end"; mark.label.distance = 4 + at * 16; });
  return {
    animation: false,
    grid: { left: 84, right: 84, top: 46, bottom: 48 },
    xAxis: { type: "log", logBase: 2, min: 1, max: Math.max(2, most), name: "workers", nameLocation: "middle", nameGap: 28, nameTextStyle: { ...FONT, color: soft }, axisLabel: { ...FONT, color: soft }, splitLine: { show: false }, axisTick: { lineStyle: { color: line } }, axisLine: { lineStyle: { color: line } } },
    yAxis: { type: "value", min: 0, axisLabel: { ...FONT, color: soft, formatter: (value) => tick(value, curve.unit) }, axisLine: { show: false }, axisTick: { show: false }, splitLine: { lineStyle: { color: line } } },
    series: [
      { name: "length of the run", type: "line", data: curve.points.map(([workers, length]) => [workers, length]), symbolSize: 7, lineStyle: { width: 2.5, color: color("accent") }, itemStyle: { color: color("accent") }, areaStyle: { color: color("accent"), opacity: 0.07 }, markLine: { silent: true, symbol: "none", data: marks } },
      { name: "no schedule can be shorter", type: "line", data: curve.points.map(([workers, , bound]) => [workers, bound]), symbol: "none", lineStyle: { width: 1.5, type: "dotted", color: soft }, itemStyle: { color: soft } },
    ],
  };
}
