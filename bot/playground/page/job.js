// What the bot's log tells of one job: the state it is in and what happened, in order.

import { plain, plural, seconds } from "./words.js";

const STATES = {
  "job.accepted": "queued",
  "job.submitted": "submitted",
  "job.forgotten": "queued",
  "job.ready": "ready",
  "job.known": "ready",
  "job.hopeless": "ready",
  "job.ignored": "ended",
};
const SENTENCES = {
  "job.accepted": (line) => `Queued: ${NOUNS[line.kind] ?? "recording"} accepted`,
  "job.submitted": (line) => `Submitted to the provider${next(line, "will check")}`,
  "job.attempted": (line) => `That did not work${next(line, "will try again")}`,
  "job.forgotten": (line) => `Queued again${next(line, "will upload the recording once more")}`,
  "job.released": () => "Interrupted; will continue later",
  "job.ready": () => "Ready: the provider has sent the text",
  "job.known": () => "Ready: the text is known from an earlier job",
  "job.hopeless": () => "Ready: an apology will be sent instead of a text",
  "job.sniffed": () => "Its first bytes may be those of a recording",
  "job.ignored": () => "Ignored: this is no recording, and nothing is said of it in a group",
  "job.suspected": (line) => `The bot died while this was all it worked on${line.deaths > 1 ? `, ${line.deaths} times by now` : ""}`,
  "job.cancelling": () => "Somebody pressed Cancel",
  "job.ended": (line) => ENDS[line.became] ?? "Ended",
  "step.failed": (line) => `This step failed: ${why(line.error, line.kind)}`,
  "step.later": (line) => `Asked to slow down${next(line, "will try again")}`,
  "step.bug": () => "The bot ran into a bug of its own",
  "generation.failed": (line) => `The provider could not transcribe it: ${why(line.message, line.error)}`,
  "generation.forgotten": () => "The provider no longer knows this recording",
  "generation.unreadable": () => "The provider has finished, but nothing in its answer can be read",
  "parts.cut_otherwise": () => "The recording is now cut otherwise than the parts that were sent, so they are sent anew",
  "progress.skipped": (line) => `How far it is could not be shown${line.error ? `: ${why(line.error)}` : ""}`,
  "recording.silent": () => "Nothing can be heard in the recording, so the provider is not asked",
  "create.in_doubt": () => "The bot stopped during the upload, so the provider may already have the recording",
  "placeholder.later": (line) => `“Transcribing…” could not be shown yet${line.error ? `: ${why(line.error)}` : next(line, "will try again")}`,
  "placeholder.gone": () => "“Transcribing…” was deleted or cannot be edited, so the answer comes in another message",
  "notice.refused": () => "“Transcribing…” could not say what the wait is about",
  "reaction.refused": (line) => `No reaction could be set: ${why(line.error)}`,
  "reaction.left": (line) => `The reaction could not be taken back: ${why(line.error)}`,
  "ring.refused": (line) => `The message that rings could not be sent: ${why(line.error)}`,
  "news.refused": () => "The chat took no news from the bot",
  "text.refused": () => "The chat took neither a file nor a text",
  "private.refused": () => "The sender could not be written to in private either",
  "message.left": () => "A message that is no longer needed could not be deleted",
  "names.not_shown": () => "The names of those who speak could not be written into the messages of the text",
  "notice.later": (line) => `The chat could not be told about the delay: ${why(line.error)}`,
  "page.gone": (line) => `${Number.isFinite(line.page) ? `Message ${line.page + 1}` : "A message"} of the answer was deleted from the chat`,
  "orphan.left": (line) => `A leftover “Transcribing…” message could not be deleted: ${why(line.error)}`,
  "orphan.found": () => "A leftover “Transcribing…” message was deleted",
  "storage.unavailable": (line) => `The database could not be used: ${why(line.error)}`,
  "operator.needed": (line) => `Paused until the operator fixes this: ${why(line.error)}`,
  "errand.asked": (line) => `Somebody asked for ${line.kind === "delete" ? "its deletion" : `a ${file(line)} of it`}`,
  "errand.done": (line) => (line.kind === "delete" ? "The text was deleted" : `The ${file(line)} was sent`),
  "errand.later": (line) => `Asked to slow down${next(line, "will try again")}`,
  "errand.failed": (line) => `What was asked for failed: ${why(line.error, line.kind)}`,
  "errand.dropped": () => "What was asked for cannot be done",
  "errand.bug": () => "The bot ran into a bug of its own",
  "lease.lost": () => "This job was taken over in the meantime",
  "leases.released": () => "The bot was started again and continues here",
};
const ENDS = { delivered: "Delivered: the answer is in the chat", cancelled: "Cancelled", failed: "Failed: the answer could not be delivered" };
const NOUNS = { voice: "voice note", audio: "audio file", video: "video", video_note: "video message", document: "file" };
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
  "job.suspected": "warning",
  "job.cancelling": "cancelled",
  "step.failed": "warning",
  "step.later": "warning",
  "step.bug": "failed",
  "generation.failed": "warning",
  "generation.forgotten": "warning",
  "generation.unreadable": "warning",
  "parts.cut_otherwise": "warning",
  "create.in_doubt": "warning",
  "placeholder.later": "warning",
  "notice.later": "warning",
  "orphan.left": "warning",
  "storage.unavailable": "failed",
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
  if (line.event === "job.accepted") Object.assign(job, { kind: NOUNS[line.kind] ?? line.kind, model: line.model });
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
  row.text = (asked ? `Checked ${plural(row.ticks, "time")}` : "Waiting") + next(line, "will check again");
  if (!goesOn) job.rows.push(row);
}

const next = (line, what) => (Number.isFinite(line.again_in) ? `; ${what} in ${seconds(line.again_in)}` : "");
const file = (line) => (line.what ? `.${plain(line.what)} file` : "file");
const why = (...reasons) => plain(reasons.find(Boolean) ?? "no reason given");

/** An event without a sentence, in words: “Clock jumped (ahead true, hours 0.33)”. */
function unknown(line) {
  const facts = Object.entries(line).filter(([name, value]) => !KNOWN_FIELDS.has(name) && value !== null);
  const told = facts.map(([name, value]) => `${inWords(name)} ${plain(value)}`);
  const event = inWords(line.event);
  return event.charAt(0).toUpperCase() + event.slice(1) + (told.length ? ` (${told.join(", ")})` : "");
}

const inWords = (name) => name.replaceAll(/[._]/g, " ");
