// Recording from the microphone, with how loud it is meanwhile.

const TYPES = ["audio/webm;codecs=opus", "audio/ogg;codecs=opus", "audio/mp4;codecs=mp4a.40.2", "audio/mp4", "audio/webm"];
const SUFFIXES = { "audio/webm": "webm", "audio/ogg": "ogg", "audio/mp4": "m4a" };
const INSTEAD = "You can also send a sample or a file.";
const FAR = "Browsers allow the microphone only on the machine that the playground runs on.";
const REASONS = {
  NotAllowedError: "The microphone is blocked for this address. Allow it in the site settings, beside the address above, and try again.",
  NotFoundError: "No microphone was found. Connect one and try again.",
  NotReadableError: "The microphone is busy or switched off. Close other programs that are using it and try again.",
};

/** A recording under way; an Error with a sentence for the user if there can be none. */
export async function startRecording() {
  if (!window.isSecureContext) throw new Error(`${FAR} Open http://127.0.0.1:${location.port}/ there. ${INSTEAD}`);
  if (!navigator.mediaDevices?.getUserMedia || !window.MediaRecorder) throw new Error(`This browser cannot record. ${INSTEAD}`);
  try {
    return record(await navigator.mediaDevices.getUserMedia({ audio: true }));
  } catch (error) {
    throw new Error(`${REASONS[error.name] ?? `The microphone is not working: ${error.message}.`} ${INSTEAD}`);
  }
}

function record(stream) {
  try {
    return new Recording(stream);
  } catch (error) {
    stop(stream);
    throw error;
  }
}

function stop(stream) {
  for (const track of stream.getTracks()) track.stop();
}

class Recording {
  constructor(stream) {
    this.stream = stream;
    this.parts = [];
    this.startedAt = performance.now();
    const mimeType = TYPES.find((type) => MediaRecorder.isTypeSupported(type));
    this.recorder = new MediaRecorder(stream, mimeType ? { mimeType } : {});
    this.recorder.addEventListener("dataavailable", (event) => this.parts.push(event.data));
    this.ended = new Promise((resolve) => this.recorder.addEventListener("stop", resolve, { once: true }));
    this.recorder.start();
    this.listen();
  }

  listen() {
    this.context = new AudioContext();
    this.context.resume();
    this.analyser = this.context.createAnalyser();
    this.analyser.fftSize = 1024;
    this.wave = new Float32Array(this.analyser.fftSize);
    this.context.createMediaStreamSource(this.stream).connect(this.analyser);
  }

  get seconds() {
    return (performance.now() - this.startedAt) / 1000;
  }

  /** How loud it is now, 0 to 1; a voice at arm's length comes to about a half. */
  get level() {
    this.analyser.getFloatTimeDomainData(this.wave);
    const power = this.wave.reduce((sum, sample) => sum + sample * sample, 0) / this.wave.length;
    return Math.min(1, Math.sqrt(power) * 5);
  }

  /** Ends it and returns the file. Also if the device went away meanwhile. */
  async finish() {
    if (this.recorder.state !== "inactive") this.recorder.stop();
    await this.ended;
    this.release();
    const type = this.recorder.mimeType.split(";")[0] || "audio/webm";
    return new File(this.parts, `voice.${SUFFIXES[type] ?? "webm"}`, { type });
  }

  discard() {
    if (this.recorder.state !== "inactive") this.recorder.stop();
    this.release();
  }

  release() {
    stop(this.stream);
    this.context.close().catch(() => {});
  }
}
