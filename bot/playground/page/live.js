// The stream of events from the server, and word of whether it flows.

import { EVENTS, apply } from "./model.js";
import { byId } from "./dom.js";

const RETRY_MS = 2000;

export function connect() {
  const source = new EventSource("/sim/events");
  for (const name of EVENTS) source.addEventListener(name, (event) => apply(name, JSON.parse(event.data)));
  source.addEventListener("open", () => show(false));
  source.addEventListener("error", () => {
    show(true);
    // A browser tries again by itself, but not after an answer that is no stream.
    if (source.readyState === EventSource.CLOSED) setTimeout(connect, RETRY_MS);
  });
}

function show(lost) {
  byId("banner").hidden = !lost;
}
