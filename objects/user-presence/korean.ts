/** Particles after a word that may be anything: Hangul, Latin letters, digits. Pure. */

/** After a final consonant, and after a vowel. */
export const PARTICLES = { subject: ["이", "가"], object: ["을", "를"], topic: ["은", "는"] } as const;
export type Particle = keyof typeof PARTICLES;

/** `회화` → `회화가`, `수업` → `수업이`; where nobody can say how the word ends, `이(가)`. */
export function withParticle(word: string, particle: Particle): string {
  const [closed, open] = PARTICLES[particle];
  const isClosed = endsClosed(word);
  return `${word}${isClosed === null ? `${closed}(${open})` : isClosed ? closed : open}`;
}

const FIRST_SYLLABLE = 0xac00;
const LAST_SYLLABLE = 0xd7a3;
/** Each block of so many syllables begins with the one that has no final consonant. */
const FINALS = 28;
/** 영 일 삼 육 칠 팔 end closed, 이 사 오 구 open. */
const CLOSED_DIGITS = "013678";
/** 엘 엠 엔 알: letters that are spelled out. */
const CLOSED_LETTERS = "LMNR";
/** As names and words are mostly written in Hangul: `Daniel` 다니엘, `Jane` 제인, `Jack` 잭, `Matt` 맷, but `Mark` 마크. */
const CLOSED_LATIN = /(?:[lmn]|[lmn]e|ng|ck|[aeiou](?:[bckpt]|tt|pp))$/;

/** Null where it cannot be known. */
function endsClosed(word: string): boolean | null {
  // What closes a quotation is not spoken.
  const spoken = word.normalize("NFC").replace(/[^\p{L}\p{N}]+$/u, "");
  const last = spoken.at(-1);
  if (last === undefined) return null;
  const code = last.charCodeAt(0);
  if (code >= FIRST_SYLLABLE && code <= LAST_SYLLABLE) return (code - FIRST_SYLLABLE) % FINALS !== 0;
  if (/\d/.test(last)) return CLOSED_DIGITS.includes(last);
  const latin = /[A-Za-z]+$/.exec(spoken.normalize("NFD").replace(/\p{M}/gu, ""))?.[0];
  if (latin === undefined) return null;
  const isSpelled = latin === latin.toUpperCase();
  return isSpelled ? CLOSED_LETTERS.includes(last.toUpperCase()) : CLOSED_LATIN.test(latin.toLowerCase());
}
