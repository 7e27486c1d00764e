import { createServer } from "node:net";
import { networkInterfaces } from "node:os";
import { expect, test } from "vitest";
import { AllowList } from "./allow-list.ts";
import { parseIp } from "./ip.ts";
import { OwnListeners } from "./own-listeners.ts";

const EVERYTHING = ["0.0.0.0/0", "::/0"];

/** An address of this machine other than loopback, if it has one. */
const [interfaceAddress = "127.0.0.1"] = Object.values(networkInterfaces())
  .flatMap((list) => list ?? [])
  .filter(({ internal, scopeid }) => !internal && (scopeid ?? 0) === 0)
  .map(({ address }) => address);

test.each([
  ["127.0.0.1", "127.0.0.1", true],
  ["127.0.0.1", "0.0.0.0", true],
  ["127.0.0.1", "::ffff:127.0.0.1", true],
  ["127.0.0.1", "::ffff:0.0.0.0", true],
  ["127.0.0.1", "::", true],
  ["127.0.0.1", "127.0.0.2", false],
  ["::1", "::1", true],
  ["::1", "0:0:0:0:0:0:0:1", true],
  ["::1", "::", true],
  ["0.0.0.0", "127.0.0.1", true],
  ["0.0.0.0", "127.9.9.9", true],
  ["0.0.0.0", "192.0.2.1", false],
  ["0.0.0.0", interfaceAddress, true],
  ["::", "127.0.0.1", true],
  ["::", "::1", true],
  ["::", "2001:db8::1", false],
  ["::", interfaceAddress, true],
  ["console.example", "127.0.0.1", true],
  ["console.example", interfaceAddress, true],
  ["192.0.2.1", "192.0.2.1", true],
  ["192.0.2.1", "127.0.0.1", false],
])("a gateway that listens at %s is reached at %s: %s", (host, address, isOwn) => {
  const own = new OwnListeners();
  own.add({ host, port: 6080 });
  const allow = new AllowList(EVERYTHING, own);
  expect(allow.allows(address, 6080)).toBe(!isOwn);
  expect(allow.allows(address, 6081)).toBe(true);
});

test("port 0 is no listener", () => {
  const own = new OwnListeners();
  own.add({ host: "127.0.0.1", port: 0 });
  expect(new AllowList(EVERYTHING, own).allows("127.0.0.1", 0)).toBe(false);
  expect(own.has(parseIp("127.0.0.1") ?? { family: "ipv4", address: "" }, 0)).toBe(false);
});

test("a server is one once it listens, until it is taken away", async () => {
  const own = new OwnListeners();
  const allow = new AllowList(EVERYTHING, own);
  const server = createServer();
  const forget = own.watch(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const at = server.address();
  const port = typeof at === "object" && at !== null ? at.port : 0;
  expect(allow.allows("127.0.0.1", port)).toBe(false);
  expect(new AllowList(EVERYTHING).allows("127.0.0.1", port)).toBe(true);
  forget();
  expect(allow.allows("127.0.0.1", port)).toBe(true);
  own.watch(server);
  expect(allow.allows("127.0.0.1", port)).toBe(false);
  server.close();
});
