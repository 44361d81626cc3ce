import { useLocale } from "../locale.tsx";
import { en, type ProfileWords } from "./en.ts";
import { ko } from "./ko.ts";

const WORDS: Readonly<Record<"ko" | "en", ProfileWords>> = { ko, en };

export type { ProfileWords } from "./en.ts";

export function useProfileWords(): ProfileWords {
  return WORDS[useLocale().language];
}
