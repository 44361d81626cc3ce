import type { ConnectionStatus } from "./connection.ts";

/** Which connection: a room's, a session's or, where `roomId` is null and there is no `sessionId`, one's own. */
interface Where {
  readonly roomId: number | null;
  readonly sessionId?: number;
}

/** What happens inside, told to `ClientOptions.debug`: structured, and never content or a token. */
export type DebugEvent =
  /** A connection has another state; `reason` where it is offline or denied. */
  | ({ readonly event: "status"; readonly detail: string; readonly reason?: string } & Where)
  /** A frame was received; its type. */
  | ({ readonly event: "frame"; readonly detail: string } & Where)
  /** A frame was answered with an error; its code. */
  | ({ readonly event: "error"; readonly detail: string } & Where)
  /** A `connection` or a command (its type) is tried again after a pause. */
  | ({ readonly event: "retry"; readonly detail: string; readonly waitMs: number } & Where)
  /** The connection to another one in a call has another state, or could not be negotiated; of the user, and what happened. */
  | { readonly event: "peer"; readonly sessionId: number; readonly userId: number; readonly detail: string }
  /** The device's storage failed at what `detail` names, for `reason` (an error's name); the SDK goes on in memory. */
  | { readonly event: "storage"; readonly detail: "read" | "write" | "row"; readonly reason: string }
  /** Messages of tabs that are gone were taken over; or tabs cannot see each other here. */
  | { readonly event: "tab"; readonly detail: "adopted" | "no locks"; readonly messages: number }
  /** The token is not of `ClientOptions.userId`: nothing was sent, every room is denied with `wrong_user`. */
  | { readonly event: "wrong user"; readonly roomId?: number | undefined; readonly detail: string };

export type Debug = (event: DebugEvent) => void;

export function reportStatus(debug: Debug, roomId: number | null, status: ConnectionStatus): void {
  debug({ event: "status", roomId, detail: status.state, ...("reason" in status && { reason: status.reason }) });
  if (status.state !== "offline") return;
  debug({ event: "retry", roomId, detail: "connection", waitMs: Math.max(0, status.retryAt - Date.now()) });
}
