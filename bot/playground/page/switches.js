// Lists of switches that belong to the open chat.

import { el } from "./dom.js";
import { openChat } from "./model.js";
import { trying } from "./notices.js";

/**
 * Draws the switches that a chat has. Each has a title, says whether a chat `has` it and whether it `isOn`, and `turn`s;
 * a `note` stands below it. The buttons of a chat stay the same elements, so that focus stays where it is.
 */
export function drawSwitches(list, switches, chat) {
  const names = Object.keys(switches).filter((name) => switches[name].has(chat));
  const same = list.children.length === names.length && names.every((name, index) => list.children[index].dataset.switch === name);
  if (!same) list.replaceChildren(...names.map((name) => row(name, switches[name])));
  names.forEach((name, index) => {
    const [button, note] = list.children[index].children;
    button.setAttribute("aria-pressed", String(switches[name].isOn(chat)));
    note.textContent = switches[name].note?.(chat) ?? "";
    note.hidden = note.textContent === "";
  });
}

function row(name, { title, isOn, turn }) {
  const press = () => trying(() => turn(openChat(), !isOn(openChat())));
  const knob = el("i", { class: "switch", "aria-hidden": "true" });
  return el("li", { "data-switch": name }, el("button", { type: "button", "aria-pressed": "false", click: press }, knob, title), el("p"));
}
