import { SeededBytes, seededHash } from "@curfew/testing";
import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { WebSocket } from "ws";
import { Client } from "./support/client.ts";
import { TestGateway } from "./support/gateway.ts";
import { heldSource } from "./support/held-source.ts";
import { startByteServer } from "./support/targets.ts";

const MIB = 2 ** 20;

describe("bytes pass in order and complete", () => {
  test("32 MiB from the target to the client, then its end", async () => {
    await using target = await startByteServer({ mode: "source", bytes: 32 * MIB, seed: 11 });
    await using gateway = await TestGateway.start();
    const { token } = await gateway.token(target.address);
    using client = new Client(gateway.host, token);
    expect(await client.closed).toEqual({ code: 4203, reason: "target_closed" });
    expect(client.received).toBe(32 * MIB);
    expect(client.hash).toBe(seededHash(11, 32 * MIB));
    expect(client.order).toEqual(["hello", "bytes", "bye", "close"]);
  });

  test("32 MiB from the client to the target, in messages of random sizes", async () => {
    await using target = await startByteServer({ mode: "sink" });
    await using gateway = await TestGateway.start();
    const { token } = await gateway.token(target.address);
    using client = new Client(gateway.host, token);
    await client.message("hello");
    const noise = new SeededBytes(12);
    const sizes = new SeededBytes(13);
    for (let left = 32 * MIB; left > 0;) {
      const size = Math.min(left, 1 + (sizes.next(4).readUInt32BE() % 200_000));
      await send(client, noise.next(size));
      left -= size;
    }
    const connection = await target.waitForConnection();
    await expect.poll(() => connection.bytesReceived).toBe(32 * MIB);
    client.socket.close();
    await connection.closed;
    expect(connection.receivedHash).toBe(seededHash(12, 32 * MIB));
  });

  test("both ways at once through an echo, with fragmented, empty and single-byte messages", async () => {
    await using target = await startByteServer({ mode: "echo" });
    await using gateway = await TestGateway.start();
    const { token } = await gateway.token(target.address);
    using client = new Client(gateway.host, token);
    await client.message("hello");
    const noise = new SeededBytes(14);
    const sent = createHash("sha256");
    let total = 0;
    for (const size of [0, 1, 2, 125, 126, 65_535, 65_536, 1, 300_000, 0, 1_000_000, 7]) {
      const bytes = noise.next(size);
      sent.update(bytes);
      total += size;
      const third = Math.ceil(size / 3);
      for (const [index, fin] of [
        [0, false],
        [1, false],
        [2, true],
      ] as const) {
        client.socket.send(bytes.subarray(index * third, (index + 1) * third), { binary: true, fin });
      }
    }
    await client.bytes(total);
    expect(client.hash).toBe(sent.digest("hex"));
  });

  test("a target that sends single bytes", async () => {
    await using target = await startByteServer({
      mode: "source",
      bytes: 2000,
      seed: 15,
      faults: [{ type: "split", bytes: 1 }],
    });
    await using gateway = await TestGateway.start();
    const { token } = await gateway.token(target.address);
    using client = new Client(gateway.host, token);
    await client.closed;
    expect(client.hash).toBe(seededHash(15, 2000));
  });

  test("a target's end comes after its last byte even to a client that reads late", async () => {
    await using target = await startByteServer({ mode: "source", bytes: 32 * MIB, seed: 16 });
    await using gateway = await TestGateway.start();
    const { token } = await gateway.token(target.address);
    using client = new Client(gateway.host, token, { protocols: ["binary"] });
    client.socket.once("open", () => client.socket.pause());
    await standsStill(() => gateway.proxy.sessions.bytes().toClient);
    client.socket.resume();
    expect(await client.closed).toEqual({ code: 1000, reason: "target_closed" });
    expect(client.hash).toBe(seededHash(16, 32 * MIB));
  });

  test("several floods at once, to clients that stop and go, with control messages in between", async () => {
    const size = 24 * MIB;
    await using gateway = await TestGateway.start();
    const floods = Array.from({ length: 6 }, async (_, number) => {
      await using target = await startByteServer({ mode: "source", bytes: size, seed: 20 + number });
      const { token } = await gateway.token(target.address);
      using client = new Client(gateway.host, token);
      await client.message("hello");
      let answered = 0;
      // Each stop leaves frames half written, whose buffers must not be used for anything else.
      for (let stop = 1; stop < 6; stop += 1) {
        await client.bytes(MIB * stop);
        client.control({ type: "ping", id: stop });
        // Of what is left, the kernel may hold so much that the session is over by then.
        if (client.received < size - 12 * MIB) answered += 1;
        client.socket.pause();
        await new Promise((resolve) => setImmediate(resolve));
        setTimeout(() => client.socket.resume(), 10 * (1 + (number % 3)));
      }
      expect(await client.closed).toEqual({ code: 4203, reason: "target_closed" });
      expect(client.hash).toBe(seededHash(20 + number, size));
      expect(client.messages.filter(({ type }) => type === "pong").length).toBeGreaterThanOrEqual(answered);
      expect(answered).toBeGreaterThan(0);
    });
    await Promise.all(floods);
  });

  test("a target that is reset ends the session with what was read before", async () => {
    await using target = await startByteServer({
      mode: "source",
      bytes: 8 * MIB,
      faults: [{ type: "reset", at: MIB }],
    });
    await using gateway = await TestGateway.start();
    const { token } = await gateway.token(target.address);
    using client = new Client(gateway.host, token);
    expect((await client.closed).reason).toBe("target_closed");
    expect(client.received).toBeLessThanOrEqual(MIB);
    expect(gateway.logged("session ended")[0]?.["bytes_to_client"]).toBe(client.received);
  });
});

describe("back-pressure: what one side does not take, the other is not asked for", () => {
  test("a client that does not read stops a flooding target, with at most 1 MiB in user space", async () => {
    await using target = await startByteServer({ mode: "sink", faults: [{ type: "flood", at: 0 }] });
    await using gateway = await TestGateway.start();
    const { token } = await gateway.token(target.address);
    using client = new Client(gateway.host, token);
    await client.message("hello");
    client.socket.pause();
    const connection = await target.waitForConnection();
    const session = gateway.proxy.sessions.list()[0];
    let most = 0;
    const settled = await standsStill(() => {
      most = Math.max(most, session?.channels[0]?.connection.unsentBytes ?? 0);
      return connection.bytesSent;
    });
    expect(most).toBeGreaterThan(0);
    expect(most).toBeLessThanOrEqual(MIB);
    // Another connection is not held up by the stalled one.
    using other = new Client(gateway.host, token);
    await other.bytes(MIB);
    client.socket.resume();
    await expect.poll(() => connection.bytesSent).toBeGreaterThan(settled);
  });

  test("a target that does not read stops a flooding client, with at most 1 MiB in user space", async () => {
    await using target = await startByteServer({ mode: "sink", faults: [{ type: "stop_reading", at: 0 }] });
    await using gateway = await TestGateway.start();
    const { token } = await gateway.token(target.address);
    using client = new Client(gateway.host, token);
    await client.message("hello");
    const toTarget = gateway.proxy.sessions.list()[0]?.channels[0]?.target?.connection;
    for (let count = 0; count < 400; count += 1) client.socket.send(Buffer.alloc(64 * 1024));
    let most = 0;
    const accepted = await standsStill(() => {
      most = Math.max(most, toTarget?.writableLength ?? 0);
      return gateway.proxy.sessions.bytes().toTarget;
    });
    expect(accepted).toBeLessThan(400 * 64 * 1024);
    expect(most).toBeGreaterThan(0);
    expect(most).toBeLessThanOrEqual(MIB);
    expect(gateway.proxy.sessions.list()[0]?.channels[0]?.connection.isPaused).toBe(true);
    const connection = await target.waitForConnection();
    connection.resume();
    await expect.poll(() => connection.bytesReceived).toBe(400 * 64 * 1024);
  });

  test("messages that come while the target is being dialed are held back, not lost", async () => {
    await using target = await startByteServer({ mode: "echo" });
    const { source, release } = heldSource(0);
    await using gateway = await TestGateway.start({ source });
    const { token } = await gateway.token(target.address);
    using client = new Client(gateway.host, token);
    const noise = new SeededBytes(17);
    client.socket.once("open", () => {
      for (let count = 0; count < 64; count += 1) client.socket.send(noise.next(64 * 1024));
      release();
    });
    await client.bytes(4 * MIB);
    expect(client.hash).toBe(seededHash(17, 4 * MIB));
  });
});

/** Sends as fast as the connection takes it. */
async function send({ socket }: Client, bytes: Buffer): Promise<void> {
  if (socket.readyState !== WebSocket.OPEN) throw new Error("the connection is not open");
  await new Promise<void>((resolve, reject) => socket.send(bytes, (error) => (error ? reject(error) : resolve())));
}

/** The value of `read` once it has not changed for ten looks in a row. */
async function standsStill(read: () => number): Promise<number> {
  for (let last = -1, same = 0; ;) {
    const now = read();
    same = now === last ? same + 1 : 0;
    last = now;
    if (same >= 10 && now > 0) return now;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
