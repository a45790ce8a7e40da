// Who listens to the recordings, said where the words appear: nobody should judge the real service by a small one.

import { byId } from "./dom.js";
import { model, on } from "./model.js";

const SMALL = /^pocketsphinx\b/;

export function startHearing() {
  for (const name of ["state", "speech"]) on(name, draw);
}

function draw() {
  const line = byId("hearing");
  line.textContent = model.speech ? sentence(model.speech) : "";
  line.dataset.real = String(Boolean(model.speech?.real));
  line.hidden = line.textContent === "";
}

function sentence({ engine, real, says }) {
  if (real) return "The real AI/ML API is listening, and every recording costs.";
  if (typeof says === "string") return `Whatever you send, the bot hears: “${says}”`;
  if (SMALL.test(engine)) return `A small offline recogniser (${engine}) is listening; the real service hears better.`;
  return engine ? `${engine} is listening, on this machine.` : "";
}
