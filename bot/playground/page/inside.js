// The panel that shows what happens inside: its tabs, and who listens to the recordings.

import { byId, set } from "./dom.js";
import { startCalls } from "./calls.js";
import { startJobs } from "./jobs.js";
import { startLines } from "./lines.js";
import { model, on } from "./model.js";
import { recall, remember } from "./remember.js";
import { drawTabs } from "./tabs.js";
import { startFaults } from "./faults.js";

const TABS = [
  { id: "jobs", name: "Jobs", controls: "panel-jobs" },
  { id: "calls", name: "Calls", controls: "panel-calls" },
  { id: "log", name: "Log", controls: "panel-log" },
];

export function startInside() {
  const kept = recall("tab");
  open(TABS.some(({ id }) => id === kept) ? kept : "jobs");
  for (const name of ["state", "speech"]) on(name, drawSpeech);
  startJobs();
  startCalls();
  startLines();
  startFaults();
}

function open(chosen) {
  remember("tab", chosen);
  drawTabs(byId("inside-tabs"), TABS, chosen, open);
  for (const { id } of TABS) byId(`panel-${id}`).hidden = id !== chosen;
}

function drawSpeech() {
  const { engine, real, says } = model.speech ?? {};
  const chip = byId("listens");
  chip.hidden = !engine;
  chip.dataset.real = String(Boolean(real));
  const who = real ? "The real AI/ML API listens: every recording costs" : `Heard on this machine by ${engine}`;
  chip.lastElementChild.textContent = says === null || says === undefined || real ? who : `Always heard: “${says}”`;
  set(chip, "title", chip.textContent);
}
