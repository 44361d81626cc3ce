import type { Encoding } from "../../schema/protocol/version.ts";
import { HttpApi, type HttpOptions, whyRefused } from "./http.ts";
import { type DebugEvent, RoomConnection } from "./room.ts";
import type { SocketConstructor } from "./socket.ts";
import type { TokenProvider } from "./tokens.ts";

export interface ClientOptions extends HttpOptions {
  /** The access token to use now; see `TokenNeed` for what it may be told. */
  readonly token: TokenProvider;
  /** `msgpack` unless you want to read frames in a network panel. */
  readonly encoding?: Encoding;
  /** Where the runtime has none of its own, or a test has a better one. */
  readonly WebSocket?: SocketConstructor;
  /** What happens inside, for a log. Never content, never a token. */
  readonly debug?: (event: DebugEvent) => void;
  /** Source of the jitter: at least 0, less than 1. */
  readonly random?: () => number;
}

/** The HTTP calls of a person, and their rooms. */
export class StudyMateClient extends HttpApi {
  readonly #options: ClientOptions;
  readonly #rooms = new Map<number, RoomConnection>();

  constructor(options: ClientOptions) {
    super(options, options.token);
    this.#options = options;
  }

  /** The room's connection, which begins at once. The same one until it is closed. */
  room(roomId: number): RoomConnection {
    const open = this.#rooms.get(roomId);
    if (open !== undefined) return open;
    const { baseUrl, token, encoding = "msgpack", debug = () => {}, random = Math.random } = this.#options;
    const url = new URL(`/v1/rooms/${roomId}/socket`, baseUrl);
    url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
    const connection = new RoomConnection(roomId, {
      url: url.href,
      encoding,
      token,
      // Every runtime's own class has the members of `SocketLike`, typed more narrowly.
      WebSocket: this.#options.WebSocket ?? (globalThis.WebSocket as unknown as SocketConstructor),
      whyRefused: (refused) => whyRefused(this.#options, roomId, refused),
      random,
      debug,
      onClose: () => this.#rooms.delete(roomId),
    });
    this.#rooms.set(roomId, connection);
    return connection;
  }

  /** Closes every room. */
  close(): void {
    for (const room of [...this.#rooms.values()]) room.close();
  }
}

/**
 * ```ts
 * const client = createClient({ baseUrl: "https://studymate.example", token: () => accessToken });
 * const room = client.room(1);
 * await room.whenLive();
 * await room.send("안녕하세요!");
 * ```
 */
export function createClient(options: ClientOptions): StudyMateClient {
  return new StudyMateClient(options);
}
