// Moments, spans, sizes and names, as they are read.

const LOCALE = "en-GB";
const CLOCK = new Intl.DateTimeFormat(LOCALE, { hour: "2-digit", minute: "2-digit" });
const EXACT = new Intl.DateTimeFormat(LOCALE, { hour: "2-digit", minute: "2-digit", second: "2-digit", fractionalSecondDigits: 1 });
const DAY = new Intl.DateTimeFormat(LOCALE, { weekday: "long", day: "numeric", month: "long" });
const LONG_NUMBER = /(?<![\w.-])-?\d+\.\d{3,}(?![\w.-])/g;
const UNITS = ["bytes", "kB", "MB"];

export const clock = (at) => CLOCK.format(at * 1000);
export const exactClock = (at) => EXACT.format(at * 1000);
export const dayKey = (at) => new Date(at * 1000).toDateString();

export function day(at) {
  const key = dayKey(at);
  const now = new Date();
  if (key === now.toDateString()) return "Today";
  now.setDate(now.getDate() - 1);
  return key === now.toDateString() ? "Yesterday" : DAY.format(at * 1000);
}

/** 75 seconds are 1:15. */
export function length(seconds) {
  const whole = Number.isFinite(seconds) ? Math.max(0, Math.round(seconds)) : 0;
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

export function seconds(span) {
  return `${span < 10 ? span.toFixed(1) : Math.round(span)} s`;
}

export function size(bytes) {
  let unit = 0;
  for (; bytes >= 1000 && unit < UNITS.length - 1; unit += 1) bytes /= 1000;
  return `${unit ? bytes.toFixed(1) : bytes} ${UNITS[unit]}`;
}

/** A value of a log line, with no more digits than are read: 2.8265612 is 2.83. */
export function plain(value) {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return text.replaceAll(LONG_NUMBER, (number) => String(Math.round(Number(number) * 100) / 100));
}

export const plural = (count, one, many = `${one}s`) => `${count} ${count === 1 ? one : many}`;

export function fullName(person) {
  return [person.first_name, person.last_name].filter(Boolean).join(" ") || person.title || person.username || String(person.id);
}

/** Who a message is from: chats speak too, as channels and as anonymous admins. */
export const senderOf = (message) => message.sender_chat ?? message.from ?? message.chat;
export const senderName = (message) => fullName(senderOf(message));

export function originName(origin) {
  if (origin.type === "hidden_user") return origin.sender_user_name;
  return fullName(origin.sender_user ?? origin.sender_chat ?? origin.chat ?? { title: "somebody" });
}

const MEDIA_WORDS = { voice: "Voice note", audio: "Audio", video: "Video", video_note: "Video message", document: "File", photo: "Photo", sticker: "Sticker" };
export const MEDIA = Object.keys(MEDIA_WORDS);

export const mediaKind = (message) => MEDIA.find((kind) => message[kind]);

/** One line that stands for a message: in the list of chats, in a quote. */
export function gist(message) {
  const kind = mediaKind(message);
  const said = message.text ?? message.caption ?? "";
  if (!kind) return said || service(message) || otherWords(message) || "Message";
  const what = kind === "document" || kind === "audio" ? (message[kind].file_name ?? MEDIA_WORDS[kind]) : MEDIA_WORDS[kind];
  return said ? `${what}: ${said}` : what;
}

/** What stands for a message of somebody that is neither text nor a file. */
export function otherWords(message) {
  if (message.contact) return `Contact: ${fullName(message.contact)}`;
  if (message.location) return "Location";
  return "";
}

/** What a service message says; "" for a message of somebody. */
export function service(message) {
  if (message.text !== undefined || message.caption !== undefined || mediaKind(message) || otherWords(message)) return "";
  const who = senderName(message);
  if (message.new_chat_members) return joined(who, message);
  if (message.left_chat_member) return left(who, message);
  if (message.forum_topic_created) return `${who} created the topic “${message.forum_topic_created.name}”`;
  if (message.forum_topic_closed) return `${who} closed this topic`;
  if (message.forum_topic_reopened) return `${who} reopened this topic`;
  if (message.migrate_to_chat_id) return "This group is now a supergroup";
  if (message.migrate_from_chat_id) return "This supergroup used to be a group";
  if (message.group_chat_created || message.supergroup_chat_created) return `${who} created this group`;
  if (message.channel_chat_created) return "The channel was created";
  if (message.pinned_message) return `${who} pinned a message`;
  return "A kind of message that this page cannot show";
}

function joined(who, message) {
  const names = message.new_chat_members.map(fullName);
  return names.length === 1 && names[0] === who ? `${who} joined` : `${who} added ${names.join(", ")}`;
}

function left(who, message) {
  const name = fullName(message.left_chat_member);
  return name === who ? `${who} left` : `${who} removed ${name}`;
}
