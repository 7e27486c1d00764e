import { expect, test, vi } from "vitest";
import { type GatewayHandlers, GatewayMessages, MAX_MESSAGE } from "../../src/cluster/messages.ts";
import { FakeNetwork } from "./fake-network.ts";

const NOTHING = { unavailable: [], replaced: [] };
const END = { type: "end", selection: { by: "all" }, reason: "session_terminated", detail: "for a test" } as const;
/** For what is not answered, and for what is. */
const timeoutMs = 200;
const longMs = 20_000;

test("a question is answered by the gateway that it is for", async () => {
  const network = new FakeNetwork();
  const one = network.add("one");
  network.add("two", { end: async ({ detail }) => ({ answer: detail.length, ...NOTHING }) });
  expect(await one.ask("two", END, { timeoutMs: longMs })).toEqual({ answer: END.detail.length, ...NOTHING });
  expect(network.malformed).toEqual([]);
});

test.each<[string, (network: FakeNetwork) => void, string]>([
  ["is gone", (network) => network.remove("two"), "it is not connected to the cluster's store"],
  ["does not answer", (network) => network.faults.set("two", () => {}), "no answer within 200 ms"],
  ["whose answer is lost", (network) => network.faults.set("one", () => {}), "no answer within 200 ms"],
  [
    "answers something else",
    (network) => network.faults.set("one", (text, deliver) => deliver(text.replace('"answer":7', '"answer":-7'))),
    "its answer is malformed: answer: Invalid value: Expected >=0 but received -7",
  ],
  [
    "answers in another one's name",
    (network) => network.faults.set("one", (text, deliver) => deliver(text.replace('"from":"two"', '"from":"six"'))),
    "no answer within 200 ms",
  ],
  ["answers nonsense", (network) => network.faults.set("one", (_, deliver) => deliver("{")), "no answer within 200 ms"],
  ["has only started", (network) => void network.add("two"), "it is starting"],
  [
    "fails",
    (network) => {
      network.add("two", { end: async () => await Promise.reject(new Error("the worker hangs")) });
    },
    "the worker hangs",
  ],
])("a gateway that %s is no answer", async (_what, break_, message) => {
  const network = new FakeNetwork();
  const one = network.add("one");
  network.add("two", { end: async () => ({ answer: 7, ...NOTHING }) });
  break_(network);
  const isAnswered = !message.startsWith("no answer");
  await expect(one.ask("two", END, { timeoutMs: isAnswered ? longMs : timeoutMs })).rejects.toThrow(message);
});

test("a request that arrives twice is answered once at a time, and an answer that arrives twice counts once", async () => {
  const network = new FakeNetwork();
  const one = network.add("one");
  const answer = Promise.withResolvers<void>();
  let calls = 0;
  const end = async (): ReturnType<GatewayHandlers["end"]> => {
    calls += 1;
    await answer.promise;
    return { answer: calls, ...NOTHING };
  };
  network.add("two", { end });
  for (const gateway of ["one", "two"]) {
    network.faults.set(gateway, (text, deliver) => {
      deliver(text);
      deliver(text);
      if (gateway === "two") answer.resolve();
    });
  }
  expect(await one.ask("two", END, { timeoutMs: longMs })).toEqual({ answer: 1, ...NOTHING });
  await new Promise(setImmediate);
  expect([calls, network.malformed]).toEqual([1, []]);
});

test("a malformed request is refused, naming what is wrong", async () => {
  const network = new FakeNetwork();
  const one = network.add("one");
  const end = vi.fn<GatewayHandlers["end"]>();
  network.add("two", { end });
  const selection = { by: "everything" } as never;
  await expect(one.ask("two", { ...END, selection }, { timeoutMs: longMs })).rejects.toThrow(
    "malformed request: selection.by: Invalid type",
  );
  const unknown = { type: "format_disk" } as never;
  await expect(one.ask("two", unknown, { timeoutMs: longMs })).rejects.toThrow("unknown request");
  expect(end).not.toHaveBeenCalled();
});

test("a message may not be longer than its limit, on either side", async () => {
  const network = new FakeNetwork();
  const one = network.add("one", { get: async () => await Promise.reject(new Error("x".repeat(MAX_MESSAGE))) });
  const two = network.add("two", { get: async () => ({ answer: null, ...NOTHING }) });
  await expect(two.ask("one", { type: "get", id: "x".repeat(MAX_MESSAGE) }, { timeoutMs })).rejects.toThrow(
    "the message is too long",
  );
  // The failure is longer than a message.
  await expect(two.ask("one", { type: "get", id: "x" }, { timeoutMs })).rejects.toThrow("no answer within 200 ms");
  one.receive(`"${"x".repeat(MAX_MESSAGE)}"`);
  expect(network.malformed).toEqual([`one: it has ${MAX_MESSAGE + 2} characters, and may have ${MAX_MESSAGE}`]);
});

test("a question that is withdrawn is withdrawn at the other gateway", async () => {
  const network = new FakeNetwork();
  const one = network.add("one");
  const asked = Promise.withResolvers<AbortSignal>();
  const ask = async (_request: unknown, signal: AbortSignal): Promise<"unanswered"> => {
    asked.resolve(signal);
    return await new Promise((resolve) => {
      signal.addEventListener("abort", () => resolve("unanswered"), { once: true });
    });
  };
  network.add("two", { ask_takeover: ask });
  const left = new AbortController();
  const request = { type: "ask_takeover", lease: "two/a", by: { session: "b", user: undefined } } as const;
  const answer = one.ask("two", request, { timeoutMs: longMs, signal: left.signal });
  const signal = await asked.promise;
  left.abort();
  expect([await answer, signal.aborted]).toEqual(["unanswered", true]);
});

test("a question can be withdrawn while the store is away", async () => {
  let isAway = false;
  const sent: string[] = [];
  const messages = new GatewayMessages({
    id: "one",
    send: async (_gateway, message) => {
      sent.push(message);
      if (isAway) throw new Error("the store is away");
      return true;
    },
    onMalformed: () => {},
  });
  const left = new AbortController();
  const request = { type: "ask_takeover", lease: "two/a", by: { session: "b", user: undefined } } as const;
  const answer = messages.ask("two", request, { timeoutMs, signal: left.signal });
  isAway = true;
  // A rejection that is not handled would fail the test.
  left.abort();
  await expect(answer).rejects.toThrow("no answer within 200 ms");
  expect(sent.map((message) => (JSON.parse(message) as { kind: string }).kind)).toEqual(["request", "withdrawal"]);
});

test("no more than a thousand questions wait, and no more are answered", async () => {
  const network = new FakeNetwork();
  const one = network.add("one");
  const two = network.add("two");
  const held = Promise.withResolvers<void>();
  const end = vi.fn<GatewayHandlers["end"]>(async () => {
    await held.promise;
    return { answer: 0, ...NOTHING };
  });
  network.add("three", { end });
  const asked = Array.from({ length: 1000 }, async () => await one.ask("three", END, { timeoutMs: longMs }));
  await expect(one.ask("three", END, { timeoutMs })).rejects.toThrow("1000 questions to other gateways wait already");
  await vi.waitFor(() => expect(end).toHaveBeenCalledTimes(1000));
  await expect(two.ask("three", END, { timeoutMs: longMs })).rejects.toThrow("it answers 1000 questions already");
  held.resolve();
  await Promise.all(asked);
  expect(await two.ask("three", END, { timeoutMs: longMs })).toEqual({ answer: 0, ...NOTHING });
});
