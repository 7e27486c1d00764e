import { describe, expect, test } from "vitest";
import { Turns } from "../../src/time/turns.ts";
import { clientFrame } from "../support/client-frames.ts";
import { MemorySession, settle } from "../support/memory-session.ts";
import { OPCODE } from "../support/raw-client.ts";
import { parseServerFrames } from "../support/server-frames.ts";

/** Many times the same frame. */
function flood(opcode: number, payload: string, count: number): Buffer {
  const frame = clientFrame(opcode, payload);
  return Buffer.alloc(frame.length * count, frame);
}

describe("a client that floods the gateway with small frames", () => {
  test("is handled in pieces, and a key of another client passes in between", async () => {
    const turns = new Turns(() => {});
    const [flooding, typing] = [new MemorySession({ turns }), new MemorySession({ turns })];
    const arrived: string[] = [];
    let flooded = 0;
    flooding.machine.on("data", (chunk: Buffer) => (flooded += chunk.length));
    typing.machine.once("data", (chunk: Buffer) => arrived.push(chunk.toString()));
    const count = 2_000_000;
    flooding.sendRaw(flood(OPCODE.binary, "x", count));
    await settle();
    typing.send("k");
    await settle();
    expect(arrived).toEqual(["k"]);
    expect(flooded).toBeLessThan(count);
    await expect.poll(() => flooded).toBe(count);
  });

  test("is handled in pieces while its connection closes, too, and only up to a limit", async () => {
    const turns = new Turns(() => {});
    const session = new MemorySession({ turns });
    session.connection.close(4100, "session_expired", 60_000);
    session.sendRaw(Buffer.concat([flood(OPCODE.binary, "x", 400_000), clientFrame(OPCODE.close, "")]));
    await new Promise((resolve) => setImmediate(resolve));
    expect(turns.waiting).toBe(1);
    await expect.poll(() => turns.waiting).toBe(0);
    expect(session.connection.stream.writableEnded).toBe(true);

    const endless = new MemorySession({ turns });
    endless.connection.close(4100, "session_expired", 60_000);
    endless.sendRaw(flood(OPCODE.binary, "x", 1_000_000));
    await expect.poll(() => endless.connection.stream.isPaused()).toBe(true);
    await expect.poll(() => turns.waiting).toBe(0);
    endless.connection.terminate();
  });

  test("gets an answer to each ping while it reads", async () => {
    const session = new MemorySession();
    session.readAsBrowser();
    session.sendRaw(Buffer.concat(["first", "second", "third"].map((payload) => clientFrame(OPCODE.ping, payload))));
    await settle();
    const { frames } = parseServerFrames(session.receivedRaw);
    expect(frames.map(({ payload }) => payload.toString())).toEqual(["first", "second", "third"]);
  });

  test("and does not read gathers no answers", async () => {
    const session = new MemorySession();
    for (let count = 0; count < 100; count += 1) {
      session.sendRaw(flood(OPCODE.ping, "x".repeat(100), 10));
      await settle();
    }
    session.sendRaw(clientFrame(OPCODE.ping, "last"));
    await settle();
    expect(session.connection.unsentBytes).toBeLessThan(2000);
    session.readAsBrowser();
    await settle();
    const { frames } = parseServerFrames(session.receivedRaw);
    expect(frames.length).toBeLessThan(20);
    expect(frames.at(-1)?.payload.toString()).toBe("last");
  });
});

test("a client that fails in the gateway is reported, and hands on nothing more", async () => {
  const session = new MemorySession({ onBytes: () => fail() });
  session.send("typed");
  session.send("typed");
  await settle();
  expect(session.failures).toEqual([new Error("a fault of the gateway")]);
});

function fail(): never {
  throw new Error("a fault of the gateway");
}
