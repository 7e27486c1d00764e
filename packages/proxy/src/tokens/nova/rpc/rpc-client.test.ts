import { getEventListeners } from "node:events";
import { expect, test, vi } from "vitest";
import type { Broker, BrokerListener, BrokerMessage } from "./broker.ts";
import { RpcClient } from "./rpc-client.ts";

/** A broker that keeps what is sent. */
class ScriptedBroker implements Broker {
  readonly sent: BrokerMessage[] = [];
  readonly client: RpcClient;
  /** What `ready` waits for. */
  connected: Promise<void> = Promise.resolve();
  listener!: BrokerListener;
  publish = (message: BrokerMessage): void => void this.sent.push(message);

  constructor() {
    this.client = new RpcClient((listener) => {
      this.listener = listener;
      return this;
    });
  }

  async ready() {
    await this.connected;
    return { replyQueue: "reply_1", publish: this.publish };
  }

  async close(): Promise<void> {}

  call(signal: AbortSignal = new AbortController().signal, timeoutMs = 60_000): Promise<unknown> {
    const content = (ids: object): Buffer => Buffer.from(JSON.stringify(ids));
    return this.client.call({ routingKey: "compute.host1", content, timeoutMs, signal });
  }

  /** Waits until so many requests were sent. */
  async hasSent(count: number): Promise<BrokerMessage> {
    await vi.waitUntil(() => this.sent.length === count);
    return this.sent[count - 1] as BrokerMessage;
  }

  answer(messageId: string, result: unknown, failure: string | null = null): void {
    const message = JSON.stringify({ _msg_id: messageId, result, failure, ending: true });
    this.listener.onReply(Buffer.from(JSON.stringify({ "oslo.version": "2.0", "oslo.message": message })));
  }
}

test("each answer goes to its own request", async () => {
  const broker = new ScriptedBroker();
  const calls = [broker.call(), broker.call()];
  await broker.hasSent(2);
  const [first, second] = broker.sent;
  expect(first).toMatchObject({ routingKey: "compute.host1", expiration: 60_000 });
  expect(JSON.parse(String(first?.content))).toEqual({ messageId: first?.messageId, replyQueue: "reply_1" });
  broker.answer(second?.messageId ?? "", false);
  broker.answer(first?.messageId ?? "", true);
  expect(await Promise.all(calls)).toEqual([true, false]);
  expect(broker.client.pending).toBe(0);
});

test("only the first answer counts, and one to no request is dropped", async () => {
  const broker = new ScriptedBroker();
  const call = broker.call();
  const { messageId } = await broker.hasSent(1);
  for (const id of ["", "unknown", "__proto__", "constructor"]) broker.answer(id, true);
  broker.listener.onReply(Buffer.from("no answer"));
  broker.listener.onReturned("unknown");
  broker.answer(messageId, false);
  broker.answer(messageId, true);
  expect(await call).toBe(false);
});

test("an exception of nova-compute rejects the call", async () => {
  const broker = new ScriptedBroker();
  const call = broker.call();
  const { messageId } = await broker.hasSent(1);
  broker.answer(messageId, true, JSON.stringify({ class: "InstanceNotFound", message: "gone" }));
  await expect(call).rejects.toMatchObject({ exception: "InstanceNotFound" });
});

test("a call ends with its time, and a late answer changes nothing", async () => {
  const broker = new ScriptedBroker();
  await expect(broker.call(undefined, 1)).rejects.toThrow("no answer from compute.host1 within 1 ms");
  broker.answer((await broker.hasSent(1)).messageId, true);
  expect(broker.client.pending).toBe(0);
});

test("a call that is given up, before and after it was sent, leaves nothing behind", async () => {
  const broker = new ScriptedBroker();
  await expect(broker.call(AbortSignal.abort(new Error("over")))).rejects.toThrow("over");
  const session = new AbortController();
  const call = broker.call(session.signal);
  await broker.hasSent(1);
  session.abort(new Error("over"));
  await expect(call).rejects.toThrow("over");
  expect(getEventListeners(session.signal, "abort")).toHaveLength(0);
  expect(broker.client.pending).toBe(0);
});

test("while the broker connects, a call waits no longer than its time, and is not sent afterwards", async () => {
  const broker = new ScriptedBroker();
  const { promise, resolve } = Promise.withResolvers<void>();
  broker.connected = promise;
  await expect(broker.call(undefined, 1)).rejects.toThrow("no answer from compute.host1 within 1 ms");
  const call = broker.call();
  resolve();
  const { messageId } = await broker.hasSent(1);
  broker.answer(messageId, true);
  expect(await call).toBe(true);
});

test("a broker that cannot be used, takes no message, returns it or is lost rejects the call", async () => {
  const broker = new ScriptedBroker();
  broker.connected = Promise.reject(new Error("away"));
  await expect(broker.call()).rejects.toThrow("away");
  await expect(broker.client.health(new AbortController().signal)).rejects.toThrow("away");
  broker.connected = Promise.resolve();
  const { publish } = broker;
  broker.publish = () => {
    throw new Error("full");
  };
  await expect(broker.call()).rejects.toThrow("full");
  broker.publish = publish;
  const returned = broker.call();
  broker.listener.onReturned((await broker.hasSent(1)).messageId);
  await expect(returned).rejects.toThrow("no nova-compute listens at compute.host1");
  const lost = [broker.call(), broker.call()];
  await broker.hasSent(3);
  broker.listener.onLost(new Error("lost"));
  for (const call of lost) await expect(call).rejects.toThrow("lost");
  const closed = broker.call();
  await broker.hasSent(4);
  await broker.client.close();
  await expect(closed).rejects.toThrow("the connection to the broker is closed");
  expect(broker.client.pending).toBe(0);
});

test("no more than 1,024 requests wait", async () => {
  const broker = new ScriptedBroker();
  const calls = Array.from({ length: 1024 }, () => broker.call());
  await expect(broker.call()).rejects.toThrow("too many requests to nova-compute are waiting");
  const { messageId } = await broker.hasSent(1024);
  broker.answer(messageId, true);
  expect(await calls.at(-1)).toBe(true);
  const next = broker.call();
  await broker.hasSent(1025);
  await broker.client.close();
  await Promise.allSettled([...calls, next]);
});
