import { expect, test } from "vitest";
import type { ConfigInput } from "./config.ts";
import { describeOptions, parseConfig } from "./schema.ts";
import { valueAt } from "./merge.ts";
import { showConfig } from "./show.ts";

/** An option whose value is a group. */
const AWAY = {
  cluster: { peers: [{ url: "http://two", key: "a-key-of-gateway-two", ca: null }], on_store_loss: { end_after: 30 } },
} as const;

test("every option is shown, and what is shown is a configuration with the same values", () => {
  const config = parseConfig({
    listen: "[::1]:7000",
    sessions: { warn_before: [5, 60] },
    log: { file: "/l" },
    ...AWAY,
  });
  const shown = showConfig(config);
  expect(describeOptions().filter(({ path }) => valueAt(shown, path) === undefined)).toEqual([]);
  expect(shown["listen"]).toBe("[::1]:7000");
  const { key } = AWAY.cluster.peers[0];
  const text = JSON.stringify(shown);
  expect(text).not.toContain(key);
  expect(parseConfig(JSON.parse(text.replace("[hidden]", key)) as ConfigInput)).toEqual(config);
});

test("secrets are hidden, also in token sources, and those that are not set are not", () => {
  const secret = "secret-that-must-not-show";
  const config = parseConfig({
    admin: { key: secret, keys: [{ name: "dashboard", sha256: "ab".repeat(32), rights: ["issue"] }] },
    vnc: { vencrypt_password: secret },
    tokens: {
      sources: [
        { type: "http", url: "http://host/", bearer_token: secret },
        { type: "redis", url: `redis://user:${secret}@host:6379` },
        { type: "nova", database: `mysql://user:${secret}@host/nova` },
      ],
    },
  });
  const shown = showConfig(config);
  expect(JSON.stringify(shown)).not.toContain(secret);
  expect(valueAt(shown, "admin.key")).toBe("[hidden]");
  expect(valueAt(shown, "admin.keys")).toEqual([{ name: "dashboard", sha256: "[hidden]", rights: ["issue"] }]);
  expect(valueAt(shown, "tokens.sources")).toMatchObject([
    { url: "http://host/", bearer_token: "[hidden]" },
    { url: "[hidden]" },
    { database: "[hidden]", transport_url: null },
  ]);
  expect(valueAt(showConfig(parseConfig({})), "admin.key")).toBeNull();
});
