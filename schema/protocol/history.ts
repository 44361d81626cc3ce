/**
 * How the wire came to be what it is. A test compares the last entry with the frames and bodies as they are: nobody
 * changes them without writing down here what that means for the clients that are out there.
 */
export interface WireVersion {
  /** `PROTOCOL_VERSION`, which names the subprotocols. It grows when old clients can not go on working. */
  readonly protocol: number;
  readonly date: string;
  /** Fingerprints of everything that goes over sockets, and over HTTP. */
  readonly frames: string;
  readonly http: string;
  readonly change: string;
  readonly oldClientsGoOn: boolean;
}

export const WIRE_HISTORY: readonly [WireVersion, ...WireVersion[]] = [
  {
    protocol: 1,
    date: "2026-11-23",
    frames: "911e75f4627e3c48",
    http: "cc967fbc344e1c0b",
    change: "The first wire that is written down: rooms.",
    oldClientsGoOn: true,
  },
  {
    protocol: 1,
    date: "2026-11-23",
    frames: "911e75f4627e3c48",
    http: "05f02b8e6d7e5b09",
    change: "Operators' routes about one room are documented to answer 503 while it moves, as they always did.",
    oldClientsGoOn: true,
  },
  {
    protocol: 1,
    date: "2026-11-23",
    frames: "911e75f4627e3c48",
    http: "cf130d46fd0e6d54",
    change: "History jumps with `around`, and has `previousCursor` beside `nextCursor`; `x-d1-bookmark` both ways.",
    oldClientsGoOn: true,
  },
  {
    protocol: 1,
    date: "2026-11-23",
    frames: "911e75f4627e3c48",
    http: "ad9f6fadb8b7f967",
    change:
      "Operators see jobs, run them, and see how far databases are behind; their routes answer 503 while D1 is away. " +
      "`/readyz` names what is away that it can do without.",
    oldClientsGoOn: true,
  },
  {
    protocol: 1,
    date: "2026-11-23",
    frames: "911e75f4627e3c48",
    http: "da84596e6967a0fd",
    change: "Messages are searched: `GET /v1/search/messages`.",
    oldClientsGoOn: true,
  },
  {
    protocol: 1,
    date: "2026-11-23",
    frames: "911e75f4627e3c48",
    http: "9d732749b8a50855",
    change:
      "Files: `/v1/media*`, `PUT /v1/me/avatar`, and the code `range_not_satisfiable`. IMAGE, VOICE and FILE are taken, with the " +
      "`fileUrl` that an upload was answered with; what a client says in `fileMetadata` is dropped. " +
      "People sign in with providers and sign up, list and end their devices, and log out; refresh tokens are good for one " +
      "use. Jobs have the schedules `always` and `daily`. " +
      "Profiles, onboarding, preferences, blocks and reports: `/v1/me*`, `/v1/users*`, `/v1/onboarding*`, `/v1/matching*`, " +
      "`/v1/reports`, and the operators' part of them; `POST /v1/rooms*` refuses with 403 where there is a block.",
    oldClientsGoOn: true,
  },
  {
    protocol: 1,
    date: "2026-11-23",
    frames: "911e75f4627e3c48",
    http: "63af6b7f29f152fd",
    change:
      "One may have all that is kept about oneself, and delete one's account: `GET /v1/me/export`, `DELETE /v1/me`.",
    oldClientsGoOn: true,
  },
  {
    protocol: 1,
    date: "2026-11-28",
    frames: "911e75f4627e3c48",
    http: "8a66e5fbb474bd6e",
    change: "A voice may be uploaded with its `durationMs`; its message then has it in `fileMetadata`.",
    oldClientsGoOn: true,
  },
  {
    protocol: 1,
    date: "2026-11-28",
    frames: "911e75f4627e3c48",
    http: "504c2d515233b3ba",
    change: "Every route behind a token may refuse with `rate_limited`.",
    oldClientsGoOn: true,
  },
  {
    protocol: 1,
    date: "2026-11-28",
    frames: "911e75f4627e3c48",
    http: "9cafba4b5bed1b20",
    change: "`POST /v1/media` and `POST /v1/media/uploads` take an `Idempotency-Key`.",
    oldClientsGoOn: true,
  },
  {
    protocol: 1,
    date: "2026-11-28",
    frames: "911e75f4627e3c48",
    http: "3af7276245750900",
    change: "The evidence of a report is null once the reported person has deleted their account.",
    oldClientsGoOn: true,
  },
  {
    protocol: 1,
    date: "2026-11-28",
    frames: "77c84caf35616b89",
    http: "cc4355dd3928e5ae",
    change:
      "`welcome` says whom one blocked of the room's people, and `blocks.changed` when that changes. The last message in the " +
      "list of rooms says whether it was deleted.",
    oldClientsGoOn: true,
  },
  {
    protocol: 1,
    date: "2026-11-28",
    frames: "89a765bba49fe604",
    http: "2353a9242fc36330",
    change:
      "One's own socket, `GET /v1/me/socket`: presence of partners, and the inbox. `GET /v1/rooms` comes from the inbox, and " +
      "answers 503 while the object behind it moves.",
    oldClientsGoOn: true,
  },
  {
    protocol: 1,
    date: "2026-11-28",
    frames: "89a765bba49fe604",
    http: "f5617ef959813862",
    change: "Web push: `GET /v1/push-key`, `POST` and `DELETE /v1/push-subscriptions`.",
    oldClientsGoOn: true,
  },
  {
    protocol: 1,
    date: "2026-11-28",
    frames: "0679a66da2f50f96",
    http: "38dc8516a94072e1",
    change:
      "Notifications: `/v1/notifications*`, `/v1/me/notification-settings`; `notification.created` and `notification.read` on one's " +
      "own socket, whose `welcome` counts the unread. Operators flush somebody's, and renew their epoch.",
    oldClientsGoOn: true,
  },
  {
    protocol: 1,
    date: "2026-11-28",
    frames: "0679a66da2f50f96",
    http: "8e5d639bf908501b",
    change: "`GET /v1/auth/providers`.",
    oldClientsGoOn: true,
  },
  {
    protocol: 1,
    date: "2026-11-28",
    frames: "e74e270277eb1a53",
    http: "17d0cae3dc55bdb0",
    change:
      "Learning sessions: `/v1/sessions*` with recordings, calendars and `/v1/ice-servers`, and the session's socket with its " +
      "signals. Operators flush a session, and renew its epoch.",
    oldClientsGoOn: true,
  },
  {
    protocol: 1,
    date: "2026-11-28",
    frames: "e74e270277eb1a53",
    http: "b7908dd12dce8d3e",
    change: "`POST /v1/admin/flush` goes on with sessions and people where the rooms end, and names each object.",
    oldClientsGoOn: true,
  },
];
