// Tabs: one of a row is chosen, and arrow keys go from one to the next.

import { el } from "./dom.js";

/** Draws `tabs` ({id, name}) into a tablist, of which `chosen` is the id that is selected. */
export function drawTabs(list, tabs, chosen, choose) {
  const focused = list.contains(document.activeElement);
  list.replaceChildren(...tabs.map((tab) => tabButton(tab, tab.id === chosen, () => choose(tab.id), list)));
  if (focused) list.querySelector("[aria-selected=true]")?.focus();
}

function tabButton(tab, selected, choose, list) {
  const attributes = {
    type: "button",
    role: "tab",
    "aria-selected": String(selected),
    "aria-controls": tab.controls ?? list.dataset.controls,
    tabindex: selected ? 0 : -1,
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
