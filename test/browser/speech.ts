/** A microphone's file: something like words for a while, then silence, again and again. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const RATE = 16_000;
const HEADER_BYTES = 44;

/** Writes it; returns where, and what removes it. */
export function speechFile({ talkSeconds = 4, quietSeconds = 3 } = {}): { path: string; remove: () => void } {
  const folder = mkdtempSync(join(tmpdir(), "studymate-speech-"));
  const path = join(folder, "speech.wav");
  const samples = (talkSeconds + quietSeconds) * RATE;
  const file = Buffer.alloc(HEADER_BYTES + samples * 2);
  file.write("RIFF", 0);
  file.writeUInt32LE(file.length - 8, 4);
  file.write("WAVEfmt ", 8);
  file.writeUInt32LE(16, 16);
  for (const [offset, value] of [...[[20, 1] as const, [22, 1] as const, [32, 2] as const, [34, 16] as const]]) {
    file.writeUInt16LE(value, offset);
  }
  file.writeUInt32LE(RATE, 24);
  file.writeUInt32LE(RATE * 2, 28);
  file.write("data", 36);
  file.writeUInt32LE(samples * 2, 40);
  for (let sample = 0; sample < talkSeconds * RATE; sample += 1) {
    const time = sample / RATE;
    // Four syllables a second of a low voice.
    const loud = 0.3 * (0.6 + 0.4 * Math.sin(2 * Math.PI * 4 * time));
    const wave = Math.sin(2 * Math.PI * 180 * time) + 0.5 * Math.sin(2 * Math.PI * 540 * time);
    file.writeInt16LE(Math.round(loud * wave * 20_000), HEADER_BYTES + sample * 2);
  }
  writeFileSync(path, file);
  return { path, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
