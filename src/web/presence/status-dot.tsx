import type { PresenceStatus } from "../../client/me/index.ts";

/** Told apart by its shape as well as its colour. The words for a screen reader stand beside it. */
export function StatusDot({ status }: { readonly status: PresenceStatus }) {
  return <span className="dot" data-status={status} aria-hidden="true" />;
}
