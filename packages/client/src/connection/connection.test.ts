import { tokenSubprotocol } from "@curfew/protocol";
import { describe, expect, test, vi } from "vitest";
import { connectionFixture, failure, settled } from "../../test/connection-fixture.ts";
import { backoff } from "./backoff.ts";
import { StopRetrying } from "./model/errors.ts";
import type { ConsoleOptions } from "./model/options.ts";

const { gateway, create, opened } = connectionFixture();

describe("opening", () => {
  test("offers binary first, where websockify finds it, then curfew.v1, and keeps the URL as it is", async () => {
    const { connection, states } = await opened();
    expect(gateway.socket.offered).toEqual(["binary", "curfew.v1"]);
    expect(gateway.socket.url).toBe("ws://gateway/ws?token=secret");
    expect(states).toEqual(["connecting", "connected"]);
    expect(connection.state).toMatchObject({ status: "connected", session: { id: "s1", renewable: true } });
  });

  test("sends a token of its own in the subprotocol list", async () => {
    await opened({ authorize: () => ({ url: "https://gateway/ws", token: "abc" }) });
    expect(gateway.socket.url).toBe("wss://gateway/ws");
    expect(gateway.socket.offered).toEqual(["binary", "curfew.v1", tokenSubprotocol("abc")]);
  });

  test("is connected only after hello, and after the viewer where there is one", async () => {
    const { connection } = create({ waitForViewer: true });
    const connecting = connection.connect();
    await settled();
    gateway.socket.accept();
    expect(connection.state.status).toBe("connecting");
    gateway.socket.session.hello();
    expect(connection.state.status).toBe("connecting");
    connection.viewerReady();
    expect(connection.state.status).toBe("connected");
    await connecting;
  });

  test("offers the channel while the socket opens, and again once it is open", async () => {
    const { connection } = create();
    const heard: string[] = [];
    connection.on("opening", (channel) =>
      heard.push(`opening ${channel.readyState} ${channel === connection.channel}`),
    );
    connection.on("channel", (channel) =>
      heard.push(`channel ${channel.readyState} ${channel === connection.channel}`),
    );
    connection.connect().catch(() => {});
    await settled();
    expect(heard).toEqual(["opening 0 true"]);
    gateway.socket.accept();
    expect(heard).toEqual(["opening 0 true", "channel 1 true"]);
    await connection.close();
  });

  test.each(["binary", ""])("works without control messages on subprotocol %j", async (protocol) => {
    const { connection } = create();
    const connecting = connection.connect();
    await settled();
    gateway.socket.accept(protocol);
    gateway.socket.deliver([1]);
    await connecting;
    expect(connection.state).toEqual({ status: "connected", session: null });
    expect((await failure(connection.renew("t"))).code).toBe("not_renewable");
    expect(connection.sendBreak()).toBe(false);
    gateway.socket.end(4100, "session_expired");
    expect(connection.state).toMatchObject({ status: "closed", cause: { reason: "session_expired", code: 4100 } });
  });

  test("waits for the gateway's own reason once the socket is open", async () => {
    const { connection } = create();
    void connection.connect();
    await settled();
    await vi.advanceTimersByTimeAsync(9000);
    gateway.socket.accept();
    await vi.advanceTimersByTimeAsync(20_000);
    expect(gateway.sockets).toHaveLength(1);
    gateway.socket.end(4204, "target_timeout");
    expect(connection.state).toMatchObject({ status: "reconnecting", cause: { reason: "target_timeout" } });
  });

  test.each([
    ["connection did not open within 10000 ms", 10_000, []],
    ["gateway sent no hello within 30000 ms", 30_000, ["accept"]],
    ["console did not start within 30000 ms", 30_000, ["accept", "hello"]],
    ["console did not start within 30000 ms", 30_000, ["accept binary"]],
  ])("gives an attempt up by default when the %s (%#)", async (detail, limitMs, answers) => {
    const { connection } = create({ waitForViewer: true });
    void connection.connect();
    await settled();
    for (const answer of answers) {
      await vi.advanceTimersByTimeAsync(5000);
      if (answer === "accept") gateway.socket.accept();
      if (answer === "accept binary") gateway.socket.accept("binary");
      if (answer === "hello") gateway.socket.session.hello();
    }
    await vi.advanceTimersByTimeAsync(limitMs - 1);
    expect(connection.state.status).toBe("connecting");
    await vi.advanceTimersByTimeAsync(1);
    expect(connection.state).toMatchObject({
      status: "reconnecting",
      cause: { reason: "connect_failed", detail: `the ${detail}` },
    });
  });

  test("says when the next attempt comes, on the page's clock", async () => {
    const { connection } = await opened({ reconnect: () => 3000 });
    await vi.advanceTimersByTimeAsync(700);
    gateway.socket.end(1006);
    const { state } = connection;
    expect(state).toMatchObject({ status: "reconnecting", retryAt: performance.now() + 3000, retryInMs: 3000 });
    await vi.advanceTimersByTimeAsync(2999);
    expect(connection.state).toBe(state);
    expect(state).toMatchObject({ retryAt: performance.now() + 1 });
    await vi.advanceTimersByTimeAsync(1);
    expect(connection.state.status).toBe("connecting");
  });

  test("gives up an attempt without an answer, and tries again", async () => {
    const { connection } = create({ helloTimeoutMs: 3000 });
    void connection.connect();
    await settled();
    gateway.socket.accept();
    await vi.advanceTimersByTimeAsync(3000);
    expect(connection.state).toMatchObject({
      status: "reconnecting",
      attempt: 2,
      retryInMs: 1000,
      cause: { reason: "connect_failed", detail: "the gateway sent no hello within 3000 ms" },
    });
    expect(gateway.socket.requestedClose?.code).toBe(1000);
    await vi.advanceTimersByTimeAsync(1000);
    expect(gateway.sockets).toHaveLength(2);
  });

  test("gives a user the time to type a password", async () => {
    const { connection } = create({ waitForViewer: true, helloTimeoutMs: 3000 });
    void connection.connect();
    await settled();
    gateway.socket.accept();
    gateway.socket.session.hello();
    connection.viewerWaiting();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(connection.state.status).toBe("connecting");
  });

  test("ends with authorize_failed when authorize() says stop, and retries its other errors", async () => {
    const authorize = vi.fn<ConsoleOptions["authorize"]>();
    authorize.mockRejectedValueOnce(new Error("503")).mockRejectedValueOnce(new StopRetrying("not yours"));
    const { connection, states } = create({ authorize });
    const error = failure(connection.connect());
    await vi.advanceTimersByTimeAsync(1000);
    expect(await error).toMatchObject({ code: "authorize_failed", closeInfo: { detail: "not yours", action: "stop" } });
    expect(states).toEqual(["connecting", "reconnecting", "connecting", "closed"]);
    expect(authorize.mock.calls[1]?.[0]).toMatchObject({ attempt: 2, cause: { reason: "authorize_failed" } });
  });

  test.each([[undefined], [{}], [{ url: "ftp://x" }], [{ url: "::" }], [{ url: "ws://x", token: "" }]])(
    "refuses the grant %j with a clear sentence",
    async (grant) => {
      const { connection } = create({ authorize: () => grant as never });
      const error = await failure(connection.connect());
      expect(error.code).toBe("authorize_failed");
      expect(error.message).toContain("authorize() ");
    },
  );

  test("uses no answer of authorize() that came after the console was closed and opened again", async () => {
    const answers: ((grant: { url: string }) => void)[] = [];
    const { connection } = create({ authorize: () => new Promise((resolve) => answers.push(resolve)) });
    const first = failure(connection.connect());
    await connection.close();
    await first;
    void connection.connect().catch(() => {});
    answers[0]?.({ url: "ws://gateway/old" });
    await settled();
    expect(gateway.sockets).toHaveLength(0);
    answers[1]?.({ url: "ws://gateway/new" });
    await settled();
    expect(gateway.socket.url).toBe("ws://gateway/new");
    await connection.close();
  });

  test("names a wrong option", () => {
    expect(() => create({ warnBeforeMs: -1 })).toThrow("warnBeforeMs: expected milliseconds from 0, got -1");
  });
});

describe("endings", () => {
  test("closes for good on session_expired, once, and may be opened again", async () => {
    const { connection, states } = await opened();
    const closings: unknown[] = [];
    connection.on("closed", (info) => closings.push(info));
    gateway.socket.session.send({ type: "bye", reason: "session_expired", detail: "the token expired" });
    gateway.socket.end(1006);
    expect(closings).toEqual([
      { reason: "session_expired", action: "authorize", code: 1006, detail: "the token expired", wasConnected: true },
    ]);
    expect(connection.channel).toBeNull();
    expect(vi.getTimerCount()).toBe(0);

    const again = connection.connect();
    await settled();
    gateway.socket.accept();
    gateway.socket.session.hello();
    await again;
    await connection.close();
    expect(closings).toHaveLength(2);
    expect(states.slice(2)).toEqual(["closed", "connecting", "connected", "closed"]);
  });

  test("says bye's reason even when the close frame never comes", async () => {
    const { connection } = await opened();
    gateway.socket.session.send({ type: "bye", reason: "idle_timeout" });
    await vi.advanceTimersByTimeAsync(2000);
    expect(connection.state).toMatchObject({ status: "closed", cause: { reason: "idle_timeout" } });
  });

  test("closes on what the gateway should not send, with 4000", async () => {
    const { connection } = await opened();
    gateway.socket.deliver('{"type":"pong","id":"x"}');
    expect(gateway.socket.requestedClose).toEqual({ code: 4000, reason: "protocol_error" });
    expect(connection.state).toMatchObject({ status: "closed", cause: { reason: "protocol_error", code: 4000 } });
  });

  test("counts retries from the start again after a connection that held for 10 s", async () => {
    const { connection } = await opened();
    gateway.socket.end(1006);
    expect(connection.state).toMatchObject({ status: "reconnecting", attempt: 2 });
    await vi.advanceTimersByTimeAsync(1000);
    gateway.socket.end(4201, "server_busy");
    expect(connection.state).toMatchObject({ attempt: 3, cause: { reason: "server_busy", wasConnected: false } });
    await vi.advanceTimersByTimeAsync(1000);
    gateway.socket.accept();
    gateway.socket.session.hello();
    await vi.advanceTimersByTimeAsync(10_000);
    gateway.socket.end(4203, "target_closed");
    expect(connection.state).toMatchObject({ attempt: 2, cause: { reason: "target_closed", wasConnected: true } });
  });

  test("asks ever more slowly a target that accepts and closes, and gives up after five minutes", async () => {
    vi.spyOn(Math, "random").mockReturnValue(0.5);
    const authorize = vi.fn<ConsoleOptions["authorize"]>(() => ({ url: "ws://gateway/ws" }));
    gateway.onsocket = (socket) =>
      queueMicrotask(() => {
        socket.accept();
        socket.session.hello();
        socket.end(4203, "target_closed");
      });
    const { connection, states } = create({ authorize, reconnect: backoff() });
    await connection.connect();
    await vi.advanceTimersByTimeAsync(400_000);
    expect(connection.state).toMatchObject({ status: "closed", cause: { reason: "target_closed" } });
    // 250 ms, doubled five times, then 7.5 s each.
    expect(authorize).toHaveBeenCalledTimes(45);
    expect(states.filter((status) => status === "connected")).toHaveLength(45);
  });

  test("gives up when the policy does, keeping what ended it", async () => {
    const { connection } = await opened({ reconnect: () => null });
    gateway.socket.end(4200, "server_draining");
    expect(connection.state).toMatchObject({ status: "closed", cause: { reason: "server_draining", action: "retry" } });
  });

  test("tries at once when connect() is called between attempts", async () => {
    const { connection } = await opened({ reconnect: () => 60_000 });
    gateway.socket.end(1006);
    const again = connection.connect();
    await settled();
    gateway.socket.accept();
    gateway.socket.session.hello();
    await again;
    expect(gateway.sockets).toHaveLength(2);
  });

  test("close() is safe at any time, and rejects what waits for the connection", async () => {
    const { connection } = create();
    await connection.close();
    await connection.close();
    const error = failure(connection.connect());
    await connection.close("enough");
    expect(await error).toMatchObject({ code: "aborted", closeInfo: { reason: "client_closed", detail: "enough" } });
    await settled();
    expect(gateway.sockets).toHaveLength(0);
    expect(vi.getTimerCount()).toBe(0);
  });

  test("obeys the AbortSignal before, during and after", async () => {
    const controller = new AbortController();
    const { connection } = await opened({ signal: controller.signal });
    controller.abort();
    expect(connection.state).toMatchObject({ status: "closed", cause: { reason: "client_closed" } });
    expect(gateway.socket.requestedClose?.code).toBe(1000);
    expect((await failure(connection.connect())).code).toBe("aborted");
    expect(gateway.sockets).toHaveLength(1);
  });

  test("ends as viewer_failed when the viewer throws on the console's output", async () => {
    const lines: unknown[] = [];
    const { connection } = await opened({ log: (level, message) => lines.push(`${level} ${message}`) });
    connection.channel?.addEventListener("message", () => {
      throw new Error("cannot buffer ws://x/?token=secret");
    });
    await settled();
    gateway.socket.deliver([1]);
    const detail = "the viewer failed on the console's output: cannot buffer ws://x/?[redacted]";
    expect(connection.state).toMatchObject({ status: "closed", cause: { reason: "viewer_failed", detail } });
    expect(lines).toContain(`error ${detail}`);
    expect(gateway.socket.requestedClose?.code).toBe(1000);
  });

  test("ends as client_closed when the viewer closes its channel, viewer_failed when it says so", async () => {
    const first = await opened();
    first.connection.channel?.close();
    await settled();
    expect(first.connection.state).toMatchObject({ cause: { reason: "client_closed" } });

    const second = await opened();
    second.connection.channel?.close();
    second.connection.viewerFailed("wrong password");
    await settled();
    expect(second.connection.state).toMatchObject({ cause: { reason: "viewer_failed", detail: "wrong password" } });
  });
});
