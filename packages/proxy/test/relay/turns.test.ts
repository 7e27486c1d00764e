import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { duplexPair } from "node:stream";
import { describe, expect, test, vi } from "vitest";
import { BufferPool } from "../../src/net/buffer-pool.ts";
import { Relay } from "../../src/relay/relay.ts";
import { RecentUse, Turns } from "../../src/time/turns.ts";
import { WebSocketConnection } from "../../src/websocket/connection.ts";
import { clientFrame } from "../support/client-frames.ts";
import { MemorySession, settle } from "../support/memory-session.ts";
import { OPCODE } from "../support/raw-client.ts";
import { parseServerFrames } from "../support/server-frames.ts";

/** Many times the same frame. */
function flood(opcode: number, payload: string, count: number): Buffer {
  const frame = clientFrame(opcode, payload);
  return Buffer.alloc(frame.length * count, frame);
}

/** Uses up the time of this visit of the event loop. */
function useUp(turns: Turns): void {
  turns.worked({ hasBurst: false, recentUse: new RecentUse(), takeTurn: () => 0 }, performance.now() - 5);
}

describe("while others have their turn", () => {
  test("keys are kept, their client is still read, and they pass in order", async () => {
    const turns = new Turns(() => {});
    const session = new MemorySession({ turns });
    const arrived: string[] = [];
    session.machine.on("data", (chunk: Buffer) => arrived.push(chunk.toString()));
    useUp(turns);
    session.send("first");
    await new Promise((resolve) => process.nextTick(resolve));
    expect([turns.waiting, session.connection.stream.isPaused()]).toEqual([1, false]);
    session.send("second");
    await settle();
    expect(arrived.join("")).toBe("firstsecond");
    expect(session.connection.stream.isPaused()).toBe(false);
  });

  for (const closes of [false, true]) {
    test(`what a target sends is held, and passes in order${closes ? ", even if it closes" : ""}`, async () => {
      const turns = new Turns(() => {});
      const [stream, browser] = duplexPair();
      const received: Buffer[] = [];
      // The memory is used again once it was taken.
      browser.on("data", (chunk: Buffer) => received.push(Buffer.from(chunk)));
      const client = new WebSocketConnection(stream, Buffer.alloc(0), {
        subprotocol: undefined,
        text: { isControl: false, maxBytes: 0 },
        buffers: new BufferPool(),
        turns,
      });
      const session = { mayPass: () => true, onFailed: (error: unknown) => expect.unreachable(String(error)) };
      const relay = new Relay(client, { buffers: new BufferPool(), turns, taps: [], session });
      const server = createServer().listen(0, "127.0.0.1");
      await once(server, "listening");
      const { port } = server.address() as AddressInfo;
      const target = connect({ port, host: "127.0.0.1", onread: relay.reader.onread });
      relay.attach({ connection: target, start: () => {} }, () => {});
      const [socket] = (await once(server, "connection")) as [Socket];
      const { promise: held, resolve } = Promise.withResolvers<void>();
      const mayWork = turns.mayWork.bind(turns);
      vi.spyOn(turns, "mayWork").mockImplementationOnce((taker) => {
        useUp(turns);
        const may = mayWork(taker);
        expect(may).toBe(false);
        resolve();
        return may;
      });
      socket.write("first");
      await held;
      expect(received).toEqual([]);
      if (closes) target.destroy();
      else socket.write("second");
      const text = (): string =>
        Buffer.concat(parseServerFrames(Buffer.concat(received)).frames.map(({ payload }) => payload)).toString();
      await expect.poll(text).toBe(closes ? "first" : "firstsecond");
      target.destroy();
      stream.destroy();
      server.close();
    });
  }
});

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

  test("gets an answer to some of many pings at once, and to the last", async () => {
    const session = new MemorySession();
    session.readAsBrowser();
    const pings = Array.from({ length: 100 }, (_, number) => clientFrame(OPCODE.ping, String(number)));
    session.sendRaw(Buffer.concat(pings));
    await settle();
    const { frames } = parseServerFrames(session.receivedRaw);
    const answered = frames.map(({ payload }) => payload.toString());
    expect(answered.slice(0, 16)).toEqual(Array.from({ length: 16 }, (_, n) => `${n}`));
    expect(answered.at(-1)).toBe("99");
    // On a busy machine they may be read in several turns.
    expect(answered.length).toBeLessThan(50);
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
