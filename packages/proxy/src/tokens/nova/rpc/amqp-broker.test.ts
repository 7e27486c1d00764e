import * as amqp from "amqplib";
import { EventEmitter, once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { expect, onTestFinished, test, vi } from "vitest";
import { flood } from "../../../../test/support/flood.ts";
import { AmqpBroker } from "./amqp-broker.ts";
import { RPC_DEFAULTS } from "./options.ts";
import type { BrokerNode } from "./transport-url.ts";

/** A node that does with each connection what the test says. */
async function startNode(serve: (client: Socket) => void): Promise<BrokerNode & { readonly clients: Set<Socket> }> {
  const clients = new Set<Socket>();
  const server = createServer((client) => {
    clients.add(client.on("error", () => {}));
    serve(client);
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  onTestFinished(() => {
    server.close();
    for (const client of clients) client.destroy();
  });
  const { port } = server.address() as AddressInfo;
  return { host: "127.0.0.1", port, username: "guest", password: "secret", clients };
}

function brokerAt(nodes: readonly [BrokerNode, ...BrokerNode[]], connectMs = 10_000): AmqpBroker {
  const url = { nodes, virtualHost: "/", query: new Map() };
  const listener = { onReply() {}, onReturned() {}, onLost() {} };
  const limits = { connectMs, setUpMs: 1000 };
  const broker = new AmqpBroker({ amqp, rpc: RPC_DEFAULTS, url, tls: undefined, first: 0, ...limits }, listener);
  onTestFinished(async () => await broker.close());
  return broker;
}

const never = new AbortController().signal;

const FRAME_END = 0xce;

/** A frame of method 10.10, `connection.start`, that claims to have so many bytes. */
function frame(size: number): Buffer {
  const header = Buffer.alloc(7);
  header.writeUInt8(1, 0);
  header.writeUInt32BE(size, 3);
  return header;
}

/** A method's frame, on the channel that it is for. */
function method(channel: number, numbers: readonly [number, number], args: Buffer = Buffer.alloc(0)): Buffer {
  const header = frame(4 + args.length);
  header.writeUInt16BE(channel, 1);
  const [group, name] = numbers;
  return Buffer.concat([header, Buffer.from([0, group, 0, name]), args, Buffer.of(FRAME_END)]);
}

/** What RabbitMQ answers to a client's methods, by their numbers, until there is a queue for answers. */
const ANSWERS: Readonly<Record<string, Buffer>> = {
  // `start-ok`: `tune`, without a heartbeat. `open`: `open-ok`.
  "10.11": method(0, [10, 30], Buffer.from([0, 0, 0, 1, 0, 0, 0, 0])),
  "10.40": method(0, [10, 41], Buffer.of(0)),
  "20.10": method(1, [20, 11], Buffer.alloc(4)),
  "50.10": method(1, [50, 11], Buffer.alloc(9)),
  "60.20": method(1, [60, 21], Buffer.of(0)),
};

/** A node that answers all methods but those from `last` on. */
async function startHangingNode(last: string) {
  const start = method(0, [10, 10], Buffer.from("\0\x09\0\0\0\0\0\0\0\x08AMQPLAIN\0\0\0\x05en_US", "latin1"));
  return await startNode((client) => {
    let unread = Buffer.alloc(0);
    let isHanging = false;
    client.once("data", (hello) => {
      client.write(start);
      unread = hello.subarray(8);
      client.on("data", (bytes) => {
        unread = Buffer.concat([unread, bytes]);
        while (unread.length >= 8 && unread.length >= 8 + unread.readUInt32BE(3)) {
          const called = `${unread.readUInt16BE(7)}.${unread.readUInt16BE(9)}`;
          unread = unread.subarray(8 + unread.readUInt32BE(3));
          isHanging ||= called === last;
          if (!isHanging) client.write(ANSWERS[called] ?? "");
        }
      });
    });
  });
}

test("a node that hangs while its queue is made is given up, and the next one is used", async () => {
  const hanging = await startHangingNode("50.10");
  const broker = brokerAt([hanging, await startHangingNode("90.10")]);
  await expect(broker.ready(never)).resolves.toMatchObject({ replyQueue: expect.stringMatching(/^reply_/) as string });
  await expect.poll(() => [...hanging.clients].map(({ closed }) => closed)).toEqual([true]);
});

test("a node that announces a message without end is cut off at once, and the next one is used", async () => {
  const endless = await startHangingNode("90.10");
  const broker = brokerAt([endless, await startHangingNode("90.10")]);
  const { replyQueue } = await broker.ready(never);
  const header = frame(14);
  header.writeUInt8(2, 0);
  header.writeUInt16BE(1, 1);
  const content = Buffer.from("\0\x3c\0\0\0\0\0\x01\0\0\0\0\0\0\u00ce", "latin1");
  const [client] = endless.clients;
  if (client === undefined) throw new Error("expected a client");
  const flooding = flood(
    client,
    Buffer.concat([method(1, [60, 60], Buffer.alloc(12)), header, content]),
    Buffer.concat([Buffer.of(3, 0, 1, 0, 1, 0, 0), Buffer.alloc(65_536), Buffer.of(FRAME_END)]),
  );
  expect(await flooding).toBeLessThan(32 * 1024 * 1024);
  await expect.poll(async () => (await broker.ready(never)).replyQueue).not.toBe(replyQueue);
});

test("a connection to a node that hangs is closed in time", async () => {
  const node = await startHangingNode("50.40");
  const broker = brokerAt([node]);
  await broker.ready(never);
  await broker.close();
  await expect.poll(() => [...node.clients].map(({ closed }) => closed)).toEqual([true]);
});

test.each([
  { lie: "says nothing", bytes: undefined, message: "connect ETIMEDOUT" },
  { lie: "closes", bytes: Buffer.alloc(0), message: "Socket closed abruptly during opening handshake" },
  { lie: "speaks HTTP", bytes: Buffer.from("HTTP/1.1 400 Bad Request\r\n\r\n"), message: "maxFrameSize" },
  { lie: "claims 4 GiB", bytes: frame(0xff_ff_ff_ff), message: "Frame size 4294967295 exceeds maxFrameSize 1048576" },
  { lie: "sends no method", bytes: Buffer.from([...frame(4), 0, 0, 0, 0, FRAME_END]), message: "" },
])("a node that $lie is given up, and named in the error", async ({ bytes, message }) => {
  const node = await startNode((client) => {
    if (bytes !== undefined) client.end(bytes);
  });
  const rejected = await brokerAt([node], bytes === undefined ? 50 : undefined)
    .ready(never)
    .catch((error: unknown) => error);
  expect(String(rejected)).toContain(`cannot use RabbitMQ at 127.0.0.1:${node.port}: `);
  expect(String(rejected)).toContain(message);
  expect(String(rejected)).not.toContain("secret");
});

test("all nodes are tried before calls fail, and then calls fail at once until one can be used", async () => {
  const [first, second] = [await startNode((client) => client.end()), await startNode((client) => client.end())];
  const broker = brokerAt([first, second]);
  await expect(broker.ready(never)).rejects.toThrow(`cannot use RabbitMQ at 127.0.0.1:${second.port}`);
  expect(first.clients.size).toBe(1);
  await expect(broker.ready(never)).rejects.toThrow(`cannot use RabbitMQ at 127.0.0.1:${second.port}`);
});

test("nothing is connected before the first call, nor after the end", async () => {
  const node = await startNode(() => {});
  const broker = brokerAt([node]);
  await broker.close();
  await expect(broker.ready(never)).rejects.toThrow("the connection to the broker is closed");
  expect(node.clients.size).toBe(0);
});

test("a call that is given up, or a broker that is closed, waits no longer for a connection", async () => {
  const broker = brokerAt([await startNode(() => {})], 50);
  await expect(broker.ready(AbortSignal.abort(new Error("over")))).rejects.toThrow("over");
  const waiting = broker.ready(never);
  await Promise.all([expect(waiting).rejects.toThrow("the connection to the broker is closed"), broker.close()]);
});

test("a broker that blocks messages is used again when it no longer does", async () => {
  const connection = Object.assign(new EventEmitter(), { close: async () => {} });
  const connect = async (): Promise<never> => connection as never;
  const url = {
    nodes: [{ host: "h", port: 1, username: "u", password: "p" }],
    virtualHost: "/",
    query: new Map(),
  } as const;
  const options = { amqp: { ...amqp, connect } as typeof amqp, rpc: RPC_DEFAULTS, url, tls: undefined };
  const broker = new AmqpBroker(options, { onReply() {}, onReturned() {}, onLost() {} });
  const waiting = broker.ready(AbortSignal.timeout(60_000));
  await vi.waitUntil(() => connection.listenerCount("blocked") > 0);
  connection.emit("blocked", "low on memory");
  await expect(broker.ready(never)).rejects.toThrow("the broker takes no messages: low on memory");
  connection.emit("unblocked");
  connection.emit("connect-failed", new Error("away"));
  await expect(waiting).rejects.toThrow("cannot use RabbitMQ at h:1: away");
  connection.emit("blocked", "low on memory");
  connection.emit("disconnect", new Error("gone"));
  await expect(broker.ready(never)).rejects.toThrow("cannot use RabbitMQ at h:1: away");
  await broker.close();
});
