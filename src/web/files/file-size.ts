import type { Language } from "../locale/formats.ts";

const UNITS = ["B", "KB", "MB"];

/** "820 KB", "2.4 MB": as people read the size of a file, and as its limits are told. */
export function fileSize(bytes: number, language: Language): string {
  const step = bytes < 1_024 ? 0 : bytes < 1_024 ** 2 ? 1 : 2;
  const number = new Intl.NumberFormat(language, { maximumFractionDigits: step === 2 ? 1 : 0 });
  return `${number.format(bytes / 1_024 ** step)} ${UNITS[step]}`;
}

/** "0:07", "12:30": as players show it. */
export function clock(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1_000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}
