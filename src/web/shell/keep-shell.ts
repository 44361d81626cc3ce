/** Keeps the page on the device. Not while it is worked on: the development server has no service worker. */
export function keepShell(): void {
  if (!import.meta.env.PROD || !("serviceWorker" in navigator)) return;
  // Without it the page works as before, only not without a network.
  navigator.serviceWorker.register("/sw.js").catch(() => {});
}
