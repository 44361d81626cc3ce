/** How a connection stands, as an application is shown it. Rooms, which catch up first, have one more state. */
import type { ConnectionStatus } from "./connection.ts";
import type { RoomStatus } from "./snapshot.ts";

export type ShownConnection = Pick<RoomStatus, "reason" | "retryAt"> & {
  readonly state: Exclude<RoomStatus["state"], "syncing">;
};

/** `live` once the server has said how things stand. */
export function shownConnection(status: ConnectionStatus, isWelcomed: boolean): ShownConnection {
  const state = status.state === "open" ? (isWelcomed ? "live" : "connecting") : status.state;
  return { reason: null, retryAt: null, ...status, state };
}
