import { useLocale } from "../locale.tsx";
import { en, type SafetyWords } from "./en.ts";
import { ko } from "./ko.ts";

const WORDS: Readonly<Record<"ko" | "en", SafetyWords>> = { ko, en };

export function useSafetyWords(): SafetyWords {
  return WORDS[useLocale().language];
}
