import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { run } from "./support/command.ts";

/** A title, a cleared screen, a forged row, the C1 form of a sequence, and text from right to left. */
const HOSTILE = "vm\u001B]0;owned\u0007\u001B[2J\r\nforged  vnc\u009B2J\u202Egpj";
const ESCAPED = String.raw`vm\u001b]0;owned\u0007\u001b[2J\u000d\u000aforged  vnc\u009b2J\u202egpj`;
/** Everything but the line feeds that end the command's own lines. */
const UNSAFE = /[^\P{C}\n]/u;

/** An admin API whose answers contain names that an attacker has chosen. */
let server: Server;
let reach: string[];

beforeAll(async () => {
  const entry = {
    id: "1",
    type: "vnc",
    target: HOSTILE,
    instance: HOSTILE,
    name: HOSTILE,
    client: HOSTILE,
    state: "x",
  };
  server = createServer(({ method, url }, response) => {
    response.setHeader("Content-Type", "application/json");
    if (method === "DELETE") response.writeHead(404).end(JSON.stringify({ detail: HOSTILE }));
    else if (url?.startsWith("/v1/tokens") === true) response.end(JSON.stringify({ tokens: [entry] }));
    else {
      const unavailable = [{ member: HOSTILE, reason: HOSTILE }];
      response.end(JSON.stringify({ sessions: [entry], unavailable }));
    }
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  reach = ["--key", "k", "--admin", `http://127.0.0.1:${(server.address() as AddressInfo).port}`];
});
afterAll(() => server.close());

describe.concurrent("no text of others controls the terminal", () => {
  test.each(["session", "token"])("in the table of %s list", async (noun) => {
    const { code, stdout, stderr } = await run([noun, "list", ...reach]);
    expect(code).toBe(0);
    expect(stdout).toContain(ESCAPED);
    expect(stdout).not.toMatch(UNSAFE);
    expect(stdout.trimEnd().split("\n"), "a heading and one row").toHaveLength(2);
    expect(stderr).not.toMatch(UNSAFE);
    expect(stderr).toContain(noun === "session" ? `sessions of ${ESCAPED} are missing` : "");
  });

  test.each(["session", "token"])("in the JSON of %s list, which stands for the same text", async (noun) => {
    const { stdout } = await run([noun, "list", ...reach, "--json"]);
    expect(stdout).not.toMatch(UNSAFE);
    expect(JSON.parse(stdout)).toMatchObject([{ instance: HOSTILE }]);
  });

  test("in an error with an answer's text, which stays one line", async () => {
    const { code, stderr } = await run(["token", "revoke", ...reach, "x"]);
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringMatching(/^curfew: [^\n]*refused: [^\n]*\n$/) });
    expect(stderr).toContain(ESCAPED);
    expect(stderr).not.toMatch(UNSAFE);
  });

  test.each([
    ["an option's", () => ["session", "list", `--${HOSTILE}`]],
    ["an argument's", () => ["token", "create", "--type", HOSTILE, "--target", "127.0.0.1:1"]],
    ["a value's", () => ["serve", "--listen", HOSTILE]],
  ])("in an error with %s text", async (_what, args) => {
    const { code, stderr } = await run(args(), { CURFEW_TOKENS_PATH: ":memory:" });
    expect(code).toBe(1);
    expect(stderr).toContain(String.raw`\u001b`);
    expect(stderr).not.toMatch(UNSAFE);
  });
});
