/** For a heading with `tabIndex={-1}`: whoever came here with the keyboard or a screen reader goes on from it. */
export function focusOnArrival(element: HTMLElement | null): void {
  element?.focus({ preventScroll: true });
}
