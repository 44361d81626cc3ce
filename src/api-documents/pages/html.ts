/** HTML as text, with everything escaped that is not markup already. */
export class Markup {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

export type Content = Markup | string | number | undefined | readonly Content[];

export function html(parts: TemplateStringsArray, ...contents: readonly Content[]): Markup {
  return new Markup(
    parts.map((part, index) => part + (index < contents.length ? render(contents[index]) : "")).join(""),
  );
}

function render(content: Content): string {
  if (content === undefined) return "";
  if (content instanceof Markup) return content.text;
  if (typeof content === "object") return content.map(render).join("");
  return escaped(String(content));
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}

/** The documents' descriptions: paragraphs, lists and `code`, which is all the Markdown that they use. */
export function prose(text: string): Markup[] {
  return text.split("\n\n").map((block) => {
    const lines = block.split("\n");
    const isList = lines.every((line) => line.startsWith("- "));
    return isList
      ? html`<ul>${lines.map((line) => html`<li>${inline(line.slice(2))}</li>`)}</ul>`
      : html`<p>${inline(block)}</p>`;
  });
}

export function inline(text: string): Markup[] {
  // Every second piece stood between backticks.
  return text.split("`").map((piece, index) => (index % 2 === 1 ? html`<code>${piece}</code>` : html`${piece}`));
}

/** Scrolls sideways, also by keyboard. */
export function codeBlock(label: string, text: string): Markup {
  return html`<figure><figcaption>${label}</figcaption><pre tabindex="0"><code>${text}</code></pre></figure>`;
}

export function jsonBlock(label: string, value: unknown): Markup {
  return codeBlock(label, JSON.stringify(value, null, 2));
}
