import { expect, test } from "vitest";
import { RPC_DEFAULTS } from "./options.ts";
import { withQueryOptions } from "./query-options.ts";

test("options of the query override those of the group, and others are for other programs", () => {
  const query = new Map([
    ["ssl", "True"],
    ["ssl_ca_file", "/ca.pem"],
    ["heartbeat_timeout_threshold", "30"],
    ["rabbit_login_method", "PLAIN"],
    ["rabbit_qos_prefetch_count", "1"],
    ["transport_url", "rabbit://elsewhere"],
  ]);
  expect(withQueryOptions(RPC_DEFAULTS, query)).toEqual({
    ...RPC_DEFAULTS,
    ssl: true,
    ssl_ca_file: "/ca.pem",
    heartbeat_timeout_threshold: 30,
    rabbit_login_method: "PLAIN",
  });
});

test.each([
  ["ssl", "maybe", 'ssl: expected true or false, but got "maybe"'],
  ["heartbeat_timeout_threshold", "-1", 'heartbeat_timeout_threshold: expected a number of seconds, but got "-1"'],
  [
    "rabbit_login_method",
    "RABBIT-CR-DEMO",
    'rabbit_login_method: expected one of AMQPLAIN, PLAIN, EXTERNAL, but got "RABBIT-CR-DEMO"',
  ],
])("a wrong value is refused: %s=%s", (name, value, message) => {
  expect(() => withQueryOptions(RPC_DEFAULTS, new Map([[name, value]]))).toThrow(new TypeError(message));
});
