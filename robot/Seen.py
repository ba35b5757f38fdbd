"""What a person who opens every table, card and panel of the page reads there, as text."""

from collections.abc import Mapping, Sequence
from typing import Any

TABLES = """
const [view, done] = arguments, section = document.getElementById(view);
if (!section) return done(null);
const twins = [...section.querySelectorAll('details.twin')];
twins.forEach((each) => { each.open = true; });
const read = () => {
  if (twins.some((each) => each.children.length < 2)) return setTimeout(read, 5);
  for (let more; (more = section.querySelector('.more button'));) more.click();
  const found = [...section.querySelectorAll('.scroll > table')].map((table) => {
    const texts = (row) => [...row.children].map((each) => each.textContent);
    const head = texts(table.tHead.rows[0]);
    return [...table.tBodies[0].rows].map((row) => Object.fromEntries(texts(row).map((text, at) => [head[at], text])));
  });
  // Tens of thousands of rows, left open, would be laid out again with each panel.
  twins.forEach((each) => { each.open = false; });
  done(found);
};
read();
"""

CAUSES = """
const cards = [...document.querySelectorAll('.cause')];
return cards.map((card) => {
  card.querySelectorAll('.chips button').forEach((more) => more.click());
  const leaves = [...card.querySelectorAll('.chips a')].map((link) => link.getAttribute('href').split('=')[1]);
  const command = card.querySelector('.command code');
  return {title: card.querySelector('h3').firstChild.textContent, leaves, command: command && command.textContent};
});
"""

FIGURES = """
const rows = [...document.querySelectorAll('#figures div')];
return Object.fromEntries(rows.map((row) => ['dt', 'dd'].map((tag) => row.querySelector(tag).textContent)));
"""

# What the map has drawn: how many rectangles, how many tokens those without a part have, and what the note says.
MAP = """
const data = charts.get(document.querySelector('#map .chart')).made.getOption().series[0].data;
const below = (item) => [item, ...(item.children || []).flatMap(below)], all = data.flatMap(below);
const weight = all.filter((each) => !each.children).reduce((sum, each) => sum + each.value, 0);
return {nodes: all.length, weight, note: document.querySelector('#map .note').textContent};
"""

PANELS = """
const [ids, addressed, done] = arguments, found = [], panel = document.getElementById('panel');
const links = (list) => [...list.querySelectorAll('a')].map((link) => link.getAttribute('href').split('=')[1]);
const lines = (list) => [...list.querySelectorAll('li')].map((each) => each.textContent);
const read = () => {
  panel.querySelectorAll('ul.plain button').forEach((more) => more.click());
  const parts = Object.fromEntries([...panel.querySelectorAll('section, .two > div')].map((each) => [each.querySelector('h3').textContent, each]));
  const part = (name) => parts[Object.keys(parts).find((each) => each.match(name))];
  const [waits, needed, why, files, tries] = [/^Waits for/, /^Needed by/, /^Why it is here/, /^[\\d,]+ files?$/, /attempts?$/].map(part);
  return {
    title: panel.querySelector('h2').textContent, meta: panel.querySelector('.meta').textContent,
    waits: links(waits), needed: links(needed), steps: lines(why.querySelector('ol')), text: panel.textContent,
    files: [...files.querySelectorAll('li')].map((each) => each.firstChild.textContent), heading: files.querySelector('h3').textContent,
    tails: tries ? [...tries.querySelectorAll('details pre.box')].map((each) => each.textContent) : [],
    diffs: [...panel.querySelectorAll('.diff')].map((each) => [each.querySelector('h4').textContent, [...each.querySelectorAll('pre span')].map((line) => line.textContent).join('\\n')]),
  };
};
const close = () => { history.replaceState(null, '', location.pathname); closePanel(); };
const next = (at) => {
  if (at === Math.min(addressed, ids.length)) {
    // A browser takes some hundred addresses in ten seconds; the rest is opened as a click on a name would.
    ids.slice(at).forEach((id) => { openPanel(D.byId.get(id)); found.push(read()); });
    close();
    return done(found);
  }
  addEventListener('hashchange', () => { found.push(read()); next(at + 1); }, {once: true});
  location.hash = 'subplan=' + ids[at];
};
next(0);
"""  # noqa: E501

Row = Mapping[str, str]
LOT = 100
ADDRESSED = 10


class Seen:
    """The page that a browser has open."""

    def __init__(self, driver: Any) -> None:
        self._driver = driver
        driver.set_script_timeout(300)

    def tables(self, view: str) -> list[list[Row]] | None:
        """Rows of each table of a view, all of them, by the title of their column; None where there is no such view."""
        return self._driver.execute_async_script(TABLES, view)

    def causes(self) -> list[dict[str, Any]]:
        """The cards of failures: title, leaves, command."""
        return self._driver.execute_script(CAUSES)

    def figures(self) -> Row:
        """The large numbers at the top, by their names."""
        return self._driver.execute_script(FIGURES)

    def map(self) -> dict[str, Any]:
        """What the map has drawn, after a look at it."""
        self._driver.execute_script("document.getElementById('map').scrollIntoView({behavior: 'instant'})")
        drawn = "return charts.has(document.querySelector('#map .chart'))"
        while not self._driver.execute_script(drawn):
            pass
        return self._driver.execute_script(MAP)

    def panels(self, leaves: Sequence[str]) -> list[dict[str, Any]]:
        """The panel of each leaf, the first ones opened by their address; in lots, as a driver waits not long."""
        lots = [leaves[at : at + LOT] for at in range(0, len(leaves), LOT)]
        asked = (
            self._driver.execute_async_script(PANELS, list(lot), 0 if at else ADDRESSED) for at, lot in enumerate(lots)
        )
        return [panel for lot in asked for panel in lot]

    def label(self, view: str) -> str:
        """What the chart of a view says of itself to those who can't see it."""
        return self._driver.execute_script(f"return document.querySelector('#{view} .chart').ariaLabel")

    def sentences(self) -> list[str]:
        return self._driver.execute_script(
            "return [...document.querySelectorAll('#sentences p')].map((each) => each.textContent)"
        )
