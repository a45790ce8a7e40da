// The bytes of files, fetched once, and the loudness that is drawn for a voice note.

import { fileUrl } from "./api.js";

const BYTES_KEPT = 64 * 1024 * 1024;
const LONGEST_DRAWN = 10 * 60; // seconds; decoding more takes too much memory
const fetched = new Map(); // file id -> the promise of its Blob, the one asked for last at the end
const drawn = new Map();

/** A Blob, as players can jump about in one whether or not the server serves ranges. */
export function bytesOf(file) {
  const bytes = fetched.get(file.file_id) ?? download(file);
  fetched.delete(file.file_id);
  fetched.set(file.file_id, bytes);
  bytes.then(makeRoom, () => fetched.delete(file.file_id)); // another try may go well
  return bytes;
}

async function makeRoom() {
  const kept = await Promise.all([...fetched].reverse().map(async ([id, bytes]) => ({ id, size: (await bytes.catch(() => new Blob())).size })));
  let sum = 0;
  for (const { id, size } of kept) if ((sum += size) > BYTES_KEPT) fetched.delete(id);
}

async function download(file) {
  const response = await fetch(fileUrl(file.file_id));
  if (!response.ok) throw new Error("This file is no longer available.");
  return new Blob([await response.arrayBuffer()], { type: file.mime_type ?? "" });
}

/** How loud `count` equal parts of a recording are, 0 to 1; null where this browser cannot tell. */
export function loudness(file, count) {
  const key = file.file_unique_id ?? file.file_id;
  if (!drawn.has(key)) drawn.set(key, (file.duration ?? 0) > LONGEST_DRAWN ? null : measure(file, count).catch(() => null));
  return drawn.get(key);
}

async function measure(file, count) {
  const bytes = await (await bytesOf(file)).arrayBuffer();
  const sound = await new OfflineAudioContext(1, 1, 16000).decodeAudioData(bytes);
  const samples = sound.getChannelData(0);
  const span = Math.max(1, Math.floor(samples.length / count));
  const parts = Array.from({ length: count }, (_, part) => rootMeanSquare(samples.subarray(part * span, (part + 1) * span)));
  const loudest = Math.max(...parts, 0.01);
  return parts.map((part) => part / loudest);
}

function rootMeanSquare(samples) {
  let sum = 0;
  for (const sample of samples) sum += sample * sample;
  return Math.sqrt(sum / Math.max(1, samples.length));
}
