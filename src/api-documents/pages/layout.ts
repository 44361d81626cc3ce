/** What both pages share: head, tabs, list of contents. Neither has a script, nor asks for anything but its style sheet. */
import { type Content, html, type Markup } from "./html.ts";

export interface ContentsGroup {
  readonly title: string;
  readonly entries: readonly { readonly id: string; readonly label: Content }[];
}

export interface DocumentPage {
  readonly path: string;
  readonly title: string;
  readonly description: string;
  readonly contents: readonly ContentsGroup[];
  readonly body: Content;
}

const TABS = [
  { path: "/docs", label: "HTTP", document: "/v1/openapi.json", format: "OpenAPI 3.1" },
  { path: "/docs/sockets", label: "Sockets", document: "/v1/asyncapi.json", format: "AsyncAPI 3.0" },
] as const;

export function renderPage({ path, title, description, contents, body }: DocumentPage): string {
  const current = TABS.find((tab) => tab.path === path);
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="description" content="${description}">
<link rel="icon" href="/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/docs/docs.css">
<title>${title}</title>
</head>
<body>
<a class="skip" href="#main">Skip to the text</a>
<header>
<a class="brand" href="/docs">StudyMate</a>
<nav aria-label="Documents">${TABS.map(
    (tab) => html`<a href="${tab.path}"${tab === current ? html` aria-current="page"` : undefined}>${tab.label}</a>`,
  )}</nav>
${current ? html`<a class="raw" href="${current.document}">${current.format}</a>` : undefined}
</header>
<div class="columns">
<nav class="contents wide" aria-label="Contents">${contentsList(contents)}</nav>
<main id="main">
<details class="contents narrow"><summary>Contents</summary>${contentsList(contents)}</details>
${body}
</main>
</div>
</body>
</html>
`.text;
}

function contentsList(contents: readonly ContentsGroup[]): Markup[] {
  return contents.map(
    ({ title, entries }) =>
      html`<h2>${title}</h2><ul>${entries.map(({ id, label }) => html`<li><a href="#${id}">${label}</a></li>`)}</ul>`,
  );
}
