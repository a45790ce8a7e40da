// What the open chat refuses to the bot: permissions that can be switched at any moment.

import { changeBot, changePermissions } from "./api.js";
import { byId, el } from "./dom.js";
import { model, on, openChat } from "./model.js";
import { trying } from "./notices.js";
import { drawSwitches } from "./switches.js";

const GROUPS = ["group", "supergroup"];
const SLOW_SECONDS = 30;
const AS_USUAL = "as usual";
const CODES = ["CHANNEL_PRIVATE", "CHAT_ADMIN_REQUIRED", "CHAT_GUEST_SEND_FORBIDDEN", "CHAT_RESTRICTED", "CHAT_WRITE_FORBIDDEN", "USER_BANNED_IN_CHANNEL"];

/** Each switch: its title, whether a chat has it, whether it is on, and what turns it. */
const SWITCHES = {
  blocked: {
    title: "Bot blocked",
    has: ({ type }) => type === "private",
    isOn: ({ bot }) => bot === "kicked",
    turn: (chat, wanted) => changeBot(chat.id, wanted ? "block" : "unblock"),
  },
  text: permission("No texts", inGroups, (permissions) => !permissions.text, (wanted) => ({ text: !wanted })),
  documents: permission("No files", inGroups, (permissions) => !permissions.documents, (wanted) => ({ documents: !wanted })),
  slow: permission("Slow mode", inGroups, (permissions) => permissions.slow_mode > 0, (wanted) => ({ slow_mode: wanted ? SLOW_SECONDS : 0 })),
  topics: permission("Topics closed", inForums, (permissions) => permissions.general_closed, closeTopics),
  edits: permission("No edits", always, (permissions) => !permissions.edits, (wanted) => ({ edits: !wanted })),
  keeps: permission("Messages vanish", always, (permissions) => !permissions.keeps, (wanted) => ({ keeps: !wanted })),
};

function permission(title, has, read, fields) {
  const turn = (chat, wanted) => changePermissions(chat.id, fields(wanted, chat));
  return { title, has, isOn: ({ permissions }) => read(permissions), turn };
}

function always() {
  return true;
}

function inGroups({ type }) {
  return GROUPS.includes(type);
}

function inForums({ topics }) {
  return topics.length > 0;
}

function closeTopics(wanted, { topics }) {
  return { general_closed: wanted, closed_topics: wanted ? topics.map(({ id }) => id) : [] };
}

export function startRefusals() {
  byId("shut").append(el("option", { value: "" }, AS_USUAL), ...CODES.map((code) => el("option", { value: code }, code)));
  byId("shut").addEventListener("change", ({ target }) => trying(() => changePermissions(model.chosen, { shut: target.value || null })));
  for (const name of ["state", "chat", "chosen"]) on(name, draw);
}

function draw() {
  const chat = openChat();
  byId("refusals").hidden = !chat;
  if (!chat) return;
  drawSwitches(byId("refusal-list"), SWITCHES, chat);
  byId("shut").value = chat.permissions.shut ?? "";
}
