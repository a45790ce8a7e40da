// The field where messages are written: it grows, keeps a draft per chat, and sends.

import { byId } from "./dom.js";
import { model, on, openChat } from "./model.js";
import { dropSubject, editing, sendTyped } from "./outbox.js";
import { hideSuggestions, steerSuggestions, suggest } from "./commands.js";

const TALLEST = 180; // pixels
const GROWS_BY_ITSELF = CSS.supports("field-sizing", "content");
let draftOf = null; // the chat whose draft is in the field

export function startComposer() {
  const field = byId("message");
  field.addEventListener("input", typed);
  field.addEventListener("keydown", keyed);
  byId("composer").addEventListener("submit", (event) => {
    event.preventDefault();
    send();
  });
  on("chosen", swapDraft);
  on("state", swapDraft);
  on("subject", ({ before, now }) => subjectChanged(before, now));
  write("");
  document.addEventListener("keydown", typedElsewhere);
  on("state", focusOnce);
}

let focused = false;

/** One can write as soon as there is something to write to. */
function focusOnce() {
  if (!focused && openChat() && isNowhere()) byId("message").focus();
  focused ||= Boolean(openChat());
}

const CONTROLS = "a, audio, button, input, select, summary, textarea, video, [contenteditable], [role=option], dialog, dialog *, .menu, .menu *";

/** Whether the focus is on nothing that keys are for. What only scrolls has no use for letters. */
const isNowhere = () => !document.activeElement?.matches(CONTROLS) && !document.querySelector("dialog[open], .menu:popover-open");

/** A letter that is typed at nothing in particular goes to the message. */
function typedElsewhere(event) {
  const isShortcut = event.ctrlKey || event.metaKey || event.altKey;
  const isLetter = event.key.length === 1 && event.key !== " " && (!isShortcut || event.getModifierState("AltGraph"));
  if (isLetter && !event.defaultPrevented && isNowhere()) byId("message").focus();
}

/** Puts a text into the field, as if it had been typed. */
export function write(text) {
  byId("message").value = text;
  typed();
}

function typed() {
  const field = byId("message");
  if (!GROWS_BY_ITSELF) grow(field);
  const empty = field.value.trim() === "";
  byId("send").hidden = empty && !editing();
  byId("send").disabled = empty;
  byId("record").hidden = !byId("send").hidden;
  const chat = model.chats.get(draftOf);
  if (chat && !editing()) chat.draft = field.value;
  suggest(field, write, send);
}

function grow(field) {
  field.style.height = "auto";
  field.style.height = `${Math.min(TALLEST, field.scrollHeight)}px`;
}

function keyed(event) {
  if (event.isComposing) return;
  if (steerSuggestions(event)) return;
  if (event.key === "Enter" && !event.shiftKey) {
    event.preventDefault();
    send();
  } else if (event.key === "Escape") {
    dropSubject();
  }
}

async function send() {
  const field = byId("message");
  const text = field.value.trim();
  const draft = field.value;
  const chat = draftOf;
  if (!text || !openChat()) return;
  hideSuggestions();
  const wasEdit = Boolean(editing());
  if (!wasEdit) write("");
  const taken = await sendTyped(text);
  if (!taken && !wasEdit && draftOf === chat && field.value === "") write(draft);
  field.focus();
}

function swapDraft() {
  if (draftOf === model.chosen) return;
  draftOf = model.chosen;
  write(openChat()?.draft ?? "");
}

/** To edit, the old text stands in the field; afterwards the draft is back. */
function subjectChanged(before, now) {
  if (now?.kind === "edit") write(now.message.text ?? now.message.caption ?? "");
  else if (before?.kind === "edit") write(model.chats.get(draftOf)?.draft ?? "");
  if (now) byId("message").focus();
}
