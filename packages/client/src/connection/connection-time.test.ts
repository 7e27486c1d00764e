import { EXTENDED_ID } from "@curfew/protocol";
import { describe, expect, test, vi } from "vitest";
import { connectionFixture, failure, settled } from "../../test/connection-fixture.ts";
import type { ConsoleError } from "./model/errors.ts";
import type { ConsoleState } from "./model/state.ts";

const { gateway, create, opened } = connectionFixture();

describe("time", () => {
  test("knows the end on the monotonic clock, and warns itself where the gateway does not", async () => {
    const { connection } = await opened({ warnBeforeMs: 60_000 }, 120_000);
    const warnings: unknown[] = [];
    connection.on("expiring", (warning) => warnings.push(warning));
    const { session } = connection.state as Extract<ConsoleState, { status: "connected" }>;
    expect(session?.expiresAt).toBe(performance.now() + 120_000);
    await vi.advanceTimersByTimeAsync(61_000);
    expect(warnings).toEqual([{ expiresInMs: 59_000, renewable: true }]);
    expect(connection.state).toMatchObject({ session: { expiring: true } });
  });

  test("does not repeat a warning that the gateway gave", async () => {
    const { connection } = await opened({ warnBeforeMs: 60_000 }, 120_000);
    const warnings: unknown[] = [];
    connection.on("expiring", (warning) => warnings.push(warning));
    await vi.advanceTimersByTimeAsync(60_010);
    gateway.socket.session.send({ type: "expiring", expiresInMs: 59_990 });
    await vi.advanceTimersByTimeAsync(30_000);
    expect(warnings).toHaveLength(1);
  });

  test("measures latency", async () => {
    const { connection } = await opened({ pingIntervalMs: 15_000 });
    const latencies: unknown[] = [];
    connection.on("latency", (latency) => latencies.push(latency));
    await vi.advanceTimersByTimeAsync(15_000);
    const ping = gateway.socket.controls.at(-1);
    await vi.advanceTimersByTimeAsync(40);
    gateway.socket.session.send({ type: "pong", id: Number(ping?.["id"]) });
    expect(latencies).toEqual([{ rttMs: 40 }]);
    expect(connection.statistics().roundTripMs).toBe(40);
  });

  test("counts the console's bytes over all attempts, and knows no round trip while the connection is lost", async () => {
    const { connection } = await opened({ pingIntervalMs: 15_000 });
    await vi.advanceTimersByTimeAsync(15_000);
    gateway.socket.session.send({ type: "pong", id: Number(gateway.socket.controls.at(-1)?.["id"]) });
    gateway.socket.deliver([1, 2, 3]);
    connection.channel?.send("hi");
    expect(connection.statistics()).toEqual({ bytesReceived: 3, bytesSent: 2, roundTripMs: 0 });
    gateway.socket.end(1006);
    expect(connection.statistics()).toEqual({ bytesReceived: 3, bytesSent: 2, roundTripMs: null });
    await vi.advanceTimersByTimeAsync(1000);
    gateway.socket.accept();
    gateway.socket.session.hello(null);
    gateway.socket.deliver([4]);
    expect(connection.statistics()).toEqual({ bytesReceived: 4, bytesSent: 2, roundTripMs: null });
  });

  test("gives every listener the same state object until it changes", async () => {
    const { connection } = await opened();
    expect(connection.state).toBe(connection.state);
    const seen: boolean[] = [];
    connection.on("state", (state) => seen.push(state === connection.state));
    gateway.socket.end(1006);
    await connection.close();
    expect(seen).toEqual([true, true]);
  });
});

describe("renewing", () => {
  test("sends the token and moves the end", async () => {
    const { connection } = await opened();
    const renewing = connection.renew("fresh");
    expect(connection.state).toMatchObject({ session: { renewing: true } });
    expect(gateway.socket.controls.at(-1)).toEqual({ type: "renew", id: 1, token: "fresh" });
    gateway.socket.session.send({ type: "renewed", id: 1, expiresInMs: 600_000, renewable: false });
    await renewing;
    expect(connection.state).toMatchObject({
      session: { renewing: false, renewable: false, expiresAt: performance.now() + 600_000 },
    });
    const heard: string[] = [];
    connection.on("renewfailed", ({ code }) => heard.push(code));
    expect((await failure(connection.renew("more"))).code).toBe("not_renewable");
    expect(heard).toEqual(["not_renewable"]);
  });

  test("asks the callback, and joins a second call to the first", async () => {
    const renew = vi.fn<() => Promise<string>>(() => Promise.resolve("fresh"));
    const { connection } = await opened({ renew });
    const both = Promise.all([connection.renew(), connection.renew()]);
    await settled();
    gateway.socket.session.send({ type: "renewed", id: 1, expiresInMs: null });
    await both;
    expect(renew).toHaveBeenCalledTimes(1);
  });

  test("joins a call without a token even where it could not fetch one", async () => {
    const { connection } = await opened();
    const both = Promise.all([connection.renew("fresh"), connection.renew()]);
    gateway.socket.session.send({ type: "renewed", id: 1, expiresInMs: null });
    await expect(both).resolves.toHaveLength(2);
  });

  test("renews at the warning with autoRenew, and the page hears", async () => {
    const { connection } = await opened({ autoRenew: true, renew: () => "fresh" });
    const renewed = vi.fn<(event: unknown) => void>();
    connection.on("renewed", renewed);
    gateway.socket.session.send({ type: "expiring", expiresInMs: 60_000 });
    await settled();
    gateway.socket.session.send({ type: "renewed", id: 1, expiresInMs: 900_000 });
    expect(renewed).toHaveBeenCalledWith({ expiresInMs: 900_000 });
    expect(connection.state).toMatchObject({ session: { expiring: false } });
  });

  test("takes the end that an operator gives the session, also while a renewal waits", async () => {
    const { connection } = await opened();
    gateway.socket.session.send({ type: "expiring", expiresInMs: 60_000 });
    const renewing = connection.renew("fresh");
    gateway.socket.session.send({ type: "renewed", id: EXTENDED_ID, expiresInMs: 3_600_000 });
    expect(connection.state).toMatchObject({
      session: { renewing: true, expiring: false, expiresAt: performance.now() + 3_600_000 },
    });
    gateway.socket.session.send({ type: "renewed", id: 1, expiresInMs: 7_200_000 });
    await renewing;
    expect(connection.state).toMatchObject({ session: { renewing: false, expiresAt: performance.now() + 7_200_000 } });
  });

  test("keeps the old end when the gateway refuses, and when the callback fails", async () => {
    const { connection } = await opened({ renew: () => Promise.reject(new Error("logged out")) });
    const heard: ConsoleError[] = [];
    connection.on("renewfailed", (error) => heard.push(error));
    const before = connection.state;
    const refused = failure(connection.renew("bad"));
    gateway.socket.session.send({ type: "renew_failed", id: 1, reason: "token_invalid" });
    expect((await refused).code).toBe("renew_failed");
    const failed = await failure(connection.renew());
    expect(failed.cause).toEqual(new Error("logged out"));
    expect(heard.map(({ message }) => message)).toEqual(["token_invalid", "the renew callback failed: logged out"]);
    expect(connection.state).toEqual(before);
  });

  test("may be tried again from the listener that heard of the failure", async () => {
    const { connection } = await opened();
    const second: Promise<void>[] = [];
    connection.on("renewfailed", () => second.push(connection.renew("better")), { once: true });
    const first = failure(connection.renew("bad"));
    gateway.socket.session.send({ type: "renew_failed", id: 1, reason: "token_invalid" });
    expect((await first).code).toBe("renew_failed");
    gateway.socket.session.send({ type: "renewed", id: 2, expiresInMs: null });
    await expect(second[0]).resolves.toBeUndefined();
  });

  test("times out, but a late answer still moves the end", async () => {
    const { connection } = await opened();
    const late = failure(connection.renew("fresh"));
    await vi.advanceTimersByTimeAsync(10_000);
    expect((await late).code).toBe("timeout");
    gateway.socket.session.send({ type: "renewed", id: 1, expiresInMs: 600_000 });
    expect(connection.state).toMatchObject({ session: { expiresAt: performance.now() + 600_000 } });
  });

  test("gives a slow callback its time, whatever an earlier renewal waited for", async () => {
    const { connection } = await opened({ renew: () => new Promise(() => {}) });
    const first = connection.renew("fresh");
    gateway.socket.session.send({ type: "renewed", id: 1, expiresInMs: 600_000 });
    await first;
    void connection.renew().catch(() => {});
    await vi.advanceTimersByTimeAsync(59_000);
    expect(connection.state).toMatchObject({ session: { renewing: true } });
    await connection.close();
  });

  test("ends with the connection: the callback's signal is aborted", async () => {
    let signal: AbortSignal | undefined;
    const { connection } = await opened({
      renew: (context) => {
        ({ signal } = context);
        return new Promise(() => {});
      },
    });
    const cut = failure(connection.renew());
    gateway.socket.end(1006);
    expect((await cut).code).toBe("not_connected");
    expect(signal?.aborted).toBe(true);
    const closed = failure(connection.renew());
    expect((await closed).code).toBe("not_connected");
  });

  test.each([
    ["gives a token", (answer: PromiseWithResolvers<string>) => answer.resolve("late")],
    ["fails", (answer: PromiseWithResolvers<string>) => answer.reject(new Error("late"))],
  ])("leaves the renewal on a new connection alone when one of the last connection %s late", async (_case, end) => {
    const answers: PromiseWithResolvers<string>[] = [];
    const { connection } = await opened({
      renew: () => {
        const answer = Promise.withResolvers<string>();
        answers.push(answer);
        return answer.promise;
      },
    });
    const first = failure(connection.renew());
    gateway.socket.end(1006);
    await first;
    await vi.advanceTimersByTimeAsync(1000);
    gateway.socket.accept();
    gateway.socket.session.hello();
    const second = connection.renew();
    if (answers[0]) end(answers[0]);
    await settled();
    expect(gateway.socket.controls).toEqual([]);
    answers[1]?.resolve("fresh");
    await settled();
    expect(gateway.socket.controls).toEqual([{ type: "renew", id: 1, token: "fresh" }]);
    gateway.socket.session.send({ type: "renewed", id: 1, expiresInMs: null });
    await second;
  });

  test("refuses a token that does not fit into a control message", async () => {
    const { connection } = await opened();
    expect((await failure(connection.renew("x".repeat(9000)))).message).toContain("8192 bytes");
    expect(gateway.socket.controls).toEqual([]);
  });
});

describe("the page around it", () => {
  test("tries at once when the network or the page comes back, waits longer while hidden, listens no longer than needed", async () => {
    const page = Object.assign(new EventTarget(), { visibilityState: "visible" });
    const network = new EventTarget();
    vi.stubGlobal("document", page);
    vi.stubGlobal("window", network);
    const added = vi.spyOn(network, "addEventListener");
    const { connection } = await opened({ pingIntervalMs: 15_000 });
    network.dispatchEvent(new Event("offline"));
    expect(gateway.socket.controls.at(-1)).toMatchObject({ type: "ping" });
    page.visibilityState = "hidden";
    page.dispatchEvent(new Event("visibilitychange"));
    gateway.socket.end(1006);
    expect(connection.state).toMatchObject({ retryInMs: 4000 });
    network.dispatchEvent(new Event("online"));
    await settled();
    expect(gateway.sockets).toHaveLength(2);
    gateway.socket.end(1006);
    page.visibilityState = "visible";
    page.dispatchEvent(new Event("visibilitychange"));
    await settled();
    expect(gateway.sockets).toHaveLength(3);
    await connection.close();
    for (const [, , options] of added.mock.calls) {
      expect((options as AddEventListenerOptions).signal?.aborted).toBe(true);
    }
  });

  test("writes no token into its log, whatever goes wrong", async () => {
    const lines: string[] = [];
    const marker = "marker-token-1234";
    const { connection } = create({
      authorize: () => ({ url: `ws://gateway/ws?token=${marker}`, token: marker }),
      renew: () => Promise.reject(new Error(`no ${marker}`)),
      log: (level, message, context) => lines.push(`${level} ${message} ${JSON.stringify(context)}`),
      webSocket: (url, protocols) => {
        if (gateway.sockets.length === 2) throw new Error(`bad URL ${url} ${protocols.join()}`);
        return gateway.webSocket(url, protocols);
      },
    });
    void connection.connect().catch(() => {});
    await settled();
    gateway.socket.accept();
    gateway.socket.session.hello();
    await failure(connection.renew());
    await failure(connection.renew("x".repeat(9000)));
    gateway.socket.end(1006, `about ${marker}`);
    await vi.advanceTimersByTimeAsync(1000);
    gateway.socket.end(1006);
    await vi.advanceTimersByTimeAsync(1000);
    expect(connection.state).toMatchObject({ status: "closed", cause: { reason: "connect_failed", action: "stop" } });
    expect(lines.length).toBeGreaterThan(5);
    expect(lines.join("\n") + JSON.stringify(connection.state)).not.toContain(marker);
  });

  test.each([
    ["a browser", true],
    ["a runtime without reportError", false],
  ])("ends as it should when log throws, and reports it, in %s", async (_where, available) => {
    const reported: unknown[] = [];
    const collect = (error: unknown): unknown => reported.push(error);
    vi.stubGlobal("reportError", available ? collect : undefined);
    vi.stubGlobal("queueMicrotask", (task: () => void) => {
      try {
        task();
      } catch (error) {
        collect(error);
      }
    });
    const { connection, states } = await opened({
      log: () => {
        throw new Error("page bug");
      },
    });
    const socket = gateway.socket;
    await connection.close();
    expect(states).toEqual(["connecting", "connected", "closed"]);
    expect(socket.requestedClose?.code).toBe(1000);
    expect(vi.getTimerCount()).toBe(0);
    expect(reported).toContainEqual(new Error("page bug"));
  });

  test("keeps going when a listener throws, and reports it", async () => {
    const { connection, states } = create();
    for (const name of ["state", "channel", "closed"] as const) {
      connection.on(name, () => {
        throw new Error("page bug");
      });
    }
    const connecting = connection.connect();
    await settled();
    gateway.socket.accept();
    gateway.socket.session.hello();
    await connecting;
    await connection.close();
    expect(states).toEqual(["connecting", "connected", "closed"]);
    expect(gateway.socket.requestedClose?.code).toBe(1000);
    expect(vi.getTimerCount()).toBe(0);
    expect(reportError).toHaveBeenCalledTimes(5);
  });
});
