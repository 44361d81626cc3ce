/** What a person chose for this browser: kept in `localStorage`, the same in all its tabs. */
import { useSyncExternalStore } from "react";

export class Preference<Choice extends string> {
  readonly choices: readonly Choice[];
  readonly #key: string;
  readonly #fallback: Choice;
  readonly #listeners = new Set<() => void>();

  constructor(key: string, choices: readonly Choice[], fallback: Choice) {
    this.#key = `studymate.${key}`;
    this.choices = choices;
    this.#fallback = fallback;
  }

  readonly get = (): Choice => {
    const stored = localStorage.getItem(this.#key);
    return this.choices.find((choice) => choice === stored) ?? this.#fallback;
  };

  set(choice: Choice): void {
    localStorage.setItem(this.#key, choice);
    for (const listener of this.#listeners) listener();
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    // Another tab's choice.
    const onStorage = (event: StorageEvent) => {
      if (event.key === this.#key) listener();
    };
    this.#listeners.add(listener);
    addEventListener("storage", onStorage);
    return () => {
      this.#listeners.delete(listener);
      removeEventListener("storage", onStorage);
    };
  };
}

export function usePreference<Choice extends string>(preference: Preference<Choice>): Choice {
  return useSyncExternalStore(preference.subscribe, preference.get);
}

const ofBrowser = typeof navigator !== "undefined" && navigator.language.startsWith("ko") ? "ko" : "en";

export const chosenLanguage = new Preference("language", ["ko", "en"], ofBrowser);
export const chosenTheme = new Preference("theme", ["system", "light", "dark"], "system");
