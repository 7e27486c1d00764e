import type { Channel, ChannelModel } from "amqplib";
import { EventEmitter } from "node:events";
import { PassThrough } from "node:stream";
import { expect, test, vi } from "vitest";
import { AmqpLink } from "./amqp-link.ts";
import { type NovaRpcOptions, RPC_DEFAULTS } from "./options.ts";

/** A channel that records, and fails as the test wants. */
class ScriptedChannel extends EventEmitter {
  readonly assertQueue = vi.fn<Channel["assertQueue"]>();
  readonly deleteQueue = vi.fn<Channel["deleteQueue"]>();
  readonly publish = vi.fn<Channel["publish"]>(() => true);
  readonly accept = vi.fn<(frame: unknown) => void>();
  take: (message: { readonly content: Buffer } | null) => void = () => {};

  async consume(_queue: string, take: typeof this.take): Promise<void> {
    this.take = take;
  }
}

async function open(options: Partial<NovaRpcOptions> = {}) {
  const channel = new ScriptedChannel();
  const model = Object.assign(new EventEmitter(), {
    createChannel: async () => channel,
    close: vi.fn<() => Promise<void>>(async () => {}),
    connection: { stream: new PassThrough().on("error", () => {}) },
  });
  const heard: unknown[] = [];
  const listener = {
    onReply: (content: Buffer) => void heard.push(String(content)),
    onReturned: (id: string) => void heard.push(id),
    onLost() {},
  };
  const rpc = { ...RPC_DEFAULTS, ...options };
  const link = await AmqpLink.open(model as unknown as ChannelModel, { rpc, listener });
  return { channel, model, link, heard };
}

const message = { messageId: "m1", routingKey: "compute.host1", content: Buffer.from("{}"), expiration: 9000 };

test("a message goes to the exchange, and comes back if no queue takes it", async () => {
  const { channel, link, heard } = await open({ control_exchange: "cloud" });
  link.publish(message);
  expect(channel.publish).toHaveBeenCalledWith("cloud", "compute.host1", message.content, {
    mandatory: true,
    messageId: "m1",
    expiration: 9000,
    contentType: "application/json",
    contentEncoding: "utf-8",
  });
  channel.emit("return", { properties: { messageId: "m1" } });
  channel.take({ content: Buffer.from("answer") });
  expect(heard).toEqual(["m1", "answer"]);
});

test("while as many messages wait as may, no more are taken", async () => {
  const { channel, link } = await open();
  channel.publish.mockReturnValueOnce(false);
  link.publish(message);
  expect(() => link.publish(message)).toThrow("the broker takes no more messages at the moment");
  channel.emit("drain");
  link.publish(message);
  expect(channel.publish).toHaveBeenCalledTimes(2);
});

test("a lost channel or queue closes the connection, and the link knows why", async () => {
  const channelLost = await open();
  channelLost.channel.emit("error", new Error("NOT_FOUND"));
  channelLost.channel.emit("close");
  await vi.waitFor(() => expect(channelLost.model.close).toHaveBeenCalledOnce());
  expect(channelLost.link.error).toEqual(new Error("NOT_FOUND"));
  const queueLost = await open();
  queueLost.model.close.mockRejectedValue(new Error("closing already"));
  queueLost.channel.take(null);
  await vi.waitFor(() => expect(queueLost.model.close).toHaveBeenCalledOnce());
  expect(queueLost.link.error).toEqual(new Error("the broker removed the queue for answers"));
  queueLost.model.emit("error", new Error("has a listener"));
  // What cannot be closed is ended.
  await vi.waitFor(() => expect(queueLost.model.connection.stream.closed).toBe(true));
});

test.each([
  [1800, 1_800_000],
  [0, 1_800_000],
  [0.0001, 1],
  [1e9, 2_147_483_647],
])("a quorum queue that is left behind is kept for %d seconds or as long as may be", async (ttl, expires) => {
  const { channel, link } = await open({ rabbit_transient_quorum_queue: true, rabbit_transient_queues_ttl: ttl });
  expect(link.replyQueue).toMatch(/^reply_[0-9a-f]{32}$/);
  const options = { durable: true, expires, arguments: { "x-queue-type": "quorum" } };
  expect(channel.assertQueue).toHaveBeenCalledWith(link.replyQueue, options);
  await link.deleteQueue();
  expect(channel.deleteQueue).toHaveBeenCalledWith(link.replyQueue);
});
