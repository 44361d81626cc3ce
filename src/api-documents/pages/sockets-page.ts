/** `/docs/sockets`: what goes over the sockets. */
import type { ErrorCode } from "../../../schema/protocol/errors.ts";
import {
  answerInWords,
  asyncApiDocument,
  type FrameMessage,
  frameComponents,
  frameMessages,
  repliesTo,
} from "../sockets/asyncapi.ts";
import {
  componentOf,
  entryOf,
  type Frame,
  ME_CHANNEL,
  ROOM_CHANNEL,
  SESSION_CHANNEL,
  type SocketChannel,
  typeOf,
} from "../sockets/channels.ts";
import { COMMON_REFUSALS } from "../sockets/client-frames.ts";
import { LIMITED, SOCKET_RULES } from "../sockets/socket-rules.ts";
import { html, inline, jsonBlock, type Markup, prose } from "./html.ts";
import { renderPage } from "./layout.ts";
import { describe, fieldTable, schemaSections } from "./schema-table.ts";

const components = frameComponents();
const messages = frameMessages();
const SHARED = Object.keys(components)
  .filter((name) => !/^(?:Me|Session)?(?:Client|Server|Ack)/.test(name))
  .sort();

export function socketsPage(): string {
  const { info } = asyncApiDocument();
  return renderPage({
    path: "/docs/sockets",
    title: info.title,
    description: "Every frame of the WebSockets, in JSON or MessagePack.",
    contents: [
      { title: "Every socket", entries: RULES.map(({ id, title }) => ({ id, label: title })) },
      { title: "What clients send in a room", entries: entriesOf(ROOM_CHANNEL, "Client") },
      { title: "What rooms send", entries: entriesOf(ROOM_CHANNEL, "Server") },
      { title: "What clients send on their own", entries: entriesOf(ME_CHANNEL, "Client") },
      { title: "What one's own sends", entries: entriesOf(ME_CHANNEL, "Server") },
      { title: "What clients send in a session", entries: entriesOf(SESSION_CHANNEL, "Client") },
      { title: "What sessions send", entries: entriesOf(SESSION_CHANNEL, "Server") },
      { title: "Schemas", entries: SHARED.map((name) => ({ id: name, label: name })) },
    ],
    body: html`<h1>${info.title}</h1>
${prose(info.description)}
<h2>Every socket</h2>
${RULES.map(({ id, title, body }) => html`<section id="${id}"><h3>${title}</h3>${body}</section>`)}
<h2>A room's socket</h2>
${channelBody(ROOM_CHANNEL)}
<h2>One's own socket</h2>
${channelBody(ME_CHANNEL)}
<h2>A session's socket</h2>
${channelBody(SESSION_CHANNEL)}
<h2>Schemas</h2>
${schemaSections(components, SHARED)}`,
  });
}

function framesOf({ clientFrames, serverFrames }: SocketChannel, side: "Client" | "Server"): readonly Frame[] {
  return side === "Client" ? clientFrames : serverFrames;
}

function entriesOf(channel: SocketChannel, side: "Client" | "Server") {
  return framesOf(channel, side).map((frame) => ({
    id: componentOf(channel, side, typeOf(frame)),
    label: html`<code>${typeOf(frame)}</code>`,
  }));
}

function channelBody(channel: SocketChannel): Markup {
  return html`<p class="address"><span class="method get">WS</span> <code>${channel.address}</code></p>
${prose(channel.description)}
${channel.clientFrames.map((frame) => clientSection(channel, typeOf(frame)))}
${channel.serverFrames.map((frame) => serverSection(channel, typeOf(frame)))}`;
}

function clientSection(channel: SocketChannel, type: string): Markup {
  const entry = entryOf(channel, type);
  const component = componentOf(channel, "Client", type);
  const replies = repliesTo(channel, type).flatMap((name) => messages[name] ?? []);
  const refusals = Object.entries(entry.refusals);
  return html`<section class="operation" id="${component}">
<h3><code>${type}</code></h3>
${describe(components[component] ?? {})}
${fieldTable(components[component] ?? {}, components)}
${exampleOf("Example", messages[component])}
<p>${inline(answerInWords(entry))}${entry.event && html` ${channel.eventGoesTo} <a href="#${componentOf(channel, "Server", entry.event)}"><code>${entry.event}</code></a>.`}</p>
${replies.filter(({ name }) => name !== "error").map((message) => exampleOf("Answer", message))}
${refusals.length > 0 ? html`<h4>Refused with</h4>${refusalList(refusals)}` : undefined}
</section>`;
}

function serverSection(channel: SocketChannel, type: string): Markup {
  const component = componentOf(channel, "Server", type);
  return html`<section class="operation" id="${component}">
<h3><code>${type}</code></h3>
${describe(components[component] ?? {})}
${fieldTable(components[component] ?? {}, components)}
${exampleOf("Example", messages[component])}
</section>`;
}

function exampleOf(label: string, message: FrameMessage | undefined): Markup | undefined {
  const [example] = message?.examples ?? [];
  return example && jsonBlock(label, example.payload);
}

function refusalList(refusals: readonly [code: string, when: string][]): Markup {
  return html`<dl>${refusals.map(([code, when]) => html`<dt><code>${code}</code></dt><dd>${inline(when)}</dd>`)}</dl>`;
}

const { "x-heartbeat": heartbeat, "x-close-codes": closings, "x-error-codes": errors } = SOCKET_RULES;

const RULES: readonly { readonly id: string; readonly title: string; readonly body: Markup }[] = [
  {
    id: "encodings",
    title: "Encodings",
    body: html`<dl>${Object.entries(SOCKET_RULES["x-subprotocols"]).map(
      ([name, encoding]) => html`<dt><code>${name}</code></dt><dd>${encoding}</dd>`,
    )}</dl>`,
  },
  {
    id: "heartbeat",
    title: "Heartbeat",
    body: html`<p><code>${heartbeat.request}</code> is answered with <code>${heartbeat.response}</code>. ${heartbeat.description}</p>`,
  },
  {
    id: "errors",
    title: "Error codes",
    body: html`<p>Any frame may be refused with:</p>
${refusalList(Object.entries(COMMON_REFUSALS))}
<div class="table" tabindex="0"><table><thead><tr><th scope="col">Code</th><th scope="col">Again?</th><th scope="col">Means</th></tr></thead>
<tbody>${Object.entries(errors).map(
      ([code, error]) =>
        html`<tr><th scope="row"><code>${code as ErrorCode}</code></th><td>${error.retryable ? "yes" : "no"}</td><td>${error.message}</td></tr>`,
    )}</tbody></table></div>`,
  },
  {
    id: "closing",
    title: "Close codes",
    body: html`<div class="table" tabindex="0"><table><thead><tr><th scope="col">Code</th><th scope="col">Reconnect</th><th scope="col">Means</th></tr></thead>
<tbody>${closings.map(
      ({ code, reconnect, meaning }) =>
        html`<tr><th scope="row"><code>${code}</code></th><td>${reconnect}</td><td>${meaning}</td></tr>`,
    )}</tbody></table></div>`,
  },
  {
    id: "limits",
    title: "Limits",
    body: html`<p>${SOCKET_RULES["x-rate-limits"].description}</p>
<dl>${(["frames", "message.send"] as const).map((name) => {
      const { perSecond, burst } = SOCKET_RULES["x-rate-limits"][name];
      return html`<dt><code>${name}</code></dt><dd>${perSecond} per second, ${burst} at once</dd>`;
    })}${Object.entries(SOCKET_RULES["x-limits"]).map(
      ([name, value]) =>
        html`<dt><code>${name}</code></dt><dd>${value.toLocaleString("en")}: ${inline(LIMITED[name as keyof typeof LIMITED])}</dd>`, // they have the same keys
    )}</dl>`,
  },
];
