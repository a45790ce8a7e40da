// The list of chats: who, what was said last, and what is unread.

import { avatar, botAvatar, byId, el, framed } from "./dom.js";
import { choose, lastMessage, model, nameOf, on, unreadIn } from "./model.js";
import { showChat } from "./panes.js";
import { clock, gist, senderName, service } from "./words.js";

const KINDS = { private: "Private chat", group: "Group", supergroup: "Group", channel: "Channel" };

export function startChats() {
  const draw = framed(drawChats);
  for (const name of ["message", "deleted", "chat", "chosen", "read", "speaker", "people"]) on(name, draw);
  on("state", drawChats);
}

/** Rows stay the same elements, so that focus stays where it is. */
function drawChats() {
  const list = byId("chat-list");
  const rows = new Map([...list.children].map((row) => [row.dataset.chat, row]));
  const wanted = [...model.chats.values()].map((chat) => {
    const row = rows.get(String(chat.id)) ?? createRow(chat);
    fill(row, chat);
    return row;
  });
  if (wanted.some((row, index) => list.children[index] !== row) || list.children.length !== wanted.length) list.replaceChildren(...wanted);
}

function createRow(chat) {
  const open = (event) => {
    choose(chat.id);
    showChat({ byMouse: event.detail > 0 });
  };
  return el("li", { "data-chat": chat.id }, el("button", { type: "button", click: open }));
}

function fill(row, chat) {
  const last = lastMessage(chat);
  const unread = unreadIn(chat);
  const button = row.firstElementChild;
  button.setAttribute("aria-current", String(chat.id === model.chosen));
  const name = nameOf(chat);
  const key = JSON.stringify([name, chat.typing, last?.message_id, last && gist(last), unread, chat.type]);
  if (row.drawnFrom === key) return;
  row.drawnFrom = key;
  button.replaceChildren(
    chatAvatar(chat),
    el("span", { class: "chat-title", dir: "auto" }, name),
    last ? el("time", { class: "chat-time" }, clock(last.date)) : "",
    el("span", { class: "chat-last", dir: "auto" }, chat.typing ? el("em", {}, "typing…") : lastWords(chat, last)),
    unread ? el("span", { class: "unread" }, String(unread), el("span", { class: "aside" }, " unread")) : "",
  );
}

/** In private the picture is that of whom one talks to. */
export const chatAvatar = (chat) => (chat.type === "private" ? botAvatar() : avatar(chat.id, chat.title));

function lastWords(chat, last) {
  if (!last) return KINDS[chat.type] ?? "Chat";
  const who = chat.type === "private" || chat.type === "channel" || !last.from || service(last) ? "" : `${senderName(last)}: `;
  return who + gist(last);
}
