import { describe, expect, test } from "vitest";
import { TargetPauseReason } from "../../src/relay/to-client.ts";
import { Turns } from "../../src/time/turns.ts";
import { PauseReason } from "../../src/websocket/pause-reason.ts";
import { MemorySession, settle } from "../support/memory-session.ts";

/** Every order of some values. */
function orders<Value>(values: readonly Value[]): Value[][] {
  if (values.length < 2) return [[...values]];
  return values.flatMap((first) => orders(values.filter((value) => value !== first)).map((rest) => [first, ...rest]));
}

describe("a target is read again only once every reason to pause it is released", () => {
  const reasons = ["the client asked", "a tap is behind", "the client is behind"] as const;

  test.each(orders(reasons))("in the order: %s, %s, %s", async (...order) => {
    const { promise: recorded, resolve: record } = Promise.withResolvers<void>();
    const seen: string[] = [];
    const session = new MemorySession({
      taps: [
        {
          take: (bytes) => {
            seen.push(bytes.toString());
            return bytes.toString() === "first" ? recorded : undefined;
          },
          end: () => {},
        },
      ],
    });
    const release = {
      "the client asked": () => session.relay.resumeTarget(TargetPauseReason.clientRequest),
      "a tap is behind": record,
      "the client is behind": () => session.readAsBrowser(),
    };
    session.machine.write("first");
    await settle();
    session.relay.pauseTarget(TargetPauseReason.clientRequest);
    session.machine.write("second");
    for (const reason of order) {
      await settle();
      expect(seen, `before the release of: ${reason}`).toEqual(["first"]);
      release[reason]();
    }
    await settle();
    expect(seen).toEqual(["first", "second"]);
    expect(session.received).toBe("firstsecond");
  });

  test("a turn of the others does not end what the client asked for", async () => {
    const session = new MemorySession({ turns: new Turns(() => {}) });
    session.readAsBrowser();
    for (let turn = 0; turn < 8; turn += 1) {
      session.machine.write(Buffer.alloc(64 * 1024, "x"));
      if (turn === 3) session.relay.pauseTarget(TargetPauseReason.clientRequest);
    }
    await settle();
    const { length } = session.received;
    expect(length).toBeLessThan(8 * 64 * 1024);
    await settle();
    expect(session.received).toHaveLength(length);
    session.relay.resumeTarget(TargetPauseReason.clientRequest);
    await expect.poll(() => session.received.length).toBe(8 * 64 * 1024);
  });
});

describe("a client is read again only once every reason to pause it is released", () => {
  const reasons = ["noTarget", "beforeHello", "targetBehind", "answersUnread"] as const;

  test.each(orders(reasons))("in the order: %s, %s, %s, %s", async (...order) => {
    const session = new MemorySession();
    const received: string[] = [];
    session.machine.on("data", (chunk: Buffer) => received.push(chunk.toString()));
    for (const reason of reasons) session.connection.pause(PauseReason[reason]);
    session.send("typed");
    for (const reason of order) {
      await settle();
      expect(received, `before the release of ${reason}`).toEqual([]);
      expect(session.connection.isPaused).toBe(true);
      session.connection.resume(PauseReason[reason]);
    }
    await settle();
    expect(received).toEqual(["typed"]);
    expect(session.connection.isPaused).toBe(false);
  });

  test("a target that has caught up does not release what waits for hello, and the other way round", async () => {
    const session = new MemorySession();
    // The machine reads nothing, so what was sent first is still on its way.
    session.send("first");
    await settle();
    session.connection.pause(PauseReason.beforeHello);
    session.send("second");
    session.connection.resume(PauseReason.beforeHello);
    await settle();
    expect(session.connection.isPaused).toBe(true);
    session.connection.pause(PauseReason.beforeHello);
    const received: string[] = [];
    session.machine.on("data", (chunk: Buffer) => received.push(chunk.toString()));
    await settle();
    expect(received).toEqual(["first"]);
    session.connection.resume(PauseReason.beforeHello);
    await settle();
    expect(received).toEqual(["first", "second"]);
  });
});
