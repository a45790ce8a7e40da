// What the server said and what was chosen here: the one state that all parts of the page share.

const CALLS_KEPT = 500;
const GENERAL = 1; // the topic that every forum has; its messages carry no thread

export const model = {
  bot: { id: 0, first_name: "Bot" },
  people: new Map(),
  chats: new Map(),
  chosen: null, // the id of the chat that is open
  privacy: true,
  samples: [],
  speech: null,
  faults: [],
  process: null,
  calls: new Map(),
  lines: [], // of the log, as the last state had them
};

const listeners = new Map();

export function on(name, listener) {
  listeners.set(name, [...(listeners.get(name) ?? []), listener]);
}

export function emit(name, detail) {
  for (const listener of listeners.get(name) ?? []) listener(detail);
}

/** Takes in one event of the server, then calls the listeners for it. */
export function apply(name, data) {
  const detail = CHANGES[name](data);
  if (detail !== undefined) emit(name, detail);
}

const CHANGES = {
  state: replaceAll,
  message: putMessage,
  deleted: ({ chat, message }) => {
    model.chats.get(chat)?.messages.delete(message);
    return { chat, message };
  },
  chat: (chat) => putChat(chat),
  people: (people) => {
    model.people = new Map(people.map((person) => [person.id, person]));
    return people;
  },
  privacy: keep("privacy"),
  speech: keep("speech"),
  faults: keep("faults"),
  process: keep("process"),
  call: putCall,
  log: (line) => line,
  callback: (answer) => answer,
};

export const EVENTS = Object.keys(CHANGES);

function keep(name) {
  return (value) => {
    model[name] = value;
    return value ?? null;
  };
}

function replaceAll(state) {
  const before = model.chats;
  model.bot = state.bot;
  model.people = new Map(state.people.map((person) => [person.id, person]));
  model.chats = new Map(state.chats.map((chat) => [chat.id, restored(chat, before.get(chat.id))]));
  for (const name of ["privacy", "samples", "speech", "faults", "process"]) model[name] = state[name] ?? null;
  model.calls = new Map(state.calls.map((call) => [call.number, call]));
  model.lines = [...state.log];
  if (!model.chats.has(model.chosen)) model.chosen = state.chats[0]?.id ?? null;
  return state;
}

/** A chat as the server tells it now, with what was chosen and read in it before. */
function restored(chat, before) {
  const messages = new Map(chat.messages.map((message) => [message.message_id, message]));
  const fresh = { thread: null, speaker: null, draft: "", seen: Math.max(0, ...messages.keys()) };
  return Object.assign(before ?? fresh, chat, { messages }); // the same object, as what is drawn holds on to it
}

function putChat(chat) {
  const before = model.chats.get(chat.id);
  const kept = before ?? { messages: new Map(), thread: null, speaker: null, draft: "", seen: 0 };
  model.chats.set(chat.id, Object.assign(kept, chat, { messages: kept.messages }));
  if (model.chosen === null) choose(chat.id);
  return kept;
}

function putMessage({ chat, message }) {
  const messages = model.chats.get(chat)?.messages;
  if (!messages) return undefined; // of a chat that was not announced: the next state brings both
  messages.set(message.message_id, message);
  return { chat, message };
}

function putCall(call) {
  const oldest = model.calls.values().next().value;
  if (model.calls.size === CALLS_KEPT && !model.calls.has(call.number)) {
    if (call.at < oldest.at) return undefined; // it ended long after it was forgotten here
    model.calls.delete(oldest.number);
  }
  model.calls.set(call.number, call);
  return call;
}

/** What its people call a chat: in private whom they talk to, and who does where that would not tell two chats apart. */
export function nameOf(chat) {
  if (chat.type !== "private") return chat.title;
  const alone = [...model.chats.values()].filter((one) => one.type === "private").length === 1;
  return alone ? model.bot.first_name : `${model.bot.first_name} · ${chat.title}`;
}

export const openChat = () => model.chats.get(model.chosen) ?? null;

export function choose(chatId) {
  model.chosen = chatId;
  emit("chosen", openChat());
}

export function chooseThread(thread) {
  openChat().thread = thread;
  emit("chosen", openChat());
}

export function chooseSpeaker(person) {
  openChat().speaker = person;
  emit("speaker", openChat());
}

export function peopleOf(chat) {
  const people = [...model.people.values()].filter((person) => !person.is_bot);
  const members = people.filter((person) => chat.members.includes(person.id));
  return members.length ? members : people;
}

/** Who speaks in a chat: the person chosen there, else its owner, else the first of its people. */
export function speakerOf(chat) {
  const people = peopleOf(chat);
  const known = (id) => people.some((person) => person.id === id);
  return [chat.speaker, chat.id].find(known) ?? people[0]?.id;
}

/** The commands that who speaks is offered in the open chat. */
export function menuOf(chat) {
  return chat?.menus[speakerOf(chat)] ?? [];
}

/** "me", "bot" or "other". */
export function sideOf(chat, message) {
  if (message.sender_chat || !message.from) return "other";
  if (message.from.id === model.bot.id) return "bot";
  return message.from.id === speakerOf(chat) ? "me" : "other";
}

export const threadOf = (message) => (message.is_topic_message ? message.message_thread_id : GENERAL);

export function topicsOf(chat) {
  if (!chat.topics?.length) return [];
  const others = chat.topics.filter((topic) => topic.id !== GENERAL);
  return [{ id: null, name: "All" }, { id: GENERAL, name: "General" }, ...others];
}

export function visibleMessages(chat) {
  const messages = [...chat.messages.values()].sort((one, other) => one.message_id - other.message_id);
  return chat.thread === null ? messages : messages.filter((message) => threadOf(message) === chat.thread);
}

/** Where something that is sent now goes to. A message without a thread goes to the general topic. */
export function destination() {
  const chat = openChat();
  const thread = chat.thread === GENERAL ? null : chat.thread;
  return { chat: chat.id, from: speakerOf(chat), thread };
}

export function lastMessage(chat) {
  return [...chat.messages.values()].reduce((last, next) => (last && last.message_id > next.message_id ? last : next), null);
}

export function unreadIn(chat) {
  const isNew = (message) => message.message_id > chat.seen && sideOf(chat, message) !== "me";
  return [...chat.messages.values()].filter(isNew).length;
}

export function markRead(chat) {
  const last = lastMessage(chat)?.message_id ?? 0;
  if (last <= chat.seen) return;
  chat.seen = last;
  emit("read", chat);
}
