// Everything that is sent from here: where it goes, what it replies to, and how far uploads are.

import { change, say, upload } from "./api.js";
import { byId, el, iconButton } from "./dom.js";
import { destination, emit, on, openChat } from "./model.js";
import { problem, trying } from "./notices.js";
import { gist, senderName } from "./words.js";

const LARGEST = 50 * 1024 * 1024;

// What the composer is about, besides what is typed: {kind: "reply" | "edit", chat, message} or null.
let subject = null;

export const editing = () => (subject?.kind === "edit" ? subject.message : null);

/** Begins a reply in the open chat, to a message that may be of another one. */
export function startReply(message, source = openChat().id) {
  setSubject({ kind: "reply", chat: source, message });
}

export function startEdit(message) {
  setSubject({ kind: "edit", chat: openChat().id, message });
}

export function dropSubject() {
  if (subject) setSubject(null);
}

function setSubject(next) {
  const before = subject;
  subject = next;
  const bar = byId("subject");
  bar.hidden = !next;
  bar.replaceChildren(...(next ? subjectBar(next) : []));
  emit("subject", { before, now: next });
}

function subjectBar({ kind, message }) {
  const title = kind === "edit" ? "Edit message" : `Reply to ${senderName(message)}`;
  const label = kind === "edit" ? "Cancel editing" : "Cancel reply";
  const words = el("div", {}, el("b", { dir: "auto" }, title), el("span", { dir: "auto" }, gist(message)));
  return [words, iconButton("close", label, { click: dropSubject })];
}

/** Where the next message goes, taken at the moment somebody begins with it; the reply is used up. */
export function takeDestination() {
  const reply = subject?.kind === "reply" ? subject : null;
  if (reply) dropSubject();
  const to = destination();
  return { ...to, reply_to: reply?.message.message_id ?? null, reply_chat: reply && reply.chat !== to.chat ? reply.chat : null };
}

export const sayText = (text) => trying(() => say(known({ ...destination(), text })));

/** Sends or changes what was typed; whether it was taken. */
export async function sendTyped(text) {
  const message = editing();
  const chat = subject?.chat;
  const field = message && message.text !== undefined ? "text" : "caption";
  const work = message ? () => change(chat, message.message_id, { [field]: text }) : () => say(known({ ...takeDestination(), text }));
  const done = await trying(work);
  if (done && message) dropSubject();
  return Boolean(done);
}

export async function sendFiles(files) {
  const to = takeDestination();
  for (const file of files) await sendFile(file, { to });
}

export async function sendFile(file, { kind = null, to = takeDestination() } = {}) {
  if (file.size > LARGEST) return problem(`“${file.name}” is larger than 50 MB.`);
  const bar = el("progress", { max: 1, value: 0, "aria-label": `Sending ${file.name}` });
  const row = el("div", { class: "upload" }, el("span", { dir: "auto" }, `Sending ${file.name}`), bar);
  byId("uploads").append(row);
  const progress = (part) => (part < 1 ? (bar.value = part) : bar.removeAttribute("value")); // at 1 the server converts
  if (await trying(() => upload({ ...to, kind, file }, progress))) return row.remove();
  const again = () => {
    row.remove();
    sendFile(file, { kind, to });
  };
  const text = el("span", { dir: "auto" }, `${file.name} was not sent`);
  const button = el("button", { type: "button", click: again }, "Try again");
  return row.replaceChildren(text, button, iconButton("close", "Dismiss", { click: () => row.remove() }));
}

const known = (fields) => Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null));

on("chosen", dropSubject);
on("deleted", ({ chat, message }) => {
  if (subject?.chat === chat && subject.message.message_id === message) dropSubject();
});
