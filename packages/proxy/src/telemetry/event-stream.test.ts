import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { EventStream, type EventSubscription, type StreamedEvent } from "./event-stream.ts";

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

const event = (session: string): StreamedEvent => ({ event: "session_opened", time: "now", pid: 1, session });

function follow(stream: EventStream, after?: string): EventSubscription {
  const client = stream.subscribe(after);
  if (client === undefined) throw new Error("there are too many clients");
  return client;
}

/** What a client has got: the sessions of its events, and the names of others. */
function names(text: string | undefined): readonly string[] {
  return [...(text ?? "").matchAll(/^event: (\w+)\ndata: (.*)$/gm)].map(([, name, data = ""]) => {
    const { session, lost } = JSON.parse(data) as { session?: string; lost?: number };
    return session ?? `${name} ${lost}`;
  });
}

const lastId = (text: string | undefined): string => [...(text ?? "").matchAll(/^id: (.*)$/gm)].at(-1)?.[1] ?? "";

test("a client gets what happens from then on, in order, and a comment while nothing happens", async () => {
  const stream = new EventStream();
  stream.publish(event("before"));
  const client = follow(stream);
  stream.publish(event("a"));
  stream.publish(event("b"));
  expect(names(await client.next())).toEqual(["a", "b"]);
  const next = client.next();
  await vi.advanceTimersByTimeAsync(15_000);
  expect(await next).toBe(":\n\n");
  const woken = client.next();
  stream.publish(event("c"));
  expect(names(await woken)).toEqual(["c"]);
});

test("a client that comes back goes on after the last event that it has", async () => {
  const stream = new EventStream();
  const first = follow(stream);
  for (const session of ["a", "b"]) stream.publish(event(session));
  const id = lastId(await first.next());
  first.close();
  for (const session of ["c", "d"]) stream.publish(event(session));
  expect(names(await follow(stream, id).next())).toEqual(["c", "d"]);
});

test("what is kept is bounded; a client is told how much it missed", async () => {
  const stream = new EventStream(() => {}, { maxEvents: 3 });
  const client = follow(stream);
  for (const session of ["a", "b", "c", "d", "e"]) stream.publish(event(session));
  expect(names(await client.next())).toEqual(["gap 2"]);
  expect(names(await client.next())).toEqual(["c", "d", "e"]);
});

test("events that another process could not send are a gap for all who follow", async () => {
  const stream = new EventStream();
  const client = follow(stream);
  stream.publish(event("a"));
  stream.publishGap(7);
  stream.publish(event("b"));
  expect(names(await client.next())).toEqual(["a", "gap 7", "b"]);
});

test("an id of another run is told from one of this run", async () => {
  const stream = new EventStream();
  follow(stream);
  stream.publish(event("a"));
  for (const id of ["other.5", "nonsense", ""]) {
    const client = follow(stream, id);
    expect(names(await client.next())).toEqual(["gap undefined"]);
    expect(names(await client.next())).toEqual(["a"]);
  }
});

test("it is active from the first client on, and for a while after the last", async () => {
  const said: boolean[] = [];
  const stream = new EventStream((isActive) => void said.push(isActive));
  const client = follow(stream);
  expect(said).toEqual([true]);
  client.close();
  client.close();
  await vi.advanceTimersByTimeAsync(599_000);
  expect(said).toEqual([true]);
  await vi.advanceTimersByTimeAsync(1000);
  expect([said, stream.isActive]).toEqual([[true, false], false]);
  follow(stream);
  expect(said).toEqual([true, false, true]);
});

test("the number of clients is bounded, and closing ends their wait", async () => {
  const stream = new EventStream();
  const clients = Array.from({ length: 16 }, () => follow(stream));
  expect(stream.subscribe(undefined)).toBeUndefined();
  const waits = clients.map(async (client) => await client.next());
  stream.close();
  expect(await Promise.all(waits)).toEqual(clients.map(() => undefined));
  expect(stream.subscribe(undefined)).toBeDefined();
});
