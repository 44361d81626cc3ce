import { useLocale } from "../locale.tsx";
import { en, type NotificationWords } from "./en.ts";
import { ko } from "./ko.ts";

const WORDS: Readonly<Record<"ko" | "en", NotificationWords>> = { ko, en };

export type { NotificationWords } from "./en.ts";

export function useNotificationWords(): NotificationWords {
  return WORDS[useLocale().language];
}
