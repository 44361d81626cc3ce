/** Messages between the tabs of an origin, where the runtime has them. */
export interface Channel {
  onmessage: ((event: { data: unknown }) => void) | null;
  postMessage(message: string): void;
  close(): void;
  unref?(): void;
}

export function openChannel(name: string, onMessage: (message: unknown) => void): Channel | undefined {
  // Looked for by name: not every runtime has it, and each types it in its own way.
  const { BroadcastChannel } = globalThis as unknown as { BroadcastChannel?: new (name: string) => Channel };
  if (BroadcastChannel === undefined) return undefined;
  try {
    const channel = new BroadcastChannel(name);
    channel.onmessage = ({ data }) => onMessage(data);
    // A Node process must be able to end.
    channel.unref?.();
    return channel;
  } catch {
    // A page that may not keep anything has none.
    return undefined;
  }
}
