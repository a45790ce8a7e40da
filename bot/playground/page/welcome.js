// The invitation that stands in an empty chat.

import { byId, el, icon } from "./dom.js";
import { model } from "./model.js";
import { sendSample } from "./samples.js";
import { length } from "./words.js";

export function drawWelcome(chat, empty) {
  const place = byId("welcome");
  place.hidden = !empty;
  const key = `${chat.id} ${chat.type}`;
  if (!empty || place.dataset.drawnFor === key) return;
  place.dataset.drawnFor = key;
  place.replaceChildren(...(chat.type === "private" ? invitation() : [el("p", {}, "Nothing here yet. Say something.")]));
}

function invitation() {
  return [
    el("span", { class: "emblem", "aria-hidden": "true" }, icon("mic")),
    el("h2", {}, `Let ${model.bot.first_name} listen`),
    el("p", {}, "Record a voice note, drop a file or try a sample."),
    el("div", { class: "sample-cards" }, model.samples.map(sampleCard)),
  ];
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
