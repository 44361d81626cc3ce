import type { ProviderName } from "../../../schema/api/auth.ts";

/** The initial of a provider in a circle; the words beside it say who it is. */
export function ProviderMark({ provider }: { readonly provider: ProviderName }) {
  return (
    <span className="provider-mark" aria-hidden="true">
      {provider === "google" ? "G" : "N"}
    </span>
  );
}
