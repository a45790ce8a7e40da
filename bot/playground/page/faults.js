// The faults of both servers, and killing the bot.

import { killBot, switchFault } from "./api.js";
import { byId, el } from "./dom.js";
import { model, on } from "./model.js";
import { trying } from "./notices.js";
import { isKillPlanned } from "./story.js";

const FAULTS = {
  "telegram-429": ["Telegram says 429", "Telegram answers “retry after 5”. Lasts 10 s."],
  "provider-down": ["Provider down", "The AI/ML API answers only with errors."],
  "no-credits": ["Out of credits", "The provider asks for payment first."],
  slow: ["Slow", "Transcribing takes 12 s longer."],
};

export function startFaults() {
  for (const name of ["state", "faults", "process", "story"]) on(name, draw);
  byId("kill").addEventListener("click", kill);
  setInterval(countDown, 500);
}

function draw() {
  const { process, faults } = model;
  byId("faults").hidden = !process && !faults?.length;
  byId("bot-process").hidden = !process;
  if (process) drawProcess(process);
  drawFaults(faults ?? []);
  countDown();
}

function drawProcess({ state, pid, lives, note }) {
  const words = [state === "restarting" ? "restarting…" : state, pid && `pid ${pid}`, `life ${lives}`];
  byId("process-state").textContent = words.filter(Boolean).join(", ");
  byId("process-state").dataset.state = state;
  byId("process-note").textContent = note;
  byId("kill").disabled = state !== "running" && state !== "starting";
  byId("kill-in-the-middle").disabled = byId("kill").disabled || isKillPlanned();
}

async function kill() {
  byId("kill").disabled = true;
  await trying(killBot);
  if (model.process) drawProcess(model.process);
}

function drawFaults(faults) {
  const list = byId("fault-list");
  const same = list.children.length === faults.length && faults.every(({ name }, index) => list.children[index].dataset.fault === name);
  if (!same) list.replaceChildren(...faults.map(faultSwitch));
  faults.forEach(({ on: isOn }, index) => list.children[index].querySelector("button").setAttribute("aria-pressed", String(isOn)));
}

function faultSwitch({ name }) {
  const [title, about] = FAULTS[name] ?? [name, ""];
  const turn = () => trying(() => switchFault(name, !model.faults.find((one) => one.name === name)?.on));
  const knob = el("i", { class: "switch", "aria-hidden": "true" });
  const button = el("button", { type: "button", "aria-pressed": "false", "aria-describedby": `about-${name}`, click: turn }, knob, title);
  return el("li", { "data-fault": name }, button, el("p", { id: `about-${name}`, "data-about": about }, about));
}

function countDown() {
  for (const { name, on: isOn, ends_at } of model.faults ?? []) {
    const about = document.getElementById(`about-${name}`);
    if (!about) continue;
    const left = isOn && ends_at ? Math.max(0, Math.ceil(ends_at - Date.now() / 1000)) : null;
    const text = left === null ? about.dataset.about : `Ends in ${left} s.`;
    if (about.textContent !== text) about.textContent = text;
  }
}
