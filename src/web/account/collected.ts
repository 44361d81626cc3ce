/** An export as it comes, and what its file is called. No DOM. */

/** All of the body. Rejects where it breaks off: half an export must not look like a whole one. */
export async function collected(response: Response, onProgress: (bytes: number) => void): Promise<Blob> {
  const parts: Uint8Array<ArrayBuffer>[] = [];
  const reader = response.body?.getReader();
  let bytes = 0;
  for (let read = await reader?.read(); read?.done === false; read = await reader?.read()) {
    parts.push(read.value);
    bytes += read.value.length;
    onProgress(bytes);
  }
  return new Blob(parts, { type: "application/x-ndjson" });
}

export function exportName(userId: number, now: Date): string {
  return `studymate-${userId}-${now.toISOString().slice(0, 10)}.ndjson`;
}
