// Short words to the user: toasts, problems, and the alerts of a bot.

import { byId, el, iconButton } from "./dom.js";

const TOAST_MS = 4000;
const PROBLEM_MS = 10000;

export const toast = (text) => show(byId("toasts"), text, TOAST_MS);
export const problem = (text) => show(byId("problems"), text, PROBLEM_MS);

function show(region, text, lasts) {
  const close = iconButton("close", "Dismiss", { click: () => note.remove() });
  const note = el("div", { class: "toast" }, el("p", { dir: "auto" }, text), close);
  region.append(note);
  const fade = () => (note.matches(":hover, :focus-within") ? setTimeout(fade, lasts) : note.remove());
  setTimeout(fade, lasts);
}

/** A message that has to be confirmed. */
export function alertDialog(text) {
  const ok = el("button", { type: "button", class: "primary", click: () => dialog.close() }, "OK");
  const words = el("p", { id: "alert-text", dir: "auto" }, text);
  const dialog = el("dialog", { class: "alert", role: "alertdialog", "aria-labelledby": "alert-text" }, words, ok);
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}

/** The answer of `work`, or undefined after its failure was shown. */
export async function trying(work) {
  try {
    return await work();
  } catch (error) {
    problem(error.message);
    return undefined;
  }
}
