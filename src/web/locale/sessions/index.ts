import { useLocale } from "../locale.tsx";
import { en, type SessionWords } from "./en.ts";
import { ko } from "./ko.ts";

const WORDS: Readonly<Record<"ko" | "en", SessionWords>> = { ko, en };

export type { SessionWords } from "./en.ts";

export function useSessionWords(): SessionWords {
  return WORDS[useLocale().language];
}
