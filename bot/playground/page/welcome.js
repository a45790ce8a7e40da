// The invitation in a chat in which nobody has said anything yet.

import { byId, el, icon } from "./dom.js";
import { model, peopleOf, speakerOf } from "./model.js";
import { sendSample } from "./samples.js";
import { fullName, length } from "./words.js";

export function drawWelcome(chat, empty) {
  const place = byId("welcome");
  place.hidden = !empty;
  const [title, text] = invitation(chat);
  const key = JSON.stringify([chat.id, title, text, model.samples.length]);
  if (!empty || place.dataset.drawnFor === key) return;
  place.dataset.drawnFor = key;
  place.replaceChildren(
    el("span", { class: "emblem", "aria-hidden": "true" }, icon("mic")),
    el("h2", { dir: "auto" }, title),
    el("p", { dir: "auto" }, text),
    el("div", { class: "sample-cards" }, model.samples.map(sampleCard)),
  );
}

function invitation(chat) {
  const bot = model.bot.first_name;
  if (chat.type === "private") return [`Let ${bot} listen`, "Record a voice note, drop a file or try a sample."];
  if (chat.type === "channel") return ["Nothing has been posted here yet", `Write something, or post a voice note or a sample for ${bot} to transcribe.`];
  const people = peopleOf(chat);
  const who = people.find(({ id }) => id === speakerOf(chat));
  const others = people.length > 1 ? " Choose above who is speaking." : "";
  return ["Nobody has spoken here yet", `Say something or send a voice note as ${who ? fullName(who) : "one of its members"}.${others}`];
}

function sampleCard(sample) {
  const press = async () => {
    button.disabled = true;
    await sendSample(sample);
    button.disabled = false;
  };
  const button = el("button", { type: "button", click: press, title: "Send as a voice note" }, icon("wave"));
  button.append(el("span", { dir: "auto" }, sample.title), el("span", { class: "time" }, length(sample.seconds)));
  return button;
}
