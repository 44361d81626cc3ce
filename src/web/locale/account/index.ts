import { useLocale } from "../locale.tsx";
import { type AccountWords, en } from "./en.ts";
import { ko } from "./ko.ts";

const WORDS: Readonly<Record<"ko" | "en", AccountWords>> = { ko, en };

export type { AccountWords } from "./en.ts";

export function useAccountWords(): AccountWords {
  return WORDS[useLocale().language];
}
