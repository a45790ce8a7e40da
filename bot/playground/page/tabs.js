// Tabs: one of a row is chosen, and arrow keys go from one to the next.

import { el } from "./dom.js";

/**
 * Draws `tabs` ({id, name}) into a tablist, of which `chosen` is the id that is selected. The same tabs stay the same
 * elements: a press on one that is replaced before the button is let go is no click.
 */
export function drawTabs(list, tabs, chosen, choose) {
  const focused = list.contains(document.activeElement);
  const key = JSON.stringify(tabs.map(({ id, name }) => [id, name]));
  if (list.drawnFrom !== key) list.replaceChildren(...tabs.map((tab) => tabButton(tab, () => choose(tab.id), list)));
  list.drawnFrom = key;
  tabs.forEach(({ id }, index) => select(list.children[index], id === chosen));
  if (focused) list.querySelector("[aria-selected=true]")?.focus();
}

function select(button, selected) {
  button.setAttribute("aria-selected", String(selected));
  button.tabIndex = selected ? 0 : -1;
}

function tabButton(tab, choose, list) {
  const attributes = {
    type: "button",
    role: "tab",
    "aria-controls": tab.controls ?? list.dataset.controls,
    click: choose,
    keydown: (event) => steer(event, list),
  };
  return el("button", attributes, tab.name);
}

function steer(event, list) {
  const tabs = [...list.children];
  const at = tabs.indexOf(event.currentTarget);
  const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: -1 }[event.key];
  if (to === undefined) return;
  event.preventDefault();
  const next = tabs.at(to % tabs.length);
  next.focus();
  next.click();
}
