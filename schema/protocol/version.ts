/** The version of the wire that `welcome.protocol` announces and the subprotocol names carry. */
export const PROTOCOL_VERSION = 1;

/** WebSocket subprotocols, one per encoding; the server echoes the first one it knows of those the client offers. */
export const SUBPROTOCOLS = {
  "studymate.v1.msgpack": "msgpack",
  "studymate.v1.json": "json",
} as const;

export type Subprotocol = keyof typeof SUBPROTOCOLS;
export type Encoding = (typeof SUBPROTOCOLS)[Subprotocol];

/** A browser cannot set headers on a WebSocket: it offers its access token as a subprotocol with this prefix. */
export const BEARER_SUBPROTOCOL_PREFIX = "bearer.";

/** Answered by the runtime itself, without waking the object. Always text, in both encodings. */
export const HEARTBEAT = { request: "ping", response: "pong" } as const;
