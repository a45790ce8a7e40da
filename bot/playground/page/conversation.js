// The open chat: its messages in order, changed one at a time, with the scroll position kept.

import { chatAvatar } from "./chats.js";
import { byId, el, framed } from "./dom.js";
import { createMessage, updateMessage } from "./message.js";
import { chooseSpeaker, chooseThread, markRead, nameOf, on, openChat, peopleOf } from "./model.js";
import { sideOf, speakerOf, threadOf, topicsOf, visibleMessages } from "./model.js";
import { isConversationShown } from "./panes.js";
import { drawTabs } from "./tabs.js";
import { drawWelcome } from "./welcome.js";
import { day, dayKey, fullName, plural, senderOf, service } from "./words.js";

const NEAR = 80; // pixels from the bottom that still count as being there
const TOGETHER = 5 * 60; // seconds within which one person's messages stand together
const STILL = matchMedia("(prefers-reduced-motion: reduce)");
const BOT_HERE = {
  kicked: "the bot is not in this chat any more",
  left: "the bot is not in this chat",
  restricted: "the bot is muted",
  administrator: "the bot is an admin",
};

const rows = new Map(); // message id -> its row; the row holds the article
let drawn = null; // the id of the chat they are of
let atBottom = true;
let lastTop = 0;

export function startConversation() {
  const log = byId("log");
  log.addEventListener("scroll", scrolled, { passive: true });
  log.addEventListener("jump", (event) => jumpTo(event.target));
  new ResizeObserver(stick).observe(log);
  new ResizeObserver(stick).observe(byId("messages"));
  byId("down").addEventListener("click", () => scrollDown(gently()));
  byId("speaker").addEventListener("change", (event) => chooseSpeaker(Number(event.target.value)));
  on("state", () => drawAll());
  on("chosen", () => drawAll({ fresh: true }));
  for (const name of ["speaker", "people"]) on(name, () => drawAll());
  on("chat", (chat) => chat === openChat() && drawHead(chat));
  on("message", ({ chat, message }) => chat === openChat()?.id && put(message));
  on("deleted", ({ chat, message }) => chat === openChat()?.id && drop(message));
  document.addEventListener("visibilitychange", seeNow);
}

function drawAll({ fresh = false } = {}) {
  const chat = openChat();
  byId("conversation").hidden = !chat;
  if (!chat) return;
  drawHead(chat);
  if (fresh || drawn !== chat.id) clear();
  drawn = chat.id;
  const messages = visibleMessages(chat);
  const wanted = new Set(messages.map((message) => message.message_id));
  for (const id of [...rows.keys()]) if (!wanted.has(id)) removeRow(id);
  messages.forEach((message) => putRow(chat, message));
  settle();
  if (fresh) scrollDown();
}

function clear() {
  rows.clear();
  byId("messages").replaceChildren();
  atBottom = true;
}

function put(message) {
  const chat = openChat();
  if (chat.thread !== null && threadOf(message) !== chat.thread) return;
  if (!rows.has(message.message_id) && sideOf(chat, message) === "me") atBottom = true; // who speaks wants to see it
  putRow(chat, message);
  settle();
}

function drop(id) {
  removeRow(id);
  settle();
}

function removeRow(id) {
  const row = rows.get(id);
  const next = row?.nextElementSibling;
  row?.remove();
  rows.delete(id);
  if (next) arrange(next);
}

function putRow(chat, message) {
  const known = rows.get(message.message_id);
  if (known && isSame(known.message, message)) {
    known.message = message;
    updateMessage(known.lastElementChild, chat, message);
    return;
  }
  known?.remove();
  const row = el("div", { class: "row" }, createMessage(chat, message));
  row.message = message;
  insert(row);
  rows.set(message.message_id, row);
  arrange(row);
  if (row.nextElementSibling) arrange(row.nextElementSibling);
}

/** A server that was started again gives the same numbers to other messages. */
const isSame = (one, other) => one.date === other.date && isBySame(one, other);
const isBySame = (one, other) => senderOf(one).id === senderOf(other).id;

function insert(row) {
  const holder = byId("messages");
  let before = holder.lastElementChild;
  while (before && before.message.message_id > row.message.message_id) before = before.previousElementSibling;
  if (before) before.after(row);
  else holder.prepend(row);
}

/** A day's name above its first message; and messages of one person close together. */
function arrange(row) {
  const before = row.previousElementSibling?.message;
  const { message } = row;
  const newDay = !before || dayKey(before.date) !== dayKey(message.date);
  row.querySelector(".day")?.remove();
  if (newDay) row.prepend(el("p", { class: "day" }, el("span", {}, day(message.date))));
  row.classList.toggle("joined", !newDay && isTogether(before, message));
}

function isTogether(before, message) {
  const alike = isBySame(before, message) && threadOf(before) === threadOf(message);
  return alike && !service(before) && !service(message) && message.date - before.date < TOGETHER;
}

const settle = framed(() => {
  const chat = openChat();
  drawWelcome(chat, [...rows.values()].every(({ message }) => service(message)));
  stick();
  seeNow();
});

function drawHead(chat) {
  byId("chat-avatar").replaceChildren(chatAvatar(chat));
  byId("chat-title").textContent = nameOf(chat);
  byId("chat-about").textContent = about(chat);
  byId("chat-typing").hidden = !chat.typing;
  byId("chat-about").hidden = chat.typing;
  const people = peopleOf(chat).map((person) => ({ value: person.id, name: chat.admins.includes(person.id) ? `${fullName(person)} · admin` : fullName(person) }));
  const select = byId("speaker");
  const key = JSON.stringify(people);
  if (select.drawnFrom !== key) select.replaceChildren(...people.map(({ value, name }) => el("option", { value }, name)));
  select.drawnFrom = key;
  select.value = String(speakerOf(chat));
  select.closest("label").hidden = people.length < 2;
  const topics = topicsOf(chat);
  byId("topics").hidden = topics.length === 0;
  drawTabs(byId("topics"), topics, chat.thread, chooseThread);
}

function about(chat) {
  const alone = { private: `${chat.title}’s private chat`, channel: "channel" }[chat.type];
  const kind = alone ?? plural(peopleOf(chat).length, "person", "people");
  const bot = chat.type === "private" && chat.bot === "kicked" ? "the bot is blocked" : BOT_HERE[chat.bot];
  return [kind, bot].filter(Boolean).join(" · ");
}

function scrolled() {
  const log = byId("log");
  const near = log.scrollHeight - log.scrollTop - log.clientHeight < NEAR;
  // Only somebody's hand goes up; what grows below, as a video does that loads, leaves the place as it is.
  atBottom = near || (atBottom && log.scrollTop >= lastTop);
  lastTop = log.scrollTop;
  byId("down").hidden = atBottom;
  if (atBottom) seeNow();
}

/** An invitation is read from the top. */
function stick() {
  if (!byId("welcome").hidden) byId("log").scrollTo({ top: 0, behavior: "instant" });
  else if (atBottom) scrollDown();
  else byId("down").hidden = false;
}

function scrollDown(behavior = "instant") {
  byId("log").scrollTo({ top: byId("log").scrollHeight, behavior });
}

const gently = () => (STILL.matches ? "instant" : "smooth");

function seeNow() {
  if (openChat() && atBottom && isConversationShown() && !document.hidden) markRead(openChat());
}

function jumpTo(article) {
  article.scrollIntoView({ block: "center", behavior: gently() });
  article.classList.remove("found");
  requestAnimationFrame(() => article.classList.add("found"));
}
