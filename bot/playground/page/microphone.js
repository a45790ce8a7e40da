// The microphone button: press to start and to send, or hold while speaking.

import { byId, el, icon, set } from "./dom.js";
import { problem, toast } from "./notices.js";
import { sendFile, takeDestination } from "./outbox.js";
import { startRecording } from "./recorder.js";
import { length } from "./words.js";

const HOLD_MS = 350;
const SHORTEST = 0.3; // seconds
const BARS = 36;
const BAR_MS = 80;

let phase = "idle"; // "asking" for the microphone, "recording"
let recording = null;
let to = null; // where it goes: the chat that was open when it began
let pressedAt = null; // of a press that began the recording and still lasts
let givenUp = false; // the button was let go before the microphone was there
let startedByPress = false; // the click that ends such a press means nothing more

export function startMicrophone() {
  const button = byId("record");
  button.addEventListener("pointerdown", (event) => event.button === 0 && pressed(event, button));
  for (const name of ["pointerup", "pointercancel"]) button.addEventListener(name, released);
  button.addEventListener("click", clicked);
  button.addEventListener("contextmenu", (event) => event.preventDefault());
  byId("discard").addEventListener("click", discard);
  document.addEventListener("keydown", (event) => event.key === "Escape" && phase === "recording" && !isAnythingOpen() && discard());
  byId("levels").append(...Array.from({ length: BARS }, () => el("i")));
}

/** Escape closes that first. */
const isAnythingOpen = () => document.querySelector(".menu:popover-open, dialog[open]") !== null;

function pressed(event, button) {
  startedByPress = phase === "idle";
  if (!startedByPress) return;
  button.setPointerCapture(event.pointerId);
  pressedAt = performance.now();
  begin();
}

/** After a long press it is over; after a short one it goes on until the next click. */
function released() {
  const held = pressedAt !== null && performance.now() - pressedAt > HOLD_MS;
  pressedAt = null;
  if (held && phase === "recording") finish();
  if (held && phase === "asking") givenUp = true;
}

/** A click without a pointer comes from the keyboard. */
function clicked(event) {
  const endsPress = startedByPress && event.detail > 0;
  startedByPress = false;
  if (endsPress) return;
  if (phase === "idle") begin();
  else if (phase === "recording") finish();
}

async function begin() {
  phase = "asking";
  givenUp = false;
  to = takeDestination();
  try {
    recording = await startRecording();
    if (givenUp) return miss();
    show("recording");
    meter(recording);
    watch(recording);
  } catch (error) {
    show("idle");
    problem(error.message);
  }
}

function miss() {
  recording.discard();
  show("idle");
  return toast("The microphone is ready now. Press again to record.");
}

/** Devices are unplugged, and permissions taken back. */
async function watch(mine) {
  await mine.ended;
  if (recording === mine) problem("The microphone has stopped. You can still send what was recorded so far.");
}

async function finish() {
  const ended = recording;
  const seconds = ended.seconds;
  show("idle");
  if (seconds < SHORTEST) {
    ended.discard();
    return toast("That was too short. Press to start and again to send, or hold while you speak.");
  }
  return sendFile(await ended.finish(), { kind: "voice", to });
}

function discard() {
  recording.discard();
  show("idle");
  byId("record").focus();
  toast("Recording discarded");
}

function show(next) {
  phase = next;
  const on = next === "recording";
  if (!on) recording = null;
  const button = byId("record");
  const label = on ? "Stop and send" : "Record a voice note";
  set(button, "aria-label", label);
  set(button, "title", on ? label : "Record a voice note: press to start and again to send, or hold while you speak");
  button.replaceChildren(icon(on ? "send" : "mic"));
  byId("composer").classList.toggle("recording", on);
  byId("recording").hidden = !on;
  byId("writing").hidden = on;
}

/** Shows time and loudness until this recording is over. */
function meter(mine) {
  const bars = [...byId("levels").children];
  const levels = Array(BARS).fill(0);
  const tick = () => {
    if (recording !== mine) return clearInterval(timer);
    levels.shift();
    levels.push(mine.level);
    levels.forEach((level, index) => bars[index].style.setProperty("--loud", level.toFixed(2)));
    byId("elapsed").textContent = length(Math.floor(mine.seconds));
    return undefined;
  };
  const timer = setInterval(tick, BAR_MS);
  tick();
}
