// Files from this machine: chosen, dropped onto the conversation, or pasted.

import { byId } from "./dom.js";
import { openChat } from "./model.js";
import { sendFiles } from "./outbox.js";

export function startAttach() {
  const input = byId("file");
  byId("attach").addEventListener("click", () => input.click());
  input.addEventListener("change", () => {
    const files = [...input.files];
    input.value = ""; // the same file may be chosen again
    sendFiles(files);
  });
  byId("message").addEventListener("paste", (event) => take(event, event.clipboardData));
  startDrop(byId("conversation"));
}

function take(event, data) {
  const files = [...(data?.files ?? [])];
  if (files.length === 0 || !openChat()) return;
  event.preventDefault();
  sendFiles(files);
}

function startDrop(place) {
  let inside = 0; // enter and leave come for every child
  const show = (change) => {
    inside = Math.max(0, change === 0 ? 0 : inside + change);
    byId("drop").hidden = inside === 0;
  };
  const carriesFiles = (event) => event.dataTransfer?.types.includes("Files");
  place.addEventListener("dragenter", (event) => carriesFiles(event) && show(+1));
  place.addEventListener("dragleave", (event) => carriesFiles(event) && show(-1));
  for (const name of ["dragover", "drop"]) window.addEventListener(name, (event) => carriesFiles(event) && event.preventDefault());
  place.addEventListener("drop", (event) => {
    show(0);
    take(event, event.dataTransfer);
  });
}
