/** WebSockets of the load. */
import type { WebSocket } from "ws";

const DEADLINE_MS = 60_000;

export function socketUrl({ url }: { readonly url: string }, path: string): string {
  const address = new URL(path, url);
  address.protocol = "ws:";
  return address.href;
}

export function opened(socket: WebSocket): Promise<WebSocket> {
  return new Promise((resolve, reject) => {
    socket.once("open", () => resolve(socket));
    socket.once("error", reject);
  });
}

/** Resolves with the first text that is wanted. Listening begins at once. */
export function taken(socket: WebSocket, isWanted: (text: string) => boolean): Promise<string> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error("the awaited frame did not come")), DEADLINE_MS);
    const onMessage = (data: Buffer) => {
      const text = data.toString("latin1");
      if (!isWanted(text)) return;
      clearTimeout(timer);
      socket.off("message", onMessage);
      socket.off("error", reject);
      resolve(text);
    };
    socket.on("message", onMessage);
    socket.once("error", reject);
  });
}
