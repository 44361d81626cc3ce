/** The words and formats of the language that is chosen now, for every component. */
import { createContext, type ReactNode, useContext, useEffect } from "react";
import { chosenLanguage, usePreference } from "../shell/preferences.ts";
import { en, type Words } from "./en.ts";
import { type Formats, formatsOf, type Language } from "./formats.ts";
import { ko } from "./ko.ts";

export interface Locale {
  readonly language: Language;
  readonly text: Words;
  readonly formats: Formats;
}

const LOCALES: Readonly<Record<Language, Locale>> = {
  ko: { language: "ko", text: ko, formats: formatsOf("ko") },
  en: { language: "en", text: en, formats: formatsOf("en") },
};

const LocaleContext = createContext<Locale>(LOCALES.en);

export function useLocale(): Locale {
  return useContext(LocaleContext);
}

export function LocaleProvider({ children }: { readonly children: ReactNode }) {
  const language = usePreference(chosenLanguage);
  useEffect(() => {
    document.documentElement.lang = language;
  }, [language]);
  return <LocaleContext value={LOCALES[language]}>{children}</LocaleContext>;
}
