/** `crypto.randomUUID` exists on secure origins only; a phone that opens http://192.168… has none. */
export function randomId(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
