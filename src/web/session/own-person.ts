/** How oneself is shown in this tab: known from the sign-in, changed by the profile. */
import { useSyncExternalStore } from "react";
import type { Language } from "../locale/formats.ts";

export interface ShownPerson {
  readonly englishName: string;
  readonly koreanName: string | null;
  readonly profileImageUrl: string | null;
}

export class OwnPerson {
  readonly #listeners = new Set<() => void>();
  #shown: ShownPerson;

  constructor({ englishName, koreanName, profileImageUrl }: ShownPerson) {
    this.#shown = { englishName, koreanName, profileImageUrl };
  }

  readonly getSnapshot = (): ShownPerson => this.#shown;

  change(change: Partial<ShownPerson>): void {
    const { englishName, koreanName, profileImageUrl } = { ...this.#shown, ...change };
    this.#shown = { englishName, koreanName, profileImageUrl };
    for (const listener of this.#listeners) listener();
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  };
}

export function useOwnPerson(you: OwnPerson): ShownPerson {
  return useSyncExternalStore(you.subscribe, you.getSnapshot);
}

/** In Korean by their Korean name, where they have one. */
export function nameIn(language: Language, { englishName, koreanName }: Omit<ShownPerson, "profileImageUrl">): string {
  return language === "ko" ? (koreanName ?? englishName) : englishName;
}
