// Files of text, read on the page without saving them.

import { el, iconButton } from "./dom.js";
import { bytesOf } from "./files.js";

const ENDINGS = /\.(txt|srt|vtt|md|json)$/i;
const MOST = 200_000; // characters; a browser takes seconds to lay out more

export const isReadable = (file) => ENDINGS.test(file.file_name ?? "");

/** Shows what is in a file, over the page. */
export async function read(file) {
  const text = await (await bytesOf(file)).text();
  const shown = text.length > MOST ? `${text.slice(0, MOST)}\n…` : text;
  const close = iconButton("close", "Close", { click: () => dialog.close() });
  const head = el("header", {}, el("b", { dir: "auto" }, file.file_name), close);
  const dialog = el("dialog", { class: "reader", "aria-label": file.file_name }, head, el("pre", { tabindex: 0 }, shown));
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}
