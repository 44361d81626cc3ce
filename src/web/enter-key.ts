/**
 * Enter that means "done": not with Shift, and not while a Korean syllable is composed, where it belongs to the input
 * method. Safari tells the latter by the key code only.
 */
export function isFinalEnter(event: KeyboardEvent): boolean {
  return event.key === "Enter" && !event.shiftKey && !event.isComposing && event.keyCode !== 229;
}
