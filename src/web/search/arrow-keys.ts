import type { KeyboardEvent } from "react";
import { isFinalEnter } from "../ui/enter-key.ts";

/** The arrow keys go from the box through what was found and back, Enter from the box to the first of it. */
export function movesFocus(event: KeyboardEvent<HTMLElement>, field: HTMLInputElement | null): boolean {
  const stops = [field, ...event.currentTarget.querySelectorAll<HTMLElement>(".search-found a")];
  const at = event.target instanceof HTMLElement ? stops.indexOf(event.target) : -1;
  if (at === -1) return false;
  const next =
    at === 0 ? fromField(event) : { ArrowUp: at - 1, ArrowDown: at + 1, Home: 1, End: stops.length - 1 }[event.key];
  if (next === undefined) return false;
  stops[Math.min(next, stops.length - 1)]?.focus();
  return true;
}

function fromField({ key, nativeEvent }: KeyboardEvent): number | undefined {
  return key === "ArrowDown" || isFinalEnter(nativeEvent) ? 1 : undefined;
}
