import { startByteServer } from "@curfew/testing";
import { expect, test } from "vitest";
import type { Tap } from "../../src/relay/tap.ts";
import { Client } from "../support/client.ts";
import { TestGateway } from "../support/gateway.ts";
import { MemorySession, settle } from "../support/memory-session.ts";

/** A tap that keeps what it is given. */
class KeepingTap implements Tap {
  text = "";
  ends = 0;
  readonly #answer: (bytes: Buffer) => Promise<void> | undefined;

  constructor(answer: (bytes: Buffer) => Promise<void> | undefined = () => undefined) {
    this.#answer = answer;
  }

  take(bytes: Buffer): Promise<void> | undefined {
    this.text += bytes.toString();
    return this.#answer(bytes);
  }

  end(): void {
    this.ends += 1;
  }
}

/** A session whose browser reads. */
function open(...taps: Tap[]): MemorySession {
  const session = new MemorySession({ taps });
  session.readAsBrowser();
  return session;
}

test("every tap sees every byte in order, and each is told of the end once", async () => {
  const taps = [new KeepingTap(), new KeepingTap()];
  const session = open(...taps);
  for (const text of ["one ", "two ", "three"]) {
    session.machine.write(text);
    await settle();
  }
  session.relay.stop();
  session.relay.stop();
  session.machine.write("after the end");
  await settle();
  for (const tap of taps) expect(tap).toMatchObject({ text: "one two three", ends: 1 });
  expect(session.received).toBe("one two three");
});

test("the slowest of several taps holds the target back", async () => {
  const [first, second] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const held = (promise: Promise<void>) =>
    new KeepingTap((bytes) => (bytes.toString() === "one " ? promise : undefined));
  const taps = [held(first.promise), held(second.promise)];
  const session = open(...taps);
  session.machine.write("one ");
  await settle();
  session.machine.write("two");
  first.resolve();
  await settle();
  expect(taps.map(({ text }) => text)).toEqual(["one ", "one "]);
  // What was shown is passed on even so.
  expect(session.received).toBe("one ");
  second.resolve();
  await settle();
  expect(taps.map(({ text }) => text)).toEqual(["one two", "one two"]);
  expect(session.received).toBe("one two");
});

test("bytes on which a tap throws are not passed on, and the session fails with its error", async () => {
  const broken = new Error("the disk is full");
  const tap = new KeepingTap((bytes) => {
    if (bytes.toString() === "two") throw broken;
    return undefined;
  });
  const other = new KeepingTap();
  const session = open(tap, other);
  session.machine.write("one ");
  await settle();
  session.machine.write("two");
  await settle();
  session.machine.write("three");
  await settle();
  expect(session.failures).toEqual([broken]);
  expect(session.received).toBe("one ");
  expect([tap.ends, other.ends]).toEqual([1, 1]);
  // It comes after the one that failed, and is told of the end instead.
  expect(other.text).toBe("one ");
});

test("a tap that fails later ends the session, too", async () => {
  const { promise, reject } = Promise.withResolvers<void>();
  const session = open(new KeepingTap(() => promise));
  session.machine.write("one");
  await settle();
  expect(session.failures).toEqual([]);
  const broken = new Error("the disk is gone");
  reject(broken);
  await settle();
  expect(session.failures).toEqual([broken]);
});

test("after the end a tap's failure and its release have no effect", async () => {
  const [failing, holding] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const session = open(new KeepingTap(() => failing.promise), new KeepingTap(() => holding.promise));
  session.machine.write("one");
  await settle();
  session.relay.stop();
  failing.reject(new Error("too late"));
  holding.resolve();
  await settle();
  expect(session.failures).toEqual([]);
  expect(session.target.isPaused()).toBe(true);
});

test("a tap that is behind holds the client back, and its bytes reach the target in order", async () => {
  const behind = Promise.withResolvers<void>();
  const seen: string[] = [];
  const createTaps = (): Tap[] => [
    {
      take: () => undefined,
      takeFromClient: (bytes) => (seen.push(bytes.toString()) === 1 ? behind.promise : undefined),
      end: () => {},
    },
  ];
  await using target = await startByteServer({ mode: "echo" });
  await using gateway = await TestGateway.start({ dataPath: { createTaps } });
  const { token } = await gateway.token(target.address);
  using client = new Client(gateway.host, token);
  await client.message("hello");
  client.socket.send(Buffer.from("one "));
  await client.bytes(4);
  const [channel] = gateway.proxy.sessions.list()[0]?.channels ?? [];
  expect(channel?.connection.isPaused).toBe(true);
  client.socket.send(Buffer.from("two"));
  behind.resolve();
  await client.bytes(7);
  expect(seen).toEqual(["one ", "two"]);
  expect(channel?.connection.isPaused).toBe(false);
});

test("a tap that fails while it holds the client back ends the session", async () => {
  const behind = Promise.withResolvers<void>();
  const createTaps = (): Tap[] => [{ take: () => undefined, takeFromClient: () => behind.promise, end: () => {} }];
  await using target = await startByteServer({ mode: "echo" });
  await using gateway = await TestGateway.start({ dataPath: { createTaps } });
  const { token } = await gateway.token(target.address);
  using client = new Client(gateway.host, token);
  await client.message("hello");
  client.socket.send(Buffer.from("one"));
  await client.bytes(3);
  behind.reject(new Error("no space"));
  expect(await client.closed).toEqual({ code: 4299, reason: "internal_error" });
});
