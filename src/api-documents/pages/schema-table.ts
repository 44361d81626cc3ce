/** A JSON Schema as a table of fields; named ones are links to their own table. */
import type { Components, JsonSchema } from "../json-schema.ts";
import { html, inline, type Markup } from "./html.ts";

export function fieldTable(schema: JsonSchema, components: Components): Markup {
  const resolved = resolve(schema, components);
  const fields = asSchemas(resolved.properties);
  if (fields.length === 0) return html`<p>${typeInWords(schema)}</p>`;
  const required: readonly unknown[] = Array.isArray(resolved.required) ? resolved.required : [];
  return html`<div class="table" tabindex="0"><table>
<thead><tr><th scope="col">Field</th><th scope="col">Type</th><th scope="col">Meaning</th></tr></thead>
<tbody>${fields.map(([name, field]) => {
    const optional = required.includes(name) ? undefined : html` <small>optional</small>`;
    return html`<tr><th scope="row"><code>${name}</code>${optional}</th><td>${typeInWords(field)}</td><td>${meaning(field)}</td></tr>`;
  })}</tbody>
</table></div>`;
}

export function schemaSections(components: Components, names: readonly string[]): Markup[] {
  return names.map((name) => {
    const schema = components[name] ?? {};
    return html`<section id="${name}"><h3>${name}</h3>${describe(schema)}${fieldTable(schema, components)}</section>`;
  });
}

export function describe({ description }: JsonSchema): Markup | undefined {
  return typeof description === "string" ? html`<p>${inline(description)}</p>` : undefined;
}

function meaning(schema: JsonSchema): Markup[] {
  const fallback =
    "default" in schema ? [html`<small>Without it: <code>${JSON.stringify(schema.default)}</code></small>`] : [];
  return [...inline(descriptionOf(schema)), ...fallback];
}

/** Its own, or that of what stands beside `null`, or of what the list is of. */
function descriptionOf({ description, anyOf, items }: JsonSchema): string {
  if (typeof description === "string") return description;
  const inner = [...(Array.isArray(anyOf) ? anyOf : []), items].map(toSchema);
  return inner.map((one) => one.description).find((text) => typeof text === "string") ?? "";
}

/** What is in a reference, one step deep. */
function resolve(schema: JsonSchema, components: Components): JsonSchema {
  return typeof schema.$ref === "string" ? (components[nameOf(schema.$ref)] ?? {}) : schema;
}

function nameOf(reference: string): string {
  return reference.slice(reference.lastIndexOf("/") + 1);
}

function typeInWords(schema: JsonSchema): Markup {
  if (typeof schema.$ref === "string") {
    const name = nameOf(schema.$ref);
    return html`<a href="#${name}">${name}</a>`;
  }
  if ("const" in schema) return html`<code>${JSON.stringify(schema.const)}</code>`;
  if (Array.isArray(schema.enum))
    return alternatives(schema.enum.map((value) => html`<code>${JSON.stringify(value)}</code>`));
  const options = schema.anyOf ?? schema.oneOf;
  if (Array.isArray(options)) return alternatives(options.map(typeInWords));
  if (Array.isArray(schema.type)) return alternatives(schema.type.map((type) => typeInWords({ ...schema, type })));
  if (schema.type === "array") return html`list${bounds(schema)} of ${typeInWords(toSchema(schema.items))}`;
  const fields = asSchemas(schema.properties);
  if (fields.length > 0)
    return html`{ ${fields.map(([name, field], index) => html`${index > 0 ? ", " : ""}<code>${name}</code>: ${typeInWords(field)}`)} }`;
  return html`${typeof schema.type === "string" ? schema.type : "anything"}${bounds(schema)}`;
}

function alternatives(options: readonly Markup[]): Markup {
  return html`${options.map((option, index) => html`${index > 0 ? " or " : ""}${option}`)}`;
}

function bounds({ type, minimum, maximum, maxLength, maxItems, format }: JsonSchema): string {
  const said = [
    typeof format === "string" ? format : "",
    type === "integer" && typeof minimum === "number" ? `from ${minimum}` : "",
    type === "integer" && typeof maximum === "number" ? `to ${maximum}` : "",
    type === "string" && typeof maxLength === "number" ? `at most ${maxLength} characters` : "",
    typeof maxItems === "number" ? `at most ${maxItems}` : "",
  ].filter(Boolean);
  return said.length > 0 ? ` (${said.join(", ")})` : "";
}

function asSchemas(value: unknown): [string, JsonSchema][] {
  return typeof value === "object" && value !== null ? Object.entries(value) : [];
}

function toSchema(value: unknown): JsonSchema {
  return typeof value === "object" && value !== null ? { ...value } : {};
}
