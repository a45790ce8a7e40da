// The panel that shows what happens inside, and its tabs.

import { byId } from "./dom.js";
import { startCalls } from "./calls.js";
import { startJobs } from "./jobs.js";
import { startLines } from "./lines.js";
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
