/** An expected outcome as a value: success, or a refusal with its code. An exception is a bug. */
export type Result<Value, Refusal> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly error: Refusal };

export function ok<Value>(value: Value): { ok: true; value: Value } {
  return { ok: true, value };
}

export function refuse<Refusal>(error: Refusal): { ok: false; error: Refusal } {
  return { ok: false, error };
}
