// One message as an article, of which only the parts that changed are drawn again.

import { fileUrl, press, react } from "./api.js";
import { openActions } from "./actions.js";
import { avatar, botAvatar, el, icon, iconButton, set, tint } from "./dom.js";
import { follow, leadsToBot } from "./links.js";
import { model, sideOf, speakerOf, threadOf, topicsOf } from "./model.js";
import { trying } from "./notices.js";
import { sayText } from "./outbox.js";
import { playFrom, player } from "./player.js";
import { isReadable, read } from "./reader.js";
import { richText } from "./text.js";
import { clock, fullName, gist, mediaKind, originName, otherWords, senderName, senderOf, service, size } from "./words.js";

const MEDIA_VIEWS = {
  voice: (file) => player(file),
  audio: (file) => player(file, [file.performer, file.title].filter(Boolean).join(" – ") || file.file_name || "Audio"),
  video: (file) => video(file, { controls: true }),
  video_note: roundVideo,
  document: (file) => [documentLink(file), isReadable(file) && openButton(file)],
  photo: (sizes) => el("img", { src: fileUrl(sizes.at(-1).file_id), alt: "Photo" }),
  sticker: (file) => el("span", { class: "big" }, file.emoji ?? "Sticker"),
};

const PLAYED = ["voice", "audio", "video", "video_note"]; // what has a length and can be listened to from a moment on

// Each part: what it is drawn from, and how. A part whose source is empty is not there.
const BUBBLE = {
  name: [nameSource, nameLine],
  origin: [(message) => message.forward_origin, originLine],
  quote: [quoteSource, quote],
  media: [mediaSource, ({ kind, file }) => el("div", { class: `media ${kind}` }, MEDIA_VIEWS[kind](file))],
  words: [wordsSource, words],
  foot: [footSource, foot],
};
const BELOW = {
  keyboard: [(message) => message.reply_markup?.inline_keyboard, keyboard],
  reactions: [reactionsSource, reactions],
};

export function createMessage(chat, message) {
  const plain = service(message);
  const node = el("article", { "data-message": message.message_id, class: plain ? "service" : "message" });
  if (plain) {
    node.append(el("p", { dir: "auto" }, plain));
    describe(node, chat, message);
    return node;
  }
  node.bubble = el("div", { class: "bubble" });
  node.below = el("div", { class: "below" });
  const more = iconButton("more", "Message actions", { "aria-haspopup": "menu", "aria-expanded": "false" });
  more.addEventListener("click", () => openActions(more, chat, chat.messages.get(message.message_id)));
  const { id } = senderOf(message);
  node.append(id === model.bot.id ? botAvatar() : avatar(id, senderName(message)), el("div", { class: "body" }, node.bubble, node.below), more);
  updateMessage(node, chat, message);
  return node;
}

export function updateMessage(node, chat, message) {
  describe(node, chat, message);
  if (!node.bubble) return;
  drawParts(node.bubble, BUBBLE, chat, message);
  drawParts(node.below, BELOW, chat, message);
}

function describe(node, chat, message) {
  node.dataset.from = sideOf(chat, message);
  node.setAttribute("aria-label", `${senderName(message)}, ${clock(message.date)}`);
}

function drawParts(holder, parts, chat, message) {
  holder.parts ??= new Map();
  let after = null;
  for (const [name, [source, build]] of Object.entries(parts)) {
    const from = source(message, chat);
    const key = from ? JSON.stringify(from) : "";
    const old = holder.parts.get(name);
    const part = old?.key === key ? old : { key, node: from ? build(from, message, chat) : null };
    if (part !== old) old?.node?.remove();
    if (part !== old && part.node) after ? after.after(part.node) : holder.prepend(part.node);
    holder.parts.set(name, part);
    after = part.node ?? after;
  }
}

function nameSource(message, chat) {
  const topic = chat.thread === null && topicsOf(chat).find(({ id }) => id === threadOf(message))?.name;
  const name = chat.type !== "private" && sideOf(chat, message) !== "me" && senderName(message);
  return (name || topic) && { name, topic, id: senderOf(message).id };
}

function nameLine({ name, topic, id }) {
  const line = el("p", { class: id === model.bot.id ? "name bot" : "name" });
  if (name) line.append(el("b", { dir: "auto" }, name));
  if (topic) line.append(el("span", { class: "topic", dir: "auto" }, topic));
  return tint(line, id);
}

function originLine(origin) {
  return el("p", { class: "origin" }, icon("forward"), "Forwarded from ", el("b", { dir: "auto" }, originName(origin)));
}

function quoteSource(message) {
  if (message.external_reply) return outsideSource(message.external_reply);
  const quoted = message.reply_to_message;
  // In a topic every message replies to the one that opened it; nobody wrote that.
  return quoted && !quoted.forum_topic_created ? { id: quoted.message_id, name: senderName(quoted), gist: gist(quoted) } : null;
}

function outsideSource(outside) {
  const what = mediaKind(outside) ? gist(outside) : "Message";
  return { id: null, name: originName(outside.origin), gist: `${what} from another chat` };
}

function quote(source) {
  const words = [el("b", { dir: "auto" }, source.name), el("span", { dir: "auto" }, source.gist)];
  if (source.id === null) return el("p", { class: "quote" }, words); // of another chat, so no place to go to
  const jump = () => document.querySelector(`[data-message="${source.id}"]`)?.dispatchEvent(new CustomEvent("jump", { bubbles: true }));
  return el("button", { type: "button", class: "quote", "aria-label": `Go to the message of ${source.name}`, click: jump }, words);
}

function mediaSource(message) {
  const kind = mediaKind(message);
  return kind && { kind, file: message[kind] };
}

function video(file, attributes) {
  return el("video", { playsinline: true, preload: "metadata", src: fileUrl(file.file_id), "aria-label": file.file_name ?? "Video", ...attributes });
}

/** The browser's own controls do not fit into a circle. */
function roundVideo(file) {
  const show = () => {
    set(button, "aria-label", picture.paused ? "Play" : "Pause");
    button.replaceChildren(icon(picture.paused ? "play" : "pause"));
  };
  const picture = video(file, { play: show, pause: show });
  const button = el("button", { type: "button", class: "play", click: () => (picture.paused ? trying(() => picture.play()) : picture.pause()) });
  show();
  return el("div", { class: "circle" }, picture, button);
}

function documentLink(file) {
  const name = file.file_name ?? "file";
  const link = el("a", { href: fileUrl(file.file_id), download: name, "aria-label": name }, icon("file"));
  link.append(el("span", { class: "file-name", dir: "auto" }, name), el("span", { class: "file-size" }, size(file.file_size ?? 0)));
  return link;
}

function openButton(file) {
  return iconButton("open", `Open ${file.file_name}`, { click: () => trying(() => read(file)) });
}

function wordsSource(message, chat) {
  const text = message.text ?? message.caption ?? otherWords(message);
  return text && { text, entities: message.entities ?? message.caption_entities, recording: recordingOf(message, chat) };
}

/** What a time in a message leads to: the recording that it replies to, while that is there. */
function recordingOf(message, chat) {
  const quoted = chat.messages.get(message.reply_to_message?.message_id);
  const kind = quoted && PLAYED.find((one) => quoted[one]);
  return kind ? { id: quoted.message_id, kind, file: quoted[kind] } : null;
}

function words({ text, entities, recording }) {
  const time = recording && ((seconds) => listen(recording, seconds));
  return el("div", { class: "words", dir: "auto" }, richText(text, entities, { command: sayText, time, duration: recording?.file.duration }));
}

function listen({ id, kind, file }, seconds) {
  if (kind === "voice" || kind === "audio") return playFrom(file, seconds);
  const picture = document.querySelector(`[data-message="${id}"] video`);
  picture.currentTime = seconds;
  return trying(() => picture.play());
}

function footSource(message) {
  return { date: message.date, edited: Boolean(message.edit_date) };
}

function foot({ date, edited }) {
  const moment = el("time", { datetime: new Date(date * 1000).toISOString() }, clock(date));
  return el("p", { class: "foot", "data-edited": edited }, edited && el("span", {}, "edited "), moment);
}

function keyboard(rows, message, chat) {
  const node = el("div", { class: "keyboard" });
  const use = async (button) => {
    const buttons = [...node.querySelectorAll("button")];
    buttons.forEach((one) => (one.disabled = true));
    await trying(() => press(chat.id, message.message_id, { from: speakerOf(chat), button: button.callback_data ?? button.text }));
    buttons.forEach((one) => (one.disabled = false));
  };
  node.append(...rows.map((row) => el("div", {}, row.map((button) => keyboardButton(button, use)))));
  return node;
}

function keyboardButton(button, use) {
  if (leadsToBot(button.url)) {
    const node = el("button", { type: "button", click: () => follow(node, button.url) }, button.text, icon("open"));
    return node;
  }
  if (/^https?:/i.test(button.url ?? "")) {
    return el("a", { href: button.url, target: "_blank", rel: "noopener noreferrer" }, button.text, icon("open"));
  }
  return el("button", { type: "button", click: () => use(button) }, button.text);
}

function reactionsSource(message, chat) {
  const byEmoji = new Map();
  for (const { by, emoji } of message.reactions ?? []) byEmoji.set(emoji, [...(byEmoji.get(emoji) ?? []), by]);
  return byEmoji.size ? { speaker: speakerOf(chat), emojis: [...byEmoji] } : null;
}

function reactions({ speaker, emojis }, message, chat) {
  const chip = ([emoji, people]) => {
    const mine = people.includes(speaker);
    const names = people.map(personName).join(", ");
    const turn = () => trying(() => react(chat.id, message.message_id, { from: speaker, emoji: mine ? null : emoji }));
    const label = { "aria-label": `${emoji} from ${names}`, title: names, "aria-pressed": String(mine) };
    const shown = emoji.replace(/^❤$/, "❤\ufe0f"); // without the selector it is black
    return el("button", { type: "button", click: turn, ...label }, el("span", {}, shown), el("span", { class: "count" }, String(people.length)));
  };
  return el("div", { class: "reactions" }, emojis.map(chip));
}

function personName(id) {
  const person = id === model.bot.id ? model.bot : model.people.get(id);
  return person ? fullName(person) : "somebody";
}
