/** `/docs`: the HTTP API. */

import { PROBLEM_STATUS } from "../../../schema/api/problem.ts";
import { httpComponents, openApiDocument, schemaOf } from "../http/openapi.ts";
import { type Operation, refusalsOf } from "../http/operation.ts";
import { OPERATIONS } from "../http/operations.ts";
import { toJsonSchema } from "../json-schema.ts";
import { SAMPLE } from "../sample.ts";
import { codeBlock, html, inline, jsonBlock, type Markup, prose } from "./html.ts";
import { renderPage } from "./layout.ts";
import { fieldTable, schemaSections } from "./schema-table.ts";

const components = httpComponents();

export function httpPage(): string {
  const { info } = openApiDocument();
  const byArea = Map.groupBy(Object.entries<Operation>(OPERATIONS), ([, { area }]) => area);
  const names = Object.keys(components).sort();
  return renderPage({
    path: "/docs",
    title: info.title,
    description: info.summary,
    contents: [
      ...[...byArea].map(([title, operations]) => ({
        title,
        entries: operations.map(([address, { id, summary }]) => ({ id, label: html`${badge(address)} ${summary}` })),
      })),
      { title: "Schemas", entries: names.map((name) => ({ id: name, label: name })) },
    ],
    body: html`<h1>${info.title}</h1>
${prose(info.description)}
<p>The examples tell of a room that Minji (${SAMPLE.minji}) made and in which Daniel (${SAMPLE.daniel}) is, but not yet
Sofia (${SAMPLE.sofia}). Put your own ids and tokens in their place.</p>
${[...byArea].map(
  ([title, operations]) =>
    html`<h2>${title}</h2>${operations.map(([address, operation]) => operationSection(address, operation))}`,
)}
<h2>Schemas</h2>
${schemaSections(components, names)}`,
  });
}

function badge(address: string): Markup {
  const [method = ""] = address.split(" ");
  return html`<span class="method ${method.toLowerCase()}">${method}</span>`;
}

const CALLERS: Readonly<Record<Operation["caller"], string>> = {
  anybody: "No token is needed.",
  user: "With an access token: `Authorization: Bearer <access token>`.",
  operator: "With an operator's access token: `Authorization: Bearer <access token>`.",
  socket: "With an access token, in `Authorization` or as a subprotocol.",
};

function operationSection(address: string, operation: Operation): Markup {
  const { id, summary, description, caller, path, query, body, examples = {}, answers } = operation;
  return html`<section class="operation" id="${id}">
<h3>${summary}</h3>
<p class="address">${badge(address)} <code>${address.split(" ")[1]}</code></p>
${prose(description)}
<p>${inline(CALLERS[caller])}${operation.takesIdempotencyKey && html` ${inline("Takes an `Idempotency-Key`: sent again with the same body, it answers with what the first request made.")}`}${operation.carriesBookmark && html` ${inline("Takes and gives an `x-d1-bookmark`: with that of an earlier answer, this one is no older.")}`}</p>
${path && html`<h4>In the path</h4><dl>${Object.entries(path).map(([name, { description }]) => html`<dt><code>${name}</code></dt><dd>${description}</dd>`)}</dl>`}
${query && html`<h4>In the query</h4>${fieldTable({ ...toJsonSchema(query), required: [] }, components)}`}
${body && html`<h4>Body</h4>${fieldTable(schemaOf(body), components)}`}
${Object.entries(examples).map(([, { summary, body }]) => codeBlock(summary, curl(address, operation, body)))}
${Object.keys(examples).length === 0 && caller !== "socket" ? codeBlock("Request", curl(address, operation)) : undefined}
<h4>Answers</h4>
<dl>${Object.entries(answers).map(
    ([status, { description, schema }]) =>
      html`<dt><code>${status}</code></dt><dd>${inline(description)}${schema && html` ${answerName(schemaOf(schema))}`}</dd>`,
  )}${refusalsOf(operation).map(
    ([code, when]) => html`<dt><code>${PROBLEM_STATUS[code]}</code> <code>${code}</code></dt><dd>${inline(when)}</dd>`,
  )}</dl>
${exampleAnswer(operation)}
</section>`;
}

function answerName(schema: object): Markup[] {
  const references = [...JSON.stringify(schema).matchAll(/schemas\/(\w+)"/g)].map(([, name = ""]) => name);
  return references.map((name, index) => html`${index > 0 ? " or " : ""}<a href="#${name}">${name}</a>`);
}

function exampleAnswer({ answers }: Operation): Markup | undefined {
  const [status, answer] = Object.entries(answers).at(-1) ?? [];
  return answer?.example === undefined ? undefined : jsonBlock(`${status}`, answer.example);
}

function curl(address: string, { caller, path = {} }: Operation, body?: unknown): string {
  const [method = "", template = ""] = address.split(" ");
  const filled = template.replace(/\{(\w+)\}/g, (_, name: string) => String(path[name]?.example));
  return [
    `curl ${method === "GET" ? "" : `-X ${method} `}http://localhost:8787${filled}`,
    ...(caller === "anybody" ? [] : ["-H 'Authorization: Bearer <access token>'"]),
    ...(body === undefined ? [] : ["-H 'Content-Type: application/json'", `-d '${JSON.stringify(body)}'`]),
  ].join(" \\\n  ");
}
