// What can be done with a message: reply, forward, edit, delete, react, copy.

import { forward, react, remove } from "./api.js";
import { byId, icon } from "./dom.js";
import { openMenu } from "./menu.js";
import { choose, chooseSpeaker, model, nameOf, peopleOf, sideOf, speakerOf } from "./model.js";
import { toast, trying } from "./notices.js";
import { startEdit, startReply } from "./outbox.js";

const EMOJIS = { "👍": "Thumbs up", "❤️": "Heart", "👀": "Eyes", "🔥": "Fire" };

export function openActions(anchor, chat, message) {
  if (!message) return;
  const text = message.text ?? message.caption;
  const editable = sideOf(chat, message) === "me" && !message.video_note && !message.forward_origin;
  openMenu(anchor, "Message actions", [
    { label: "Reply", icon: icon("reply"), choose: () => startReply(message) },
    { label: "Answer in another chat", icon: icon("reply"), choose: () => openReplyChats(anchor, chat, message) },
    { label: "React", icon: icon("smile"), choose: () => openReactions(anchor, chat, message) },
    ...(text ? [{ label: "Copy text", icon: icon("copy"), choose: () => copy(text) }] : []),
    { label: "Forward", icon: icon("forward"), choose: () => openChats(anchor, chat, message) },
    ...(editable ? [{ label: "Edit", icon: icon("edit"), choose: () => startEdit(message) }] : []),
    { label: "Delete", icon: icon("delete"), danger: true, choose: () => take(chat, message) },
  ]);
}

/** The menu and its button go with the message, so the focus goes where one writes. */
async function take(chat, message) {
  await trying(() => remove(chat.id, message.message_id));
  byId("message").focus();
}

function openReactions(anchor, chat, message) {
  const from = speakerOf(chat);
  const has = (emoji) => Boolean(message.reactions?.some((one) => one.by === from && plain(one.emoji) === plain(emoji)));
  const item = ([emoji, note]) => ({
    label: emoji,
    note,
    checked: has(emoji),
    choose: () => trying(() => react(chat.id, message.message_id, { from, emoji: has(emoji) ? null : emoji })),
  });
  openMenu(anchor, "Reactions", Object.entries(EMOJIS).map(item), { row: true });
}

/** A heart may come with or without the selector that colours it. */
const plain = (emoji) => emoji.replace("\ufe0f", "");

function openChats(anchor, chat, message) {
  const send = async (from, to) => {
    const sent = await trying(() => forward(chat.id, message.message_id, { from, to: to.id }));
    if (sent) toast(`Forwarded to ${nameOf(to)}`);
  };
  const chats = [...model.chats.values()].map((to) => ({ to, from: forwarder(chat, to) })).filter(({ from }) => from);
  openMenu(anchor, "Forward to", chats.map(({ to, from }) => ({ label: nameOf(to), choose: () => send(from, to) })));
}

function openReplyChats(anchor, chat, message) {
  const reply = (to, from) => {
    choose(to.id);
    chooseSpeaker(from);
    startReply(message, chat.id);
  };
  const chats = [...model.chats.values()].map((to) => ({ to, from: forwarder(chat, to) })).filter(({ to, from }) => to !== chat && from);
  openMenu(anchor, "Answer in", chats.map(({ to, from }) => ({ label: nameOf(to), choose: () => reply(to, from) })));
}

/** Who can see one chat and write in the other: the speaker, or else somebody else. */
function forwarder(chat, to) {
  const both = peopleOf(chat).map(({ id }) => id).filter((id) => peopleOf(to).some((person) => person.id === id));
  return both.includes(speakerOf(chat)) ? speakerOf(chat) : both[0];
}

async function copy(text) {
  const copied = await trying(async () => {
    if (!navigator.clipboard) throw new Error("This browser does not allow copying at this address.");
    await navigator.clipboard.writeText(text);
    return true;
  });
  if (copied) toast("Copied");
}
