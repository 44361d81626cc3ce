/** The AsyncAPI 3 document of the sockets, out of the unions of frames. */
import type { z } from "zod";
import { ROOM_ACKS } from "../../../schema/protocol/room/acks.ts";
import { roomClientFrame } from "../../../schema/protocol/room/client-frames.ts";
import { correction, message, participant, reaction, room } from "../../../schema/protocol/room/entities.ts";
import { roomServerFrame } from "../../../schema/protocol/room/server-frames.ts";
import { PROTOCOL_VERSION } from "../../../schema/protocol/version.ts";
import { jsonValue } from "../../../schema/values.ts";
import { type Components, type JsonSchema, referenceTo, toComponents } from "../json-schema.ts";
import { CLIENT_FRAMES, type ClientFrameEntry, type ClientType, COMMON_REFUSALS, hasAck } from "./client-frames.ts";
import { SERVER_FRAMES } from "./server-frames.ts";
import { SOCKET_RULES } from "./socket-rules.ts";

const ENTITIES = {
  Message: message,
  Reaction: reaction,
  Correction: correction,
  Participant: participant,
  Room: room,
  JsonValue: jsonValue,
};

/** `message.send` → `MessageSend` */
const inPascalCase = (type: string) => type.replace(/(?:^|\.)(\w)/g, (_, first: string) => first.toUpperCase());

export const clientComponent = (type: string) => `Client${inPascalCase(type)}`;
export const serverComponent = (type: string) => `Server${inPascalCase(type)}`;
const ackComponent = (type: string) => `Ack${inPascalCase(type)}`;

type Frame = z.ZodObject<{ type: z.ZodLiteral<string> }>;
const typeOf = (frame: Frame) => frame.shape.type.value;

export function frameComponents(): Components {
  const target = "draft-07";
  const clientFrames = roomClientFrame.options.map((frame) => [clientComponent(typeOf(frame)), frame] as const);
  const serverFrames = roomServerFrame.options.map((frame) => [serverComponent(typeOf(frame)), frame] as const);
  const acks = Object.entries(ROOM_ACKS);
  const read = toComponents({ schemas: { ...ENTITIES, ...Object.fromEntries(serverFrames) }, side: "output", target });
  // Commands share the schema of their ack: each gets a copy under its own name.
  const ackComponents = acks.map(([type, ack]): [string, JsonSchema] => {
    const converted = toComponents({ schemas: { ...ENTITIES, Ack: ack }, side: "output", target });
    return [ackComponent(type), converted.Ack ?? {}];
  });
  return {
    ...toComponents({ schemas: { JsonValue: jsonValue, ...Object.fromEntries(clientFrames) }, side: "input", target }),
    ...read,
    ...Object.fromEntries(ackComponents),
  };
}

export interface FrameMessage {
  readonly name: string;
  readonly title: string;
  readonly summary: string;
  readonly contentType: string;
  readonly payload: { readonly $ref: string };
  readonly examples: readonly { readonly name: string; readonly payload: unknown }[];
}

/** Client frames, server frames, and the `ack` of each command. */
export function frameMessages(): Record<string, FrameMessage> {
  const named: Record<string, FrameMessage> = {};
  for (const frame of roomClientFrame.options) {
    const type = typeOf(frame) as ClientType; // the union's own types are the keys of CLIENT_FRAMES
    named[clientComponent(type)] = frameMessage(clientComponent(type), frame, CLIENT_FRAMES[type].example);
  }
  for (const frame of roomServerFrame.options) {
    const type = typeOf(frame) as keyof typeof SERVER_FRAMES; // as above
    named[serverComponent(type)] = frameMessage(serverComponent(type), frame, SERVER_FRAMES[type]);
  }
  for (const [type, entry] of clientEntries()) {
    if (!hasAck(type)) continue;
    const { ref } = { ref: undefined, ...entry.example };
    const example = { type: "ack", ref, ...entry.ack };
    named[ackComponent(type)] = {
      ...frameMessage(ackComponent(type), ROOM_ACKS[type], example),
      title: `ack of ${type}`,
    };
  }
  return named;
}

function frameMessage(component: string, frame: z.ZodObject, payload: { type: string }): FrameMessage {
  return {
    name: payload.type,
    title: payload.type,
    summary: frame.description ?? "",
    contentType: "application/json",
    payload: { $ref: referenceTo(component) },
    examples: [{ name: "example", payload }],
  };
}

export function clientEntries(): [ClientType, ClientFrameEntry<{ type: string }>][] {
  return Object.entries(CLIENT_FRAMES) as [ClientType, ClientFrameEntry<{ type: string }>][]; // each entry has this shape
}

const CHANNEL = "#/channels/room";
const inChannel = (name: string) => ({ $ref: `${CHANNEL}/messages/${name}` });

/** Names of the messages with which a client frame may be answered. */
export function repliesTo(type: ClientType, { answer }: ClientFrameEntry<{ type: string }>): string[] {
  if (answer === "none") return [];
  const answers = answer === "ack" ? [ackComponent(type)] : answer.map(serverComponent);
  return [...answers, serverComponent("error")];
}

function operations(messages: Readonly<Record<string, FrameMessage>>): Record<string, JsonSchema> {
  const received = clientEntries().map(([type, entry]): [string, JsonSchema] => {
    const replies = repliesTo(type, entry);
    const refusals = Object.entries(entry.refusals).map(([code, when]) => `\`${code}\`: ${when}`);
    return [
      `receive${inPascalCase(type)}`,
      {
        action: "receive",
        channel: { $ref: CHANNEL },
        title: type,
        summary: messages[clientComponent(type)]?.summary,
        description: [
          answerInWords(entry),
          entry.event ? `${EVENT_GOES_TO} \`${entry.event}\`.` : "",
          refusals.length > 0 ? `Refused with:\n\n- ${refusals.join("\n- ")}` : "",
        ]
          .filter(Boolean)
          .join("\n\n"),
        messages: [inChannel(clientComponent(type))],
        ...(replies.length > 0 && { reply: { channel: { $ref: CHANNEL }, messages: replies.map(inChannel) } }),
      },
    ];
  });
  const sent = roomServerFrame.options.map((frame): [string, JsonSchema] => [
    `send${inPascalCase(typeOf(frame))}`,
    {
      action: "send",
      channel: { $ref: CHANNEL },
      title: typeOf(frame),
      summary: frame.description,
      messages: [inChannel(serverComponent(typeOf(frame)))],
    },
  ]);
  return Object.fromEntries([...received, ...sent]);
}

/** Not for what was so already, nor for what was sent again. */
export const EVENT_GOES_TO = "Where it changes something, everybody in the room, the sender included, gets";

export function answerInWords({ answer, refusals }: ClientFrameEntry<{ type: string }>): string {
  if (answer === "ack") return "Answered with `ack` or `error`, with the same `ref`.";
  if (answer !== "none")
    return `Answered with ${answer.map((type) => `\`${type}\``).join(", then ")}, with the same \`ref\`.`;
  return Object.keys(refusals).length > 0 ? "Not answered unless it is refused." : "Not answered.";
}

export function asyncApiDocument() {
  const messages = frameMessages();
  return {
    asyncapi: "3.0.0",
    info: {
      title: "StudyMate over sockets",
      version: String(PROTOCOL_VERSION),
      description:
        "Every frame is an object with a `type`, as JSON text or as a MessagePack map; the subprotocol decides. A " +
        "client frame may carry a `ref`: its answer carries the same. Several frames may come as one `batch`: take it " +
        "apart. Unknown fields and types are to be ignored: more of them may come. Operations are written from the " +
        "server's side: it receives what clients send.",
      license: { name: "MIT", url: "https://opensource.org/license/mit" },
    },
    defaultContentType: "application/json",
    servers: {
      server: {
        host: "{host}",
        protocol: "ws",
        description: "This server; `wss` where it is reached over TLS.",
        variables: { host: { default: "localhost:8787", description: "Where the server is reached." } },
        security: [{ $ref: "#/components/securitySchemes/accessToken" }],
      },
    },
    channels: {
      room: {
        address: "/v1/rooms/{roomId}/socket",
        title: "Room",
        description:
          "For active participants of the room, with an access token: in `Authorization: Bearer <access token>`, or in " +
          "browsers, which cannot set headers, as a subprotocol beside the encoding: " +
          '`new WebSocket(url, ["studymate.v1.json", "bearer.<access token>"])`. Who offers no encoding speaks JSON. ' +
          "A page's `Origin` must be the server's own or on its allow list. What is refused before the socket opens is " +
          "in the OpenAPI document, where tokens come from as well.\n\n" +
          "The first frame is `welcome`: the room, and the position (`messageId`, `rev`) from which events follow. It " +
          "holds no messages: those come by `history`, or over HTTP. Each `message.created` has the next `id`, each " +
          "other event with a `rev` the next `rev`; one that is not higher than the client's position is known already.\n\n" +
          "Who finds a gap, or comes back, asks with `sync` for what is past its position. Until `sync.completed`, " +
          "whose position then holds, gaps mean nothing, and of two states of a row the higher `rev` is kept. Where " +
          "that has `reset`, or `welcome` another `epoch`, the client drops what it has and starts over.\n\n" +
          "What was sent and not acknowledged when a socket ended is sent again, with the same `clientId`: it is one message.",
        parameters: { roomId: { description: "The room.", examples: ["7001"] } },
        servers: [{ $ref: "#/servers/server" }],
        messages: Object.fromEntries(
          Object.keys(messages).map((name) => [name, { $ref: `#/components/messages/${name}` }]),
        ),
        bindings: {
          ws: {
            method: "GET",
            headers: {
              type: "object",
              properties: {
                "Sec-WebSocket-Protocol": {
                  type: "string",
                  description:
                    "The encoding, `studymate.v1.json` or `studymate.v1.msgpack`, and where `Authorization` cannot be " +
                    "set, `bearer.<access token>`.",
                },
              },
            },
            bindingVersion: "0.1.0",
          },
        },
        ...SOCKET_RULES,
        "x-refusals-of-every-frame": COMMON_REFUSALS,
      },
    },
    operations: operations(messages),
    components: {
      messages,
      schemas: frameComponents(),
      securitySchemes: {
        accessToken: { type: "http", scheme: "bearer", bearerFormat: "JWT", description: "An access token." },
      },
    },
  };
}
