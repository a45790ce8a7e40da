// The bot's commands: a menu of them, and suggestions while one is typed.

import { byId, el } from "./dom.js";
import { openMenu } from "./menu.js";
import { menuOf, openChat } from "./model.js";
import { sayText } from "./outbox.js";

let at = 0; // which suggestion Enter takes
let write = () => {};
let send = () => {};

export function startCommands() {
  const button = byId("commands");
  const item = ({ command, description }) => ({ label: `/${command}`, note: description, choose: () => sayText(`/${command}`) });
  const none = { label: "This bot has not set any commands", choose: () => {} };
  button.addEventListener("click", () => openMenu(button, "Commands", offered().length ? offered().map(item) : [none]));
  byId("message").addEventListener("blur", hideSuggestions);
}

const offered = () => menuOf(openChat());
const list = () => byId("suggestions");
const options = () => [...list().children];

/** Offers what begins like the field's text; `writeText` and `sendText` are the composer's. */
export function suggest(field, writeText, sendText) {
  write = writeText;
  send = sendText;
  const typed = /^\/(\w*)$/.exec(field.value)?.[1];
  const fitting = typed === undefined ? [] : offered().filter(({ command }) => command.startsWith(typed));
  if (fitting.length === 0) return hideSuggestions();
  list().replaceChildren(...fitting.map(option));
  list().hidden = false;
  at = 0;
  return mark();
}

function option({ command, description }, index) {
  const take = () => {
    complete(command);
    send();
  };
  const keepFocus = (event) => event.preventDefault();
  const attributes = { role: "option", id: `suggestion-${index}`, "data-command": command, mousedown: keepFocus, click: take };
  return el("li", attributes, el("b", {}, `/${command}`), el("span", { dir: "auto" }, " ", description));
}

export function hideSuggestions() {
  list().hidden = true;
  byId("message").removeAttribute("aria-activedescendant");
}

function mark() {
  options().forEach((one, index) => one.setAttribute("aria-selected", String(index === at)));
  byId("message").setAttribute("aria-activedescendant", `suggestion-${at}`);
  options()[at].scrollIntoView({ block: "nearest" });
}

function complete(command) {
  write(`/${command} `);
  hideSuggestions();
}

/** Takes a key of the field if suggestions are open and it is for them. */
export function steerSuggestions(event) {
  if (list().hidden) return false;
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const takes = (event.key === "Enter" && !event.shiftKey) || event.key === "Tab";
  if (!step && !takes && event.key !== "Escape") return false;
  event.preventDefault();
  if (step) {
    at = (at + step + options().length) % options().length;
    mark();
  } else if (takes) {
    complete(options()[at].dataset.command);
    if (event.key === "Enter") send();
  } else {
    hideSuggestions();
  }
  return true;
}
