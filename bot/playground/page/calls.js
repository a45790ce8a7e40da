// The calls of the bot to both servers, the newest first, each open to be read.

import { byId, el, framed } from "./dom.js";
import { model, on } from "./model.js";
import { exactClock } from "./words.js";

const SERVERS = { telegram: "Bot API", speech: "AI/ML API" };
const LONG_POLL = "getUpdates";

const rows = new Map(); // call number -> its row
const changed = new Set();

export function startCalls() {
  on("state", restart);
  on("call", ({ number }) => {
    changed.add(number);
    draw();
  });
  byId("long-polls").addEventListener("change", filter);
  byId("server").addEventListener("change", filter);
  filter();
}

function restart() {
  rows.clear();
  byId("call-list").replaceChildren();
  for (const number of model.calls.keys()) changed.add(number);
  draw();
}

const draw = framed(() => {
  // A call that is not kept any more may still be told that it ended.
  const calls = [...changed].map((number) => model.calls.get(number)).filter(Boolean);
  for (const call of calls.sort((one, other) => one.at - other.at)) drawCall(call);
  changed.clear();
  for (const number of rows.keys()) {
    if (model.calls.has(number)) continue;
    rows.get(number).remove();
    rows.delete(number);
  }
  byId("no-calls").hidden = rows.size > 0;
});

function drawCall(call) {
  let row = rows.get(call.number);
  if (!row) {
    row = createRow(call);
    rows.set(call.number, row);
    byId("call-list").prepend(row);
  }
  row.call = call;
  const status = row.querySelector(".status");
  status.textContent = call.status ?? "…";
  status.dataset.kind = call.status === null ? "open" : call.status < 400 ? "good" : "bad";
  if (row.firstElementChild.open) drawDetails(row);
}

function createRow(call) {
  const summary = el(
    "summary",
    {},
    el("span", { class: "server" }, SERVERS[call.server] ?? call.server),
    el("span", { class: "call-name" }, call.name),
    el("span", { class: "status" }),
    el("time", {}, exactClock(call.at)),
  );
  const details = el("details", {}, summary, el("div", { class: "call-body" }));
  const row = el("li", { "data-server": call.server, "data-long-poll": call.name === LONG_POLL }, details);
  details.addEventListener("toggle", () => details.open && drawDetails(row));
  return row;
}

function drawDetails(row) {
  const { asked, answered, status } = row.call;
  const answer = status === null ? "Still running." : pretty(answered);
  row.querySelector(".call-body").replaceChildren(...block("Asked", pretty(asked)), ...block("Answered", answer));
}

const block = (title, text) => [el("h4", {}, title), el("pre", { tabindex: 0 }, text)];
const pretty = (value) => (typeof value === "string" ? value : JSON.stringify(value ?? null, null, 2));

/** What is hidden stays in the page; the style sheet leaves it out. */
function filter() {
  const list = byId("call-list");
  list.dataset.only = byId("server").value;
  list.dataset.longPolls = byId("long-polls").checked ? "shown" : "hidden";
}
