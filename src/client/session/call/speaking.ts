/** Whether somebody speaks, from how loud their microphone is. */

/** Root mean square of what the microphone takes: 0 to 1. Speech is somewhere above 0.01; a quiet room far below. */
export interface SpeakingRules {
  readonly beginsAbove: number;
  /** Lower: between words it is less loud. */
  readonly endsBelow: number;
  /** A knock on the table is shorter. */
  readonly beginsAfterMs: number;
  /** A pause between sentences is shorter. */
  readonly endsAfterMs: number;
}

export const SPEAKING: SpeakingRules = { beginsAbove: 0.015, endsBelow: 0.008, beginsAfterMs: 150, endsAfterMs: 1_200 };
/** The server takes it for over after a minute. */
const SAID_AGAIN_MS = 20_000;

/** Says when to tell the others, from one level after the other. Pure but for what it remembers. */
export class SpeakingDetector {
  readonly #rules: SpeakingRules;
  #isSpeaking = false;
  /** Since when it is the other way. */
  #since: number | undefined;
  #saidAt = 0;

  constructor(rules: SpeakingRules = SPEAKING) {
    this.#rules = rules;
  }

  get isSpeaking(): boolean {
    return this.#isSpeaking;
  }

  /** What is to be told now; undefined: nothing. `now` in milliseconds. */
  hear(level: number, now: number): boolean | undefined {
    const { beginsAbove, endsBelow, beginsAfterMs, endsAfterMs } = this.#rules;
    const isOther = this.#isSpeaking ? level < endsBelow : level > beginsAbove;
    if (!isOther) {
      this.#since = undefined;
      const isDue = this.#isSpeaking && now - this.#saidAt >= SAID_AGAIN_MS;
      return isDue ? this.#say(true, now) : undefined;
    }
    this.#since ??= now;
    if (now - this.#since < (this.#isSpeaking ? endsAfterMs : beginsAfterMs)) return undefined;
    return this.#say(!this.#isSpeaking, now);
  }

  /** Nothing is heard any more. True: that is to be told. */
  stop(): boolean {
    const wasSpeaking = this.#isSpeaking;
    this.#isSpeaking = false;
    this.#since = undefined;
    return wasSpeaking;
  }

  #say(isSpeaking: boolean, now: number): boolean {
    this.#isSpeaking = isSpeaking;
    this.#since = undefined;
    this.#saidAt = now;
    return isSpeaking;
  }
}

export interface LevelMeter {
  /** How loud it is now: 0 to 1. */
  level(): number;
  stop(): void;
}

/** Of 85 ms at the usual rate: a syllable, not the gap behind it. */
const SAMPLES = 4_096;

/** Listens to a track without playing it. */
export function meterOf(track: MediaStreamTrack): LevelMeter {
  const context = new AudioContext();
  const analyser = new AnalyserNode(context, { fftSize: SAMPLES });
  const source = context.createMediaStreamSource(new MediaStream([track]));
  source.connect(analyser);
  const samples = new Float32Array(SAMPLES);
  return {
    level: () => {
      // A page that nobody has touched yet may not listen.
      if (context.state === "suspended") void context.resume().catch(() => {});
      analyser.getFloatTimeDomainData(samples);
      return Math.sqrt(samples.reduce((sum, sample) => sum + sample * sample, 0) / SAMPLES);
    },
    stop: () => {
      source.disconnect();
      void context.close().catch(() => {});
    },
  };
}
