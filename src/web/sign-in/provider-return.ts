/** What a provider's sign-in brings back, in the fragment of the address: a code, or why there is none. */
export type ProviderReturn = { readonly code: string } | { readonly error: string };

export function providerReturnOf(hash: string): ProviderReturn | undefined {
  if (!/^#(?:code|error)=/.test(hash)) return undefined;
  const answer = new URLSearchParams(hash.slice(1));
  const code = answer.get("code");
  return code === null ? { error: answer.get("error") ?? "" } : { code };
}

/** Takes it out of the address, also out of what the browser's history keeps. */
export function takeProviderReturn(): ProviderReturn | undefined {
  const returned = providerReturnOf(location.hash);
  if (returned !== undefined) history.replaceState(null, "", location.pathname + location.search);
  return returned;
}
