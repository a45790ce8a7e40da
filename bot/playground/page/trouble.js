// Making trouble: killing the bot, and what goes wrong at the servers.

import { killBot, setTrouble } from "./api.js";
import { byId, el } from "./dom.js";
import { model, on } from "./model.js";
import { trying } from "./notices.js";

const TROUBLES = {
  "telegram-429": ["Telegram says 429", "Refuses what the bot writes: “retry after 5”. Lasts 10 s."],
  "provider-down": ["Provider down", "The AI/ML API answers nothing but errors."],
  "no-credits": ["Out of credits", "The provider wants to be paid first."],
  slow: ["Slow", "Recognition takes 12 s more."],
};

export function startTrouble() {
  for (const name of ["state", "troubles", "process"]) on(name, draw);
  byId("kill").addEventListener("click", kill);
  setInterval(countDown, 500);
}

function draw() {
  const { process, troubles } = model;
  byId("trouble").hidden = !process && !troubles?.length;
  byId("bot-process").hidden = !process;
  if (process) drawProcess(process);
  drawTroubles(troubles ?? []);
  countDown();
}

function drawProcess({ state, pid, lives, note }) {
  const words = [state === "restarting" ? "restarting…" : state, pid && `pid ${pid}`, `life ${lives}`];
  byId("process-state").textContent = words.filter(Boolean).join(", ");
  byId("process-state").dataset.state = state;
  byId("process-note").textContent = note;
  byId("kill").disabled = state !== "running" && state !== "starting";
}

async function kill() {
  byId("kill").disabled = true;
  await trying(killBot);
  if (model.process) drawProcess(model.process);
}

function drawTroubles(troubles) {
  const list = byId("troubles");
  const same = list.children.length === troubles.length && troubles.every(({ name }, index) => list.children[index].dataset.trouble === name);
  if (!same) list.replaceChildren(...troubles.map(troubleSwitch));
  troubles.forEach(({ on: isOn }, index) => list.children[index].querySelector("button").setAttribute("aria-pressed", String(isOn)));
}

function troubleSwitch({ name }) {
  const [title, about] = TROUBLES[name] ?? [name, ""];
  const turn = () => trying(() => setTrouble(name, !model.troubles.find((one) => one.name === name)?.on));
  const knob = el("i", { class: "switch", "aria-hidden": "true" });
  const button = el("button", { type: "button", "aria-pressed": "false", "aria-describedby": `about-${name}`, click: turn }, knob, title);
  return el("li", { "data-trouble": name }, button, el("p", { id: `about-${name}`, "data-about": about }, about));
}

function countDown() {
  for (const { name, on: isOn, ends_at } of model.troubles ?? []) {
    const about = document.getElementById(`about-${name}`);
    if (!about) continue;
    const left = isOn && ends_at ? Math.max(0, Math.ceil(ends_at - Date.now() / 1000)) : null;
    const text = left === null ? about.dataset.about : `Ends in ${left} s.`;
    if (about.textContent !== text) about.textContent = text;
  }
}
