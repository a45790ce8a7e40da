// The bot's log as it is, one line after the other.

import { byId, el, framed } from "./dom.js";
import { model, on } from "./model.js";
import { exactClock, plain } from "./words.js";

const LINES_SHOWN = 500;
const NEAR = 40; // pixels from the bottom that still count as being there
const HEAD = new Set(["number", "at", "level", "event"]);

let waiting = [];

export function startLines() {
  on("state", () => {
    byId("line-list").replaceChildren();
    waiting = model.lines.slice(-LINES_SHOWN);
    draw();
  });
  on("log", (line) => {
    waiting.push(line);
    draw();
  });
}

const draw = framed(() => {
  const list = byId("line-list");
  const panel = byId("panel-log");
  const stick = panel.scrollHeight - panel.scrollTop - panel.clientHeight < NEAR;
  list.append(...waiting.map(lineRow));
  waiting = [];
  while (list.children.length > LINES_SHOWN) list.firstElementChild.remove();
  byId("no-lines").hidden = list.children.length > 0;
  if (stick) panel.scrollTop = panel.scrollHeight;
});

function lineRow(line) {
  const more = Object.entries(line).filter(([name, value]) => !HEAD.has(name) && value !== null);
  const fields = more.flatMap(([name, value]) => [el("span", { class: "field" }, ` ${name}=`), plain(value)]);
  return el("li", { "data-level": line.level }, el("time", {}, exactClock(line.at)), " ", el("b", {}, line.event), fields);
}
