// The stream of events from the server, and word of whether it flows.

import { byId } from "./dom.js";
import { EVENTS, apply } from "./model.js";

const RETRY_MS = 2000;

let source = null;
let run = null; // which playground this is: every one begins from nothing

/** A browser has six connections for all of its windows together, so only those that can be seen listen. */
export function connect() {
  document.addEventListener("visibilitychange", follow);
  follow();
}

function follow() {
  if (!document.hidden) source ??= listen();
  else if (source) {
    source.close();
    source = null;
  }
}

function listen() {
  const stream = new EventSource("/sim/events");
  for (const name of EVENTS) stream.addEventListener(name, (event) => take(name, JSON.parse(event.data)));
  stream.addEventListener("open", () => show(false));
  stream.addEventListener("error", () => {
    show(true);
    // A browser tries again by itself, but not after an answer that is no stream.
    if (stream.readyState === EventSource.CLOSED) setTimeout(again, RETRY_MS, stream);
  });
  return stream;
}

function again(stream) {
  if (source !== stream) return; // nobody looks, or somebody has looked again since
  source = null;
  follow();
}

function take(name, data) {
  if (name === "state" && run !== null && run !== data.run && !isBusy()) return location.reload();
  if (name === "state") run = data.run;
  return apply(name, data);
}

/** With something that is recorded here and nowhere else. */
const isBusy = () => document.querySelector("#uploads > *, #composer.recording") !== null;

function show(lost) {
  byId("banner").hidden = !lost;
}
