// The text of a message with its entities, whose offsets count UTF-16 units as JavaScript does.

import { el } from "./dom.js";
import { follow, leadsToBot } from "./links.js";

const SIMPLE = { bold: "strong", italic: "em", underline: "u", strikethrough: "s", code: "code", pre: "pre" };
const BLOCKS = new Set(["pre", "blockquote", "expandable_blockquote"]);
const AROUND_TIMES = new Set(["blockquote", "expandable_blockquote", "spoiler"]);
const TIME = /(?<![^\s(])(?:(\d{1,2}):)?(\d{1,2}):([0-5]\d)(?![^\s().,-])/g;
const SAFE_URL = /^(https?|mailto|tel):/i;
let quotes = 0;

/**
 * Nodes for `text`. `on.command` is called with a bot's command that was clicked; `on.time` with the seconds of a time,
 * where the message replies to a recording of `on.duration` seconds.
 */
export function richText(text, entities = [], on = {}) {
  const times = on.time ? timesIn(text, entities, on.duration) : [];
  const ordered = [...entities, ...times].sort((one, other) => one.offset - other.offset || other.length - one.length);
  return between(text, ordered, 0, text.length, on);
}

/** The times in a text as entities: figures that stand alone, are no part of a link, and are within the recording. */
function timesIn(text, entities, duration) {
  const taken = entities.filter(({ type }) => !AROUND_TIMES.has(type));
  const found = [...text.matchAll(TIME)].map((match) => {
    const [hours, minutes, seconds] = match.slice(1).map((figures) => Number(figures ?? 0));
    return { type: "time", offset: match.index, length: match[0].length, seconds: 3600 * hours + 60 * minutes + seconds };
  });
  return found.filter((time) => time.seconds <= duration && !taken.some((other) => overlap(time, other)));
}

const overlap = (one, other) => one.offset < other.offset + other.length && other.offset < one.offset + one.length;

function between(text, entities, start, end, on) {
  const nodes = [];
  let at = start;
  for (let index = 0; index < entities.length; ) {
    const entity = entities[index];
    const from = Math.max(entity.offset, at);
    const to = Math.min(entity.offset + entity.length, end);
    const next = entities.findIndex((other, place) => place > index && other.offset >= to);
    const inner = entities.slice(index + 1, next === -1 ? undefined : next);
    index = next === -1 ? entities.length : next;
    if (from >= to) continue;
    if (from > at) nodes.push(text.slice(at, from));
    nodes.push(entityNode(entity, text.slice(from, to), between(text, inner, from, to, on), on));
    at = BLOCKS.has(entity.type) && text[to] === "\n" ? to + 1 : to; // a block breaks the line by itself
  }
  if (at < end) nodes.push(text.slice(at, end));
  return nodes;
}

function entityNode(entity, plain, inner, on) {
  if (SIMPLE[entity.type]) return el(SIMPLE[entity.type], {}, inner);
  switch (entity.type) {
    case "text_link":
      return link(entity.url, inner);
    case "url":
      return link(SAFE_URL.test(plain) ? plain : `https://${plain}`, inner);
    case "email":
      return link(`mailto:${plain}`, inner);
    case "bot_command":
      return el("button", { type: "button", class: "command", click: () => on.command?.(plain) }, inner);
    case "time":
      return el("button", { type: "button", class: "command", "aria-label": `Listen from ${plain}`, click: () => on.time(entity.seconds) }, inner);
    case "mention":
    case "text_mention":
    case "hashtag":
      return el("span", { class: "mention" }, inner);
    case "blockquote":
      return el("blockquote", {}, inner);
    case "expandable_blockquote":
      return foldedQuote(inner);
    case "spoiler":
      return spoiler(inner);
    default:
      return el("span", {}, inner);
  }
}

function link(url, inner) {
  if (leadsToBot(url)) {
    const node = el("button", { type: "button", class: "command", click: () => follow(node, url) }, inner);
    return node;
  }
  if (!SAFE_URL.test(url)) return el("span", { class: "mention", title: url }, inner);
  return el("a", { href: url, target: "_blank", rel: "noopener noreferrer" }, inner);
}

function spoiler(inner) {
  const reveal = () => node.replaceWith(...node.childNodes);
  const node = el("button", { type: "button", class: "spoiler", "aria-label": "Hidden text, press to reveal", click: reveal }, inner);
  return node;
}

/** Three lines of a quote, and a button for the rest where there is more. */
function foldedQuote(inner) {
  const id = `quote-${(quotes += 1)}`;
  const words = el("div", { class: "quoted", id }, inner);
  const button = el("button", { type: "button", class: "unfold", "aria-controls": id, click: () => fold(quote.dataset.folded !== "true") });
  const quote = el("blockquote", { class: "expandable" }, words, button);
  const fold = (folded) => {
    quote.dataset.folded = String(folded);
    button.textContent = folded ? "Show more" : "Show less";
    button.setAttribute("aria-expanded", String(!folded));
  };
  fold(true);
  overflowing.observe(words);
  return quote;
}

const overflowing = new ResizeObserver((entries) => {
  for (const { target } of entries) {
    const folded = target.parentElement?.dataset.folded === "true";
    if (folded) target.nextElementSibling.hidden = target.scrollHeight <= target.clientHeight + 1;
  }
});
