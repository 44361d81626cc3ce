/** Languages that people teach and learn here, by their BCP 47 codes. */
export const LANGUAGE_CODES = [
  ...["ar", "bg", "bn", "cs", "da", "de", "el", "en", "es", "et", "fa", "fi", "fil", "fr", "he", "hi", "hr", "hu"],
  ...["id", "it", "ja", "ko", "lt", "lv", "mn", "ms", "my", "ne", "nl", "no", "pl", "pt", "ro", "ru", "sk"],
  ...["sl", "sr", "sv", "sw", "ta", "th", "tr", "uk", "ur", "uz", "vi", "zh", "zh-Hans", "zh-Hant"],
] as const;

const CODES: ReadonlyMap<string, string> = new Map(LANGUAGE_CODES.map((code) => [code.toLowerCase(), code]));

/** `KO` → `ko`, `zh-hans` → `zh-Hans`; what is not in the list stays as it is. */
export function canonicalLanguage(code: string): string {
  return CODES.get(code.toLowerCase()) ?? code;
}

export function isLanguage(code: string): boolean {
  return CODES.get(code.toLowerCase()) === code;
}
