// The cards of the bot's jobs, the newest first.

import { byId, el, framed } from "./dom.js";
import { isFinal, tell } from "./job.js";
import { model, on } from "./model.js";
import { seconds } from "./words.js";

const CARDS_KEPT = 60;
const TICKS_SHOWN = 24;
const STAGES = ["queued", "submitted", "ready", "ended"];

const lines = new Map(); // job id -> its lines
const changed = new Set();

export function startJobs() {
  on("state", restart);
  on("log", (line) => {
    take(line);
    draw();
  });
}

function restart() {
  lines.clear();
  byId("job-list").replaceChildren();
  model.lines.forEach(take);
  draw();
}

function take(line) {
  if (line.event === "leases.released") {
    for (const [id, told] of lines) if (!isFinal(tell(id, told).state)) add(id, line);
  } else if (line.job !== null && line.job !== undefined) {
    add(line.job, line);
  }
}

function add(id, line) {
  lines.set(id, [...(lines.get(id) ?? []), line]);
  changed.add(id);
  if (lines.size > CARDS_KEPT) forget(lines.keys().next().value);
}

function forget(id) {
  lines.delete(id);
  changed.delete(id);
  card(id)?.remove();
}

/** What the log has said of a job, oldest first. */
export const linesOf = (id) => lines.get(id) ?? [];

const card = (id) => byId("job-list").querySelector(`[data-job="${id}"]`);

const draw = framed(() => {
  for (const id of changed) {
    const old = card(id);
    const fresh = jobCard(tell(id, lines.get(id)));
    if (old) old.replaceWith(fresh);
    else byId("job-list").prepend(fresh);
  }
  changed.clear();
  byId("no-jobs").hidden = lines.size > 0;
  byId("no-jobs").textContent = model.process
    ? "No jobs yet. Send the bot a voice note."
    : "Jobs are shown only for the demo’s own bot. For a bot of your own, see Calls.";
});

function jobCard(job) {
  const state = job.paused ? "paused" : job.state;
  const about = [job.kind, job.model].filter(Boolean).join(" · ");
  const head = el(
    "header",
    {},
    el("h3", {}, `Job ${job.id}`),
    el("span", { class: "state" }, state),
    job.endedAt && el("span", { class: "took" }, seconds(job.endedAt - job.startedAt)),
  );
  const line = about && el("p", { class: "about-job" }, about);
  return el("li", { "data-job": job.id, "data-state": state, class: "job" }, head, stages(job), line, timeline(job));
}

/** How far it is, as a bar in four parts. */
function stages(job) {
  const at = isFinal(job.state) ? STAGES.length : STAGES.indexOf(job.state) + 1;
  return el("div", { class: "stages", "aria-hidden": "true" }, STAGES.map((_, index) => el("i", { class: index < at && "done" })));
}

function timeline(job) {
  return el("ol", { class: "timeline" }, job.rows.map((row) => {
    const ticks = el("span", { class: "ticks", "aria-hidden": "true" }, Array.from({ length: Math.min(row.ticks, TICKS_SHOWN) }, () => el("i")));
    const after = el("span", { class: "after" }, `+${seconds(row.at - job.startedAt)}`);
    return el("li", { "data-tone": row.tone, "data-event": row.event }, after, el("span", { class: "what" }, row.text, row.ticks > 1 && ticks));
  }));
}
