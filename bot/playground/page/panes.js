// Which parts of the page are shown: on a phone one at a time, on a desktop the inside can be folded away.

import { byId } from "./dom.js";
import { recall, remember } from "./remember.js";

const THREE_COLUMNS = matchMedia("(min-width: 1180px)");
const ONE_COLUMN = matchMedia("(max-width: 759px)");

/** On a phone: "chats", "chat" or "inside". */
function show(pane) {
  if (pane === "inside" || document.body.dataset.pane === "inside") setInside(pane === "inside" || !ONE_COLUMN.matches);
  document.body.dataset.pane = pane;
}

/** Shows the conversation. On a phone, where the list goes away, the focus comes along; who uses a mouse wants to write. */
export function showChat({ byMouse }) {
  go("chat", ONE_COLUMN.matches ? byId("back") : byMouse && byId("message"));
}

export const isConversationShown = () => !ONE_COLUMN.matches || document.body.dataset.pane === "chat";

export function startPanes() {
  placeProcess();
  byId("skip").addEventListener("click", (event) => {
    event.preventDefault();
    go("chat", byId("message"));
  });
  byId("back").addEventListener("click", () => go("chats", byId("chat-list").querySelector("[aria-current=true]")));
  byId("inside-toggle").addEventListener("click", toggleInside);
  byId("inside-close").addEventListener("click", closeInside);
  byId("inside").addEventListener("keydown", (event) => event.key === "Escape" && !THREE_COLUMNS.matches && closeInside());
  const kept = recall("inside");
  setInside(ONE_COLUMN.matches ? false : kept ? kept === "open" : THREE_COLUMNS.matches);
  ONE_COLUMN.addEventListener("change", () => {
    show("chat");
    placeProcess();
  });
}

/** The buttons that kill the bot stand among the faults, or where those are on another screen than the chat, with the chat. */
function placeProcess() {
  byId(ONE_COLUMN.matches ? "beside-the-chat" : "beside-the-faults").append(byId("bot-process"));
}

function toggleInside() {
  if (ONE_COLUMN.matches) return go("inside", byId("inside-close"));
  setInside(document.body.dataset.inside !== "open");
  remember("inside", document.body.dataset.inside);
}

function closeInside() {
  if (ONE_COLUMN.matches) return go("chat", byId("inside-toggle"));
  setInside(false);
  remember("inside", "closed");
  byId("inside-toggle").focus();
}

function go(pane, focus) {
  show(pane);
  if (focus) focus.focus();
}

function setInside(open) {
  document.body.dataset.inside = open ? "open" : "closed";
  byId("inside-toggle").setAttribute("aria-expanded", String(open));
}
