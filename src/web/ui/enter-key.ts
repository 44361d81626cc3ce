/**
 * Enter that means "done": not with Shift, and not while a Korean syllable is composed, where it belongs to the input
 * method. Safari ends the composition before it tells of the key: there the key code alone says so.
 */
export function isFinalEnter(event: Pick<KeyboardEvent, "key" | "shiftKey" | "isComposing" | "keyCode">): boolean {
  return event.key === "Enter" && !event.shiftKey && !event.isComposing && event.keyCode !== COMPOSING_KEY_CODE;
}

const COMPOSING_KEY_CODE = 229;
