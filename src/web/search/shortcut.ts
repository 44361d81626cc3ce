/** Ctrl or Cmd with K anywhere, and a slash wherever it would not be written. */
export function isSearchShortcut(event: KeyboardEvent): boolean {
  if (event.isComposing || event.altKey || event.defaultPrevented) return false;
  const [target] = event.composedPath();
  if (!(target instanceof Element)) return false;
  // A dialog holds the focus until it is closed.
  if (target.closest("[role=dialog], [role=alertdialog], [role=menu]") !== null) return false;
  if (event.ctrlKey || event.metaKey) return !event.shiftKey && isK(event);
  return event.key === "/" && !isWritable(target);
}

/** With a Korean keyboard the key has a Korean name on some systems. */
function isK({ key, code }: KeyboardEvent): boolean {
  return key.toLowerCase() === "k" || (code === "KeyK" && !/^[a-z]$/i.test(key));
}

function isWritable(element: Element): boolean {
  return element.closest("input, textarea, select, [contenteditable]") !== null;
}
