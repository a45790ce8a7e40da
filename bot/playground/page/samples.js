// Clips that come with the playground, sent as voice notes.

import { byId, icon } from "./dom.js";
import { openMenu } from "./menu.js";
import { model } from "./model.js";
import { trying } from "./notices.js";
import { sendFile, takeDestination } from "./outbox.js";
import { length } from "./words.js";

export function startSamples() {
  const button = byId("samples");
  button.addEventListener("click", () => openMenu(button, "Samples", model.samples.map(menuItem)));
}

const menuItem = (sample) => ({ label: sample.title, note: length(sample.seconds), icon: icon("wave"), choose: () => sendSample(sample) });

export async function sendSample(sample) {
  const to = takeDestination();
  const file = await trying(() => fetched(sample));
  if (file) await sendFile(file, { kind: "voice", to });
}

async function fetched(sample) {
  const response = await fetch(sample.url);
  if (!response.ok) throw new Error(`The sample “${sample.title}” is missing.`);
  const bytes = await response.blob();
  return new File([bytes], sample.url.split("/").pop(), { type: bytes.type });
}
