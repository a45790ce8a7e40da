// The story of a note in the middle of which the bot is killed, step by step between the messages and the composer.

import { killInTheMiddle } from "./api.js";
import { byId, el, framed, iconButton } from "./dom.js";
import { linesOf } from "./jobs.js";
import { destination, emit, model, on, openChat, peopleOf } from "./model.js";
import { trying } from "./notices.js";
import { fullName } from "./words.js";

let story = null; // {who, pid, lives, killed, backAs}: what is known of it so far

export function startStory() {
  byId("kill-in-the-middle").addEventListener("click", begin);
  for (const name of ["log", "process", "state"]) on(name, draw);
}

/** Whether a note is on its way in the middle of which the bot will be killed. */
export const isKillPlanned = () => story !== null && story.killed === null;

async function begin() {
  const { chat, from, thread } = destination();
  const { pid, lives } = model.process;
  const who = fullName(peopleOf(openChat()).find(({ id }) => id === from) ?? openChat());
  const mine = { who, pid, lives, killed: null, backAs: null };
  tell(mine);
  const killed = await trying(() => killInTheMiddle({ chat, from, ...(thread === null ? {} : { thread }) }));
  if (killed) mine.killed = killed;
  if (story === mine) tell(killed ? mine : null);
}

function tell(next) {
  story = next;
  emit("story", story);
  draw();
}

const draw = framed(() => {
  const place = byId("story");
  if (!story) return place.replaceChildren();
  if (!place.firstElementChild) place.append(el("ol", { class: "timeline", role: "list" }), iconButton("close", "Close", { click: () => tell(null) }));
  const list = place.querySelector("ol");
  const steps = stepsOf(story);
  steps.forEach(([tone, text], index) => drawStep(list.children[index] ?? list.appendChild(el("li")), tone, text));
  while (list.children.length > steps.length) list.lastElementChild.remove();
  return undefined;
});

function drawStep(row, tone, text) {
  row.dataset.tone = tone;
  if (row.textContent !== text) row.textContent = text;
}

function stepsOf(mine) {
  const steps = [["queued", `${mine.who} sent a voice note.`]];
  if (!mine.killed) return [...steps, ["waiting", "Waiting for the provider to accept it…"]];
  steps.push(["failed", `The provider accepted it. At that moment kill -9 hit the bot, process ${mine.pid}.`]);
  const { state, pid, lives, note } = model.process ?? {};
  if (lives > mine.lives && state === "running") mine.backAs ??= pid;
  if (!mine.backAs) return [...steps, state === "stopped" ? ["failed", note] : ["waiting", "The bot is starting again…"]];
  steps.push(["restart", `The bot started again as process ${mine.backAs} and continued.`]);
  return [...steps, ending(linesOf(mine.killed.job))];
}

function ending(lines) {
  const times = lines.filter(({ event }) => event === "job.submitted").length;
  const ended = lines.find(({ event }) => event === "job.ended")?.became;
  if (!ended) return ["waiting", "The text is still to come…"];
  if (ended === "cancelled") return ["cancelled", "The job was cancelled."];
  if (ended !== "delivered") return ["failed", "The answer could not be delivered."];
  if (lines.some(({ event }) => event === "job.hopeless")) return ["failed", "The bot could not get the text and has apologised."];
  return ["delivered", `The text is in the chat, and the recording was paid for ${times > 1 ? `${times} times` : "only once"}.`];
}
