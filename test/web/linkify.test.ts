import { describe, expect, test } from "vitest";
import { linkify } from "../../src/web/conversation/linkify.ts";

const linksOf = (text: string) =>
  linkify(text)
    .filter(({ kind }) => kind === "link")
    .map((part) => part.text);

describe("what becomes a link", () => {
  const cases: readonly [name: string, text: string, links: readonly string[]][] = [
    ["an address", "https://example.com", ["https://example.com"]],
    [
      "with path, query and fragment",
      "see http://a.example/b?c=d&e=%ED%95%9C#f now",
      ["http://a.example/b?c=d&e=%ED%95%9C#f"],
    ],
    ["two of them", "https://a.example https://b.example/", ["https://a.example", "https://b.example/"]],
    ["right before a Korean particle", "https://example.com에서 봐요", ["https://example.com"]],
    ["right behind Korean", "주소는https://example.com/1", ["https://example.com/1"]],
    ["without the full stop of the sentence", "Look at https://example.com/a.", ["https://example.com/a"]],
    ["in brackets", "(https://example.com/a)", ["https://example.com/a"]],
    [
      "with brackets of its own",
      "https://en.example/Korea_(disambiguation)",
      ["https://en.example/Korea_(disambiguation)"],
    ],
    ["with a port", "http://localhost:8787/?as=minji#1/2", ["http://localhost:8787/?as=minji#1/2"]],
    ["in capitals", "HTTPS://EXAMPLE.COM", ["HTTPS://EXAMPLE.COM"]],
  ];
  test.each(cases)("%s", (_name, text, links) => {
    expect(linksOf(text)).toEqual(links);
  });
});

describe("what stays text", () => {
  const cases: readonly [name: string, text: string][] = [
    ["a script", "javascript:alert(document.cookie)"],
    ["a script that begins like an address", "javascript://https:alert(1)"],
    ["data", "data:text/html,<script>alert(1)</script>"],
    ["a file", "file:///etc/passwd"],
    ["a name before the host, which pretends to be another site", "https://bank.example@evil.example/login"],
    ["a password before the host", "https://bank.example:443@evil.example/"],
    ["a host behind a turned direction", "https://\u202Emoc.elpmaxe"],
    ["letters that look like others", "https://\u0430pple.com"],
    ["a host that is none", "https://?q=1 https:///a http://[::1"],
    ["the middle of a word", "xhttps://example.com"],
    ["an address in another one", "evil.example/https://example.com"],
    ["markup", '<a href="x">y</a><img src=x onerror=alert(1)>'],
    ["a mail address", "minji@example.com"],
    ["an address longer than anybody types", `https://example.com/${"a".repeat(3_000)}`],
  ];
  test.each(cases)("%s", (_name, text) => {
    expect(linksOf(text)).toEqual([]);
  });
});

test("nothing that was written is lost or added", () => {
  for (const text of ["", "a https://b.example. c", "https://x@y.example z", "\u202Ehttps://a.example\u202C"]) {
    expect(
      linkify(text)
        .map((part) => part.text)
        .join(""),
    ).toBe(text);
  }
});

test("a long message without an end is read in time", () => {
  const started = performance.now();
  for (const text of ["https://".repeat(500), `https://a${")".repeat(3_900)}`, "http".repeat(1_000)]) linkify(text);
  expect(performance.now() - started).toBeLessThan(500);
});
