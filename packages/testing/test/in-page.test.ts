import { tokenSubprotocol } from "@curfew/protocol";
import { type FakeWebSocket, InPageGateway } from "@curfew/testing/in-page";
import { afterEach, expect, test, vi } from "vitest";

const PROTOCOLS = ["binary", "curfew.v1", tokenSubprotocol("secret")];

/** What a page's WebSocket hears, in order. */
function heardBy(socket: WebSocket): unknown[] {
  const heard: unknown[] = [];
  socket.addEventListener("open", () => heard.push("open"));
  socket.addEventListener("message", ({ data }) =>
    heard.push(typeof data === "string" ? JSON.parse(data) : Buffer.from(data as ArrayBuffer).toString()),
  );
  socket.addEventListener("close", ({ code, reason, wasClean }) => heard.push({ code, reason, wasClean }));
  return heard;
}

const hello = { type: "hello", session: "fake-0", expiresInMs: 3_600_000, renewable: true };

afterEach(() => vi.useRealTimers());

test("a page connects, hears hello and console output, and is closed with a reason", async () => {
  await using gateway = new InPageGateway();
  const heard = heardBy(gateway.webSocket("ws://gateway/ws?x=1", PROTOCOLS));
  const session = await gateway.waitForSession();
  void session.write("output");
  session.end("session_expired");
  expect(heard).toEqual([
    "open",
    hello,
    "output",
    { type: "bye", reason: "session_expired" },
    { code: 4100, reason: "session_expired", wasClean: true },
  ]);
  expect(session).toMatchObject({ path: "/ws?x=1", protocol: "curfew.v1", token: "secret", open: false });
});

test("what the page sends is recorded, and answered as the script says", async () => {
  await using gateway = new InPageGateway({ renewal: 60_000 });
  const socket = gateway.webSocket("ws://gateway/", PROTOCOLS);
  const heard = heardBy(socket);
  const session = await gateway.waitForSession();
  socket.send(JSON.stringify({ type: "ping", id: 7 }));
  socket.send(JSON.stringify({ type: "renew", id: 8, token: "second" }));
  socket.send(Uint8Array.of(1, 2));
  expect(await session.waitFor("input")).toEqual({ connection: 0, bytes: Uint8Array.of(1, 2) });
  expect(session.received("renew")).toEqual([{ connection: 0, id: 8, token: "second" }]);
  expect(heard.slice(2)).toEqual([
    { type: "pong", id: 7 },
    { type: "renewed", id: 8, expiresInMs: 60_000 },
  ]);
  expect(gateway.socket.sent).toHaveLength(3);
  expect(gateway.socket.controls).toEqual([
    { type: "ping", id: 7 },
    { type: "renew", id: 8, token: "second" },
  ]);
  gateway.clear();
  expect([gateway.sockets, gateway.received("ping")]).toEqual([[], []]);
});

test("a page that closes gets its own code back", async () => {
  await using gateway = new InPageGateway();
  const socket = gateway.webSocket("ws://gateway/", PROTOCOLS);
  const heard = heardBy(socket);
  const session = await gateway.waitForSession();
  socket.close(1000, "bye");
  expect(await session.closed).toEqual({ by: "page", code: 1000, reason: "bye" });
  expect(heard.at(-1)).toEqual({ code: 1000, reason: "bye", wasClean: true });
});

test("manual handshakes are the test's", async () => {
  await using gateway = new InPageGateway({ handshakes: "manual", hello: false });
  const next = gateway.nextSocket();
  const socket = gateway.webSocket("ws://gateway/", PROTOCOLS);
  const heard = heardBy(socket);
  const fake: FakeWebSocket = await next;
  expect(() => socket.send("early")).toThrow("still connecting");
  expect(() => gateway.session).toThrow("no session was opened");
  expect(() => fake.session).toThrow("the WebSocket has not opened");
  fake.accept("binary");
  expect(gateway.session.protocol).toBe("binary");
  expect(fake.session).toBe(gateway.session);
  fake.deliver([0x61]);
  socket.close(4000);
  await Promise.resolve();
  expect(heard).toEqual(["open", "a"]);
  expect(fake.requestedClose).toEqual({ code: 4000 });
  fake.end(1006);
  expect(heard.at(-1)).toEqual({ code: 1006, reason: "", wasClean: false });
});

test("bytes are copied from whatever a WebSocket takes them in", async () => {
  await using gateway = new InPageGateway();
  const page = gateway.webSocket("ws://gateway/", PROTOCOLS);
  await new Promise((resolve) => page.addEventListener("open", resolve));
  const { buffer } = Uint8Array.of(1, 2, 3, 4);
  for (const data of [buffer, new DataView(buffer, 1, 2), new Uint8Array(buffer, 3)]) page.send(data);
  expect(gateway.socket.sent.map((data) => [...(data as Uint8Array)])).toEqual([[1, 2, 3, 4], [2, 3], [4]]);
});

test.each([
  [{ refuse: "connect_failed" }, PROTOCOLS],
  [{}, ["other"]],
  [{ subprotocol: "binary" }, ["curfew.v1"]],
] as const)("a gateway with %j never opens a socket that offers %j", async (options, offered) => {
  await using gateway = new InPageGateway(options);
  const heard = heardBy(gateway.webSocket("ws://gateway/", [...offered]));
  await vi.waitFor(() => expect(heard).toEqual([{ code: 1006, reason: "", wasClean: false }]));
  expect(gateway.sessions).toEqual([]);
});

test("time is the test runner's", async () => {
  vi.useFakeTimers();
  await using gateway = new InPageGateway({ expiresInMs: 60_000, enforce: true });
  const heard = heardBy(gateway.webSocket("ws://gateway/", PROTOCOLS));
  await vi.advanceTimersByTimeAsync(59_999);
  expect(heard).toHaveLength(2);
  await vi.advanceTimersByTimeAsync(1);
  expect(heard.at(-1)).toEqual({ code: 4100, reason: "session_expired", wasClean: true });
});

test("a warning before hello waits for it, and waitForSession waits for hello", async () => {
  await using gateway = new InPageGateway({ hello: false });
  const socket = gateway.webSocket("ws://gateway/", ["curfew.v1"]);
  const messages: string[] = [];
  socket.addEventListener("message", ({ data }) =>
    messages.push((JSON.parse(data as string) as { type: string }).type),
  );
  const session = await gateway.waitForSession();
  session.warn(60_000);
  expect(messages).toEqual([]);
  session.hello();
  expect(messages).toEqual(["hello", "expiring"]);
});

test("accept() lifts every refusal, until the next one", async () => {
  await using gateway = new InPageGateway({ refuse: "server_busy" });
  const outcome = async (): Promise<number | "open"> => {
    const socket = gateway.webSocket("ws://gateway/", ["curfew.v1"]);
    return await new Promise((resolve) => {
      socket.addEventListener("message", ({ data }) => {
        if ((data as string).includes("hello")) resolve("open");
      });
      socket.addEventListener("close", ({ code }) => resolve(code));
    });
  };
  expect(await outcome()).toBe(4201);
  gateway.accept();
  expect(await outcome()).toBe("open");
  gateway.follow({ refuse: "forbidden" });
  expect(await outcome()).toBe(4003);
  gateway.accept();
  expect(await outcome()).toBe("open");
  gateway.refuse("token_expired");
  expect(await outcome()).toBe(4101);
});
