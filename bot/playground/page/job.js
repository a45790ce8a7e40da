// What the bot's log tells of one job: the state it is in and what happened, in order.

import { plural, seconds } from "./words.js";

const STATES = {
  "job.accepted": "queued",
  "job.submitted": "submitted",
  "job.forgotten": "queued",
  "job.ready": "ready",
  "job.known": "ready",
  "job.hopeless": "ready",
};
const SENTENCES = {
  "job.accepted": (line) => `Queued: ${line.kind ? `${line.kind.replace("_", " ")} ` : ""}accepted`,
  "job.submitted": (line) => `Submitted: the provider has it${later(line, ", asks")}`,
  "job.attempted": (line) => `Tried in vain, tries again${later(line)}`,
  "job.forgotten": (line) => `Queued again: the generation was lost, the recording is uploaded once more${later(line)}`,
  "job.released": () => "Interrupted, goes on later",
  "job.ready": () => "Ready: the transcript is known",
  "job.known": () => "Ready: the transcript was known already",
  "job.hopeless": () => "Ready: there will be no transcript, but an apology",
  "job.cancelling": () => "Somebody pressed Cancel",
  "job.ended": (line) => ENDS[line.became] ?? "Ended",
  "step.failed": (line) => `A step failed: ${line.error ?? line.kind ?? "no reason given"}`,
  "step.later": () => "Told to slow down",
  "step.bug": () => "A step ran into a bug",
  "generation.failed": (line) => `The provider failed: ${line.message || line.error}`,
  "operator.needed": (line) => `Paused, the operator is needed: ${line.error ?? "no reason given"}`,
  "lease.lost": () => "Somebody else changed this job",
  "leases.released": () => "The bot was started again and goes on from here",
};
const ENDS = { delivered: "Delivered: the answer is in the chat", cancelled: "Cancelled", failed: "Failed: nobody could be told" };
const TONES = {
  "job.accepted": "queued",
  "job.submitted": "submitted",
  "job.ready": "ready",
  "job.known": "ready",
  "job.ended": "delivered",
  "job.hopeless": "failed",
  "job.attempted": "warning",
  "job.forgotten": "warning",
  "job.released": "warning",
  "job.cancelling": "cancelled",
  "step.failed": "warning",
  "step.later": "warning",
  "step.bug": "failed",
  "generation.failed": "warning",
  "operator.needed": "warning",
  "leases.released": "restart",
};
const FINAL = new Set(["delivered", "failed", "cancelled", "ended"]);
const KNOWN_FIELDS = new Set(["number", "at", "level", "event", "job"]);

export const isFinal = (state) => FINAL.has(state);

/** {id, kind, model, state, paused, startedAt, endedAt, rows: [{event, text, tone, at, ticks}]} out of a job's lines. */
export function tell(id, lines) {
  const job = { id, kind: null, model: null, state: "queued", paused: false, startedAt: lines[0].at, endedAt: null, rows: [] };
  for (const line of lines) take(job, line);
  return job;
}

function take(job, line) {
  job.state = line.event === "job.ended" ? (line.became ?? "ended") : (STATES[line.event] ?? job.state);
  job.paused = line.event === "operator.needed" || (job.paused && ["job.waiting", "job.attempted", "notice.later"].includes(line.event));
  if (line.event === "job.accepted") Object.assign(job, { kind: line.kind, model: line.model });
  if (isFinal(job.state)) job.endedAt ??= line.at;
  if (line.event === "job.waiting") return wait(job, line);
  const tone = line.event === "job.ended" && job.state !== "ended" ? job.state : (TONES[line.event] ?? "plain");
  return job.rows.push({ event: line.event, text: (SENTENCES[line.event] ?? unknown)(line), tone, at: line.at, ticks: 0 });
}

/** Waiting comes again and again: it is one row that counts. */
function wait(job, line) {
  const asked = line.was === "submitted";
  const last = job.rows.at(-1);
  const goesOn = last?.event === "job.waiting" && last.asked === asked;
  const row = goesOn ? last : { event: "job.waiting", tone: "waiting", at: line.at, ticks: 0, asked };
  row.ticks += 1;
  row.text = (asked ? `Asked ${plural(row.ticks, "time")}` : "Waits") + later(line, ", again");
  if (!goesOn) job.rows.push(row);
}

const later = (line, what = "") => (Number.isFinite(line.again_in) ? `${what} in ${seconds(line.again_in)}` : "");

function unknown(line) {
  const more = Object.entries(line).filter(([name]) => !KNOWN_FIELDS.has(name));
  return [line.event, ...more.map(([name, value]) => `${name}=${typeof value === "string" ? value : JSON.stringify(value)}`)].join(" ");
}
