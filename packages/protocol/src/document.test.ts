import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { CloseCode, closeAction } from "./close.ts";
import { MAX_CONTROL_BYTES } from "./messages.ts";
import { parseClientMessage, parseServerMessage } from "./parse.ts";
import { FALLBACK_SUBPROTOCOL, SUBPROTOCOL, TOKEN_SUBPROTOCOL_PREFIX, tokenFromSubprotocol } from "./subprotocol.ts";

const documentText = readFileSync(new URL("../PROTOCOL.md", import.meta.url), "utf8");

/** The trimmed cells of a table's line. */
function cells(line: string): string[] {
  return line
    .split("|")
    .slice(1, -1)
    .map((cell) => cell.trim());
}

/** The rows of the table with this heading. */
function table(...heading: string[]): string[][] {
  const lines = documentText.split("\n");
  const start = lines.findIndex((line) => cells(line).join() === heading.join());
  expect(start, `a table with the heading ${heading.join(", ")}`).toBeGreaterThan(0);
  const rows = lines.slice(start + 2);
  return rows
    .slice(
      0,
      rows.findIndex((line) => !line.startsWith("|")),
    )
    .map(cells);
}

/** The code spans of a cell: "`id`, `reason`, `detail`?" gives those names, optional ones with "?". */
function names(cell: string | undefined): string[] {
  return [...(cell ?? "").matchAll(/`(\w+)`(\??)/g)].map(([, name, optional]) => `${name}${optional}`);
}

/** A right value for each field that messages have. */
const samples: Readonly<Record<string, unknown>> = {
  session: "s-1",
  expiresInMs: 1000,
  renewable: true,
  id: 1,
  reason: "token_expired",
  detail: "words",
  token: "secret",
  durationMs: 250,
  idleTimeoutMs: 900_000,
  endsInMs: 60_000,
  user: "alice",
  allow: true,
  message: "for the user",
};

describe("the close codes of PROTOCOL.md and of the code are the same", () => {
  const rows = table("code", "name", "action", "meaning").map(([code, name, action]) => ({
    code: Number(code),
    name: names(name)[0],
    action: names(action)[0],
  }));

  test("each code that the document lists exists, with its action", () => {
    for (const { code, name, action } of rows) {
      expect(CloseCode[name as keyof typeof CloseCode], name).toBe(code);
      expect(closeAction(code), name).toBe(action);
    }
  });

  test("each code that exists is listed once", () => {
    expect(rows.map(({ name }) => name)).toEqual(Object.keys(CloseCode));
  });

  test("the ranges mean what the document says", () => {
    const ranges = table("code", "action", "meaning");
    expect(ranges.map(([range]) => range)).toEqual(["40xx", "41xx", "42xx", "4300 to 4999"]);
    for (const [range = "", action] of ranges) {
      expect(closeAction(Number(range.slice(0, 4).replace("xx", "98")))).toBe(names(action)[0]);
    }
    for (const reserved of [4300, 4500, 4999]) expect(closeAction(reserved)).toBe("stop");
  });

  test("the standard codes that allow a retry are the ones in the document", () => {
    const sentence = /registry: ([\d, and]+) are `retry`/.exec(documentText.replaceAll("\n", " "))?.[1] ?? "";
    const listed = [...sentence.matchAll(/\d{4}/g)].map(Number);
    const all = Array.from({ length: 1000 }, (_, index) => 1000 + index);
    expect(all.filter((code) => closeAction(code) === "retry")).toEqual(listed);
  });
});

describe.each([
  ["gateway to client", table("`type`", "fields", "when"), parseServerMessage],
  ["client to gateway", table("`type`", "fields", "meaning"), parseClientMessage],
] as const)("the control messages %s of PROTOCOL.md and of the code are the same", (_, rows, parse) => {
  test.each(rows.map(([type, fields]) => [names(type)[0] ?? "", names(fields)] as const))("%s", (type, fields) => {
    const required = fields.filter((field) => !field.endsWith("?"));
    const optional = fields.filter((field) => field.endsWith("?")).map((field) => field.slice(0, -1));
    const message = Object.fromEntries([...required, ...optional].map((field) => [field, samples[field]]));
    expect(parse(JSON.stringify({ type, ...message, future: 1 }))).toEqual({ ok: true, message: { type, ...message } });
    for (const field of required) {
      const { [field]: _left, ...rest } = message;
      expect(parse(JSON.stringify({ type, ...rest })), `${type} without ${field}`).toMatchObject({ ok: false });
    }
    for (const field of optional) {
      const { [field]: _left, ...rest } = message;
      expect(parse(JSON.stringify({ type, ...rest })), `${type} without ${field}`).toMatchObject({ ok: true });
    }
  });

  test("the document lists every type that the parser knows", () => {
    const source = readFileSync(new URL("./parse.ts", import.meta.url), "utf8");
    const body = source.slice(source.indexOf(`function ${parse.name}`)).split("\n}\n", 1)[0] ?? "";
    const known = [...body.matchAll(/case "(\w+)"/g)].map(([, type]) => type);
    expect(rows.map(([type]) => names(type)[0])).toEqual(known);
  });
});

test("the document names the subprotocols, the token's prefix and the largest message", () => {
  expect(documentText).toContain(`Sec-WebSocket-Protocol: ${FALLBACK_SUBPROTOCOL}, ${SUBPROTOCOL}\n`);
  expect(documentText).toContain(`\`${TOKEN_SUBPROTOCOL_PREFIX}<token>\``);
  expect(documentText).toContain(`at most ${MAX_CONTROL_BYTES} bytes`);
});

test("the example is made of valid messages", () => {
  const lines = [...documentText.matchAll(/^(gateway|client) +text +(\{.*\})$/gm)];
  expect(lines.length).toBeGreaterThanOrEqual(5);
  for (const [, from, text = ""] of lines) {
    expect((from === "gateway" ? parseServerMessage : parseClientMessage)(text).ok, text).toBe(true);
  }
  const entry = /curfew\.token\.\w+/.exec(documentText.slice(documentText.indexOf("## 5.")))?.[0] ?? "";
  expect(tokenFromSubprotocol(entry)).toBe("secret");
});
