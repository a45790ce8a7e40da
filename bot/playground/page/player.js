// Playing voice notes and audio: one sound at a time, whatever happens to the messages that show it.

import { el, icon, set } from "./dom.js";
import { bytesOf, loudness } from "./files.js";
import { problem } from "./notices.js";
import { length } from "./words.js";

const BARS = 44;
const STEPS = 100; // of the position control
const audio = new Audio();
let loaded = null; // the file that `audio` holds

for (const event of ["play", "pause", "timeupdate", "ended", "loadedmetadata"]) audio.addEventListener(event, () => refresh(loaded));

/** A player for a file with a duration; `title` is shown for music, a wave for a voice note. */
export function player(file, title) {
  const button = el("button", { type: "button", class: "play", click: () => toggle(file) });
  const position = el("input", { type: "range", min: 0, max: STEPS, value: 0, "aria-label": "Position" });
  position.addEventListener("input", () => jump(file, position.value / STEPS));
  const time = el("span", { class: "time" });
  const track = el("div", { class: "track" }, !title && wave(file), position);
  const about = el("div", { class: "about" }, title && el("span", { class: "title", dir: "auto" }, title), track, time);
  const node = el("div", { class: title ? "player music" : "player", "data-file": file.file_id }, button, about);
  node.file = file;
  draw(node);
  return node;
}

function wave(file) {
  const bars = Array.from({ length: BARS }, () => el("i"));
  const node = el("div", { class: "wave", "aria-hidden": "true" }, bars);
  Promise.resolve(loudness(file, BARS)).then((parts) => {
    if (parts) parts.forEach((part, index) => bars[index].style.setProperty("--loud", part.toFixed(2)));
  });
  return node;
}

async function toggle(file) {
  if (loaded?.file_id === file.file_id && !audio.paused) return audio.pause();
  try {
    await load(file);
    await audio.play();
  } catch (error) {
    if (error.name !== "AbortError") problem(error.name === "NotSupportedError" ? "This browser cannot play this file." : error.message);
  }
}

/** Plays a file from a moment on, as after a tap on a time in a reply to it. */
export async function playFrom(file, seconds) {
  try {
    await load(file);
    audio.currentTime = seconds;
    await audio.play();
  } catch (error) {
    if (error.name !== "AbortError") problem(error.message);
  }
}

async function jump(file, part) {
  try {
    await load(file);
    audio.currentTime = part * span(file);
  } catch (error) {
    problem(error.message);
  }
}

async function load(file) {
  if (loaded?.file_id === file.file_id) return;
  const bytes = await bytesOf(file);
  const before = loaded;
  loaded = file;
  URL.revokeObjectURL(audio.src);
  audio.src = URL.createObjectURL(bytes);
  refresh(before);
  await new Promise((resolve, reject) => {
    audio.onloadedmetadata = resolve;
    audio.onerror = () => reject(new Error("This browser cannot play this file."));
  });
}

const span = (file) => (loaded?.file_id === file.file_id && Number.isFinite(audio.duration) ? audio.duration : (file.duration ?? 0));

function refresh(file) {
  if (!file) return;
  for (const node of document.querySelectorAll(`[data-file="${CSS.escape(file.file_id)}"]`)) draw(node);
}

function draw(node) {
  const mine = loaded?.file_id === node.file.file_id;
  const playing = mine && !audio.paused && !audio.ended;
  const at = mine ? audio.currentTime : 0;
  const whole = span(node.file);
  const part = whole ? Math.min(1, at / whole) : 0;
  const button = node.querySelector(".play");
  set(button, "aria-label", playing ? "Pause" : "Play");
  if (button.dataset.shows !== String(playing)) button.replaceChildren(icon(playing ? "pause" : "play"));
  button.dataset.shows = String(playing);
  const position = node.querySelector("input");
  position.value = part * STEPS;
  set(position, "aria-valuetext", `${length(at)} of ${length(whole)}`);
  node.style.setProperty("--played", part);
  node.querySelectorAll(".wave i").forEach((bar, index) => bar.classList.toggle("played", at > 0 && index < part * BARS));
  node.querySelector(".time").textContent = at > 0 ? `${length(at)} / ${length(whole)}` : length(whole);
}
