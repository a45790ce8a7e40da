// Light or dark: as the system has it, until somebody chooses here.

import { byId } from "./dom.js";
import { recall, remember } from "./remember.js";

const DARK = matchMedia("(prefers-color-scheme: dark)");

export function startTheme() {
  show(recall("theme") ?? system());
  DARK.addEventListener("change", () => recall("theme") || show(system()));
  byId("theme").addEventListener("click", () => {
    const next = document.documentElement.dataset.theme === "dark" ? "light" : "dark";
    remember("theme", next);
    show(next);
  });
}

const system = () => (DARK.matches ? "dark" : "light");

function show(theme) {
  document.documentElement.dataset.theme = theme;
}
