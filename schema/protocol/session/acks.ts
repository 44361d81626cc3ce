/** What the `ack` of each command on a session's socket carries beside its `ref`. */
import { z } from "zod";
import { timestamp } from "../../values.ts";
import { ack } from "../envelope.ts";
import type { SessionClientFrame } from "./client-frames.ts";
import { generation } from "./entities.ts";

const plain = z.object(ack.shape);

export const SESSION_ACKS = {
  join: z.object({ ...ack.shape, generation }).describe("One is in the call."),
  leave: plain,
  media: plain,
  "language.switch": z
    .object({ ...ack.shape, switched: z.boolean() })
    .describe("`switched`: everybody had asked, and it is the other language's turn."),
  "recording.consent": plain,
  "recording.start": z.object({ ...ack.shape, startedAt: timestamp }),
  "recording.stop": plain,
  chat: z.object({ ...ack.shape, id: z.int().min(1), createdAt: timestamp }),
  reaction: plain,
  end: plain,
  remove: plain,
  mute: plain,
} as const satisfies Partial<Record<SessionClientFrame["type"], z.ZodType>>;
