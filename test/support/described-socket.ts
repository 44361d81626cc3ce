/** What the AsyncAPI document says of one of the sockets. */
import type { JsonSchema } from "../../src/api-documents/json-schema.ts";
import { asyncApiDocument } from "../../src/api-documents/sockets/asyncapi.ts";
import { breaches, type DocumentWithSchemas, shapeDifferences } from "./documents.ts";
import type { AnyFrame } from "./sockets.ts";

export interface DescribedMessage {
  readonly name: string;
  readonly payload: JsonSchema;
  readonly examples: readonly { readonly payload: AnyFrame }[];
}
interface Reference {
  readonly $ref: string;
}
interface DescribedOperation {
  readonly action: "send" | "receive";
  readonly channel: Reference;
  readonly messages: readonly Reference[];
  readonly reply?: { readonly messages: readonly Reference[] };
}

// What would come over the network: plain JSON.
const document = JSON.parse(JSON.stringify(asyncApiDocument()));

function follow({ $ref }: Reference): unknown {
  const found = $ref
    .slice("#/".length)
    .split("/")
    .reduce((at, step) => at[step], document);
  return typeof found === "object" && "$ref" in found ? follow(found) : found;
}
const messageAt = (reference: Reference) => follow(reference) as DescribedMessage; // what the document has there

export function exampleOf({ examples: [first] }: DescribedMessage): AnyFrame {
  if (!first) throw new Error("no example");
  return first.payload;
}

export function describedSocket(channel: "room" | "me" | "session") {
  const operations = Object.values<DescribedOperation>(document.operations).filter(
    (one) => one.channel.$ref === `#/channels/${channel}`,
  );
  const received = operations
    .filter(({ action }) => action === "receive")
    .flatMap(({ messages, reply }) =>
      messages.map(messageAt).map((message) => ({
        type: message.name,
        example: exampleOf(message),
        replies: (reply?.messages ?? []).map(messageAt),
      })),
    );
  const sent = operations
    .filter(({ action }) => action === "send")
    .flatMap(({ messages }) => messages.map(messageAt))
    .map((message) => ({ type: message.name, message }));
  return { document, received, sent };
}

/** Everything in which a frame is not what the document says of its message. */
export function undocumented(
  of: DocumentWithSchemas,
  { payload, examples }: DescribedMessage,
  frame: AnyFrame,
): string[] {
  const [example] = examples;
  return [...breaches(of, payload, frame), ...shapeDifferences(example?.payload, frame)];
}

/** Without the example's `ref`: the test's own tells its answer. */
export const without = ({ ref: _, ...frame }: AnyFrame): AnyFrame => frame;
