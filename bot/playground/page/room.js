// What the bot is in the open chat, and what it sees there: switches for who adds, promotes and mutes it.

import { changeBot, changeMode } from "./api.js";
import { byId } from "./dom.js";
import { model, on, openChat, speakerOf } from "./model.js";
import { drawSwitches } from "./switches.js";

const OUTSIDE = ["kicked", "left"];
const GROUPS = ["group", "supergroup"];

const isHere = ({ bot }) => !OUTSIDE.includes(bot);

const SWITCHES = {
  here: {
    title: "Bot is here",
    has: ({ type }) => type !== "private",
    isOn: isHere,
    turn: (chat, wanted) => turn(chat, wanted ? (chat.type === "channel" ? "promote" : "add") : "kick"),
  },
  admin: {
    title: "Bot is an admin",
    has: (chat) => chat.type !== "private" && isHere(chat),
    isOn: ({ bot }) => bot === "administrator",
    turn: (chat, wanted) => turn(chat, wanted ? "promote" : "demote"),
  },
  muted: {
    title: "Bot is muted",
    has: (chat) => chat.type === "supergroup" && isHere(chat),
    isOn: ({ bot }) => bot === "restricted",
    turn: (chat, wanted) => turn(chat, wanted ? "mute" : "demote"),
  },
  privacy: {
    title: "Privacy mode",
    has: () => true,
    isOn: () => model.privacy,
    turn: (_, wanted) => changeMode({ privacy: wanted }),
    note: privacyNote,
  },
};

/** Done by an admin, where there is one. */
function turn(chat, what) {
  const speaker = speakerOf(chat);
  const from = chat.admins.includes(speaker) ? speaker : (chat.admins[0] ?? speaker);
  return changeBot(chat.id, what, chat.members.includes(from) ? from : undefined);
}

function privacyNote(chat) {
  if (!GROUPS.includes(chat.type) || !isHere(chat)) return "";
  if (chat.bot === "administrator") return "As an admin, the bot sees everything here.";
  if (chat.privacy !== model.privacy) return "Holds here once the bot is added again.";
  return chat.privacy ? "The bot sees commands and replies to it." : "The bot sees everything here.";
}

export function startRoom() {
  for (const name of ["state", "chat", "chosen", "privacy", "speaker"]) on(name, draw);
}

function draw() {
  const chat = openChat();
  byId("room").hidden = !chat;
  if (chat) drawSwitches(byId("room-list"), SWITCHES, chat);
}
