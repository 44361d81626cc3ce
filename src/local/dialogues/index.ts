/** All conversations of the demo. */
import { junhoDaniel } from "./junho-daniel.ts";
import { languageCafe } from "./language-cafe.ts";
import { minjiDaniel } from "./minji-daniel.ts";
import { minjiEmily } from "./minji-emily.ts";
import { phraseOfTheDay } from "./phrase-of-the-day.ts";
import type { DialogueRoom } from "./script.ts";
import { seoyeonSofia } from "./seoyeon-sofia.ts";

export const DIALOGUES: readonly DialogueRoom[] = [
  minjiEmily,
  junhoDaniel,
  seoyeonSofia,
  minjiDaniel,
  languageCafe,
  phraseOfTheDay,
];
