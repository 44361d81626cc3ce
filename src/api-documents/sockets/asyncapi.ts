/** The AsyncAPI 3 document of the sockets, out of the unions of frames. */
import type { z } from "zod";
import { inboxEntry, partnerPresence } from "../../../schema/protocol/me/entities.ts";
import { correction, message, participant, reaction, room } from "../../../schema/protocol/room/entities.ts";
import { callMessage, iceServer, media, peer, recordingState } from "../../../schema/protocol/session/entities.ts";
import { PROTOCOL_VERSION } from "../../../schema/protocol/version.ts";
import { learningSession, sessionParticipant, sessionSummary, talkTime } from "../../../schema/sessions.ts";
import { jsonValue } from "../../../schema/values.ts";
import { type Components, type JsonSchema, referenceTo, toComponents } from "../json-schema.ts";
import {
  CHANNELS,
  componentOf,
  type Entry,
  entryOf,
  type Frame,
  hasAck,
  inPascalCase,
  type SocketChannel,
  typeOf,
  typesOf,
} from "./channels.ts";
import { COMMON_REFUSALS } from "./client-frames.ts";
import { SOCKET_RULES } from "./socket-rules.ts";

const ENTITIES = {
  Message: message,
  Reaction: reaction,
  Correction: correction,
  Participant: participant,
  Room: room,
  InboxEntry: inboxEntry,
  PartnerPresence: partnerPresence,
  LearningSession: learningSession,
  SessionParticipant: sessionParticipant,
  SessionSummary: sessionSummary,
  TalkTime: talkTime,
  Peer: peer,
  Media: media,
  IceServer: iceServer,
  RecordingState: recordingState,
  CallMessage: callMessage,
  JsonValue: jsonValue,
};

export function frameComponents(): Components {
  const target = "draft-07";
  const named = (channel: SocketChannel, side: "Client" | "Server", frames: readonly Frame[]) =>
    frames.map((frame) => [componentOf(channel, side, typeOf(frame)), frame] as const);
  const clientFrames = CHANNELS.flatMap((channel) => named(channel, "Client", channel.clientFrames));
  const serverFrames = CHANNELS.flatMap((channel) => named(channel, "Server", channel.serverFrames));
  const read = toComponents({ schemas: { ...ENTITIES, ...Object.fromEntries(serverFrames) }, side: "output", target });
  // Commands share the schema of their ack: each gets a copy under its own name.
  const ackComponents = CHANNELS.flatMap((channel) =>
    Object.entries(channel.acks).map(([type, ack]): [string, JsonSchema] => {
      const converted = toComponents({ schemas: { ...ENTITIES, Ack: ack }, side: "output", target });
      return [componentOf(channel, "Ack", type), converted.Ack ?? {}];
    }),
  );
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
  for (const channel of CHANNELS) {
    for (const frame of channel.clientFrames) {
      const component = componentOf(channel, "Client", typeOf(frame));
      named[component] = frameMessage(component, frame, entryOf(channel, typeOf(frame)).example);
    }
    for (const frame of channel.serverFrames) {
      const component = componentOf(channel, "Server", typeOf(frame));
      named[component] = frameMessage(component, frame, exampleOf(channel, typeOf(frame)));
    }
    for (const [type, ack] of Object.entries(channel.acks)) {
      const { example, ack: fields } = entryOf(channel, type);
      const { ref } = { ref: undefined, ...example };
      const component = componentOf(channel, "Ack", type);
      const payload = { type: "ack", ref, ...fields };
      named[component] = { ...frameMessage(component, ack, payload), title: `ack of ${type}` };
    }
  }
  return named;
}

function exampleOf({ examples }: SocketChannel, type: string): { type: string } {
  const example = examples[type];
  if (!example) throw new Error(`${type} has no example`);
  return example;
}

function frameMessage(component: string, frame: z.ZodType, payload: { type: string }): FrameMessage {
  return {
    name: payload.type,
    title: payload.type,
    summary: frame.description ?? "",
    contentType: "application/json",
    payload: { $ref: referenceTo(component) },
    examples: [{ name: "example", payload }],
  };
}

/** Names of the messages with which a client frame may be answered. */
export function repliesTo(channel: SocketChannel, type: string): string[] {
  const { answer } = entryOf(channel, type);
  if (answer === "none") return [];
  const answers =
    answer === "ack" ? [componentOf(channel, "Ack", type)] : answer.map((one) => componentOf(channel, "Server", one));
  return [...answers, componentOf(channel, "Server", "error")];
}

function operations(
  channel: SocketChannel,
  messages: Readonly<Record<string, FrameMessage>>,
): readonly [string, JsonSchema][] {
  const reference = `#/channels/${channel.name}`;
  const inChannel = (name: string) => ({ $ref: `${reference}/messages/${name}` });
  const { client, server } = typesOf(channel);
  const received = client.map((type): [string, JsonSchema] => {
    const entry = entryOf(channel, type);
    const component = componentOf(channel, "Client", type);
    const replies = repliesTo(channel, type);
    const refusals = Object.entries(entry.refusals).map(([code, when]) => `\`${code}\`: ${when}`);
    return [
      `receive${channel.prefix}${inPascalCase(type)}`,
      {
        action: "receive",
        channel: { $ref: reference },
        title: type,
        summary: messages[component]?.summary,
        description: [
          answerInWords(entry),
          entry.event ? `${channel.eventGoesTo} \`${entry.event}\`.` : "",
          refusals.length > 0 ? `Refused with:\n\n- ${refusals.join("\n- ")}` : "",
        ]
          .filter(Boolean)
          .join("\n\n"),
        messages: [inChannel(component)],
        ...(replies.length > 0 && { reply: { channel: { $ref: reference }, messages: replies.map(inChannel) } }),
      },
    ];
  });
  const sent = server.map((type): [string, JsonSchema] => {
    const component = componentOf(channel, "Server", type);
    return [
      `send${channel.prefix}${inPascalCase(type)}`,
      {
        action: "send",
        channel: { $ref: reference },
        title: type,
        summary: messages[component]?.summary,
        messages: [inChannel(component)],
      },
    ];
  });
  return [...received, ...sent];
}

/** Every message of a channel by its name. */
function messagesOf(channel: SocketChannel): string[] {
  const { client, server } = typesOf(channel);
  return [
    ...client.map((type) => componentOf(channel, "Client", type)),
    ...server.map((type) => componentOf(channel, "Server", type)),
    ...client.filter((type) => hasAck(channel, type)).map((type) => componentOf(channel, "Ack", type)),
  ];
}

export function answerInWords({ answer, refusals }: Entry): string {
  if (answer === "ack") return "Answered with `ack` or `error`, with the same `ref`.";
  if (answer !== "none")
    return `Answered with ${answer.map((type) => `\`${type}\``).join(", then ")}, with the same \`ref\`.`;
  return Object.keys(refusals).length > 0 ? "Not answered unless it is refused." : "Not answered.";
}

const HANDSHAKE = {
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
};

function channelDocument(channel: SocketChannel) {
  const { address, title, description, parameters } = channel;
  return {
    address,
    title,
    description,
    ...(Object.keys(parameters).length > 0 && { parameters }),
    servers: [{ $ref: "#/servers/server" }],
    messages: Object.fromEntries(messagesOf(channel).map((name) => [name, { $ref: `#/components/messages/${name}` }])),
    bindings: HANDSHAKE,
    ...SOCKET_RULES,
    "x-refusals-of-every-frame": COMMON_REFUSALS,
  };
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
    channels: Object.fromEntries(CHANNELS.map((channel) => [channel.name, channelDocument(channel)])),
    operations: Object.fromEntries(CHANNELS.flatMap((channel) => operations(channel, messages))),
    components: {
      messages,
      schemas: frameComponents(),
      securitySchemes: {
        accessToken: { type: "http", scheme: "bearer", bearerFormat: "JWT", description: "An access token." },
      },
    },
  };
}
