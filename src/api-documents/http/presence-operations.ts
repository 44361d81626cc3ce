/** A person's own socket. */
import type { Operation } from "./operation.ts";

export const PRESENCE_OPERATIONS = {
  "GET /v1/me/socket": {
    id: "openMySocket",
    area: "Sockets",
    summary: "Open one's own socket",
    description:
      "A WebSocket upgrade, as to a room's. Over it come the inbox, how one's rooms stand, and who of one's partners is there, " +
      "to any number of devices. What goes over it is in the AsyncAPI document.",
    caller: "socket",
    answers: { 101: { description: "The socket is open. Its first frame is `welcome`." } },
    refusals: {
      forbidden: "The `Origin` is not on the allow list.",
      upgrade_required: "The request is not an upgrade.",
      rate_limited: "Too many sockets were asked for. Wait for `Retry-After` seconds.",
      unavailable: "The object behind it is moving or too busy. Wait for `Retry-After` seconds.",
    },
  },
} as const satisfies Record<string, Operation>;
