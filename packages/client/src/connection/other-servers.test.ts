import { InPageGateway, NOVA } from "@curfew/testing/in-page";
import { describe, expect, test, vi } from "vitest";
import { connectionFixture, failure, settled } from "../../test/connection-fixture.ts";
import type { ConsoleOptions } from "./model/options.ts";

/** A server without control messages, whose sockets the test opens and closes. */
const { gateway, create } = connectionFixture();

const nova = new InPageGateway(NOVA);
const withNova = { webSocket: nova.webSocket };

describe("a server that refuses without a word", () => {
  test.each(["token_expired", "token_invalid", "origin_not_allowed", "target_unreachable"] as const)(
    "ends as server_refused after two attempts, where Curfew would say %s",
    async (reason) => {
      nova.clear();
      nova.refuse(reason);
      const authorize = vi.fn<ConsoleOptions["authorize"]>(() => ({ url: "ws://nova/?token=secret" }));
      const { connection, states } = create({ authorize, ...withNova });
      const error = failure(connection.connect());
      await vi.advanceTimersByTimeAsync(400_000);
      expect(await error).toMatchObject({
        code: "not_connected",
        closeInfo: { reason: "server_refused", action: "stop", code: 1006, wasConnected: false },
      });
      expect(authorize.mock.calls.map(([context]) => context.cause?.reason)).toEqual([undefined, "server_refused"]);
      expect(states).toEqual(["connecting", "reconnecting", "connecting", "closed"]);
      expect(nova.sockets).toHaveLength(2);
    },
  );

  test("is not said to refuse after one loss, nor for what a network or a console does", async () => {
    const { connection } = create({ reconnect: () => 0 });
    connection.connect().catch(() => {});
    const attempt = async (act: () => void): Promise<unknown> => {
      await settled();
      gateway.socket.accept("binary");
      act();
      return connection.state;
    };
    const lost = { status: "reconnecting" };
    expect(await attempt(() => gateway.socket.end(1006))).toMatchObject({
      ...lost,
      cause: { reason: "server_refused" },
    });
    gateway.socket.deliver([1]);
    const talks = (): void => (gateway.socket.deliver([1]), gateway.socket.end(1006));
    expect(await attempt(talks)).toMatchObject({ ...lost, cause: { reason: "connection_lost" } });
    expect(await attempt(() => gateway.socket.end(1006))).toMatchObject({
      ...lost,
      cause: { reason: "server_refused" },
    });
    expect(await attempt(talks)).toMatchObject(lost);
    const saysWhy = (): void => gateway.socket.end(1011, "Failed to connect to downstream server");
    expect(await attempt(saysWhy)).toMatchObject({ ...lost, cause: { reason: "connection_lost", code: 1011 } });
    expect(await attempt(saysWhy)).toMatchObject(lost);
    await connection.close();
  });
});

describe("a server without hello", () => {
  test("has accepted a console that writes", async () => {
    const { connection } = create();
    const connecting = connection.connect();
    await settled();
    gateway.socket.accept("binary");
    await vi.advanceTimersByTimeAsync(200);
    expect(connection.state.status).toBe("connecting");
    gateway.socket.deliver([0x0d]);
    await connecting;
    expect(connection.state).toEqual({ status: "connected", session: null });
    await connection.close();
  });

  test("has accepted a silent console that stays open for a while", async () => {
    const { connection } = create();
    const connecting = connection.connect();
    await settled();
    gateway.socket.accept("binary");
    await vi.advanceTimersByTimeAsync(1499);
    expect(connection.state.status).toBe("connecting");
    await vi.advanceTimersByTimeAsync(1);
    await connecting;
    await connection.close();
    expect(vi.getTimerCount()).toBe(0);
  });

  test("says that the machine closed its console", async () => {
    for (const text of ["Target closed", "target_closed"]) {
      const { connection } = create();
      void connection.connect();
      await settled();
      gateway.socket.accept("binary");
      gateway.socket.deliver([1]);
      gateway.socket.end(1000, text);
      expect(connection.state).toMatchObject({
        status: "reconnecting",
        cause: { reason: "target_closed", action: "retry", code: 1000 },
      });
      await connection.close();
    }
  });
});

describe("a session whose end only authorize() knows", () => {
  const authorize = vi.fn<ConsoleOptions["authorize"]>(() => ({ url: "ws://nova/", expiresInMs: 120_000 }));

  /** Connected 2 s after `authorize()` answered. */
  async function open(options: Partial<ConsoleOptions> = {}): Promise<ReturnType<typeof create>> {
    authorize.mockClear();
    const created = create({ authorize, ...options });
    const connecting = created.connection.connect();
    await vi.advanceTimersByTimeAsync(2000);
    gateway.socket.accept("binary");
    gateway.socket.deliver([1]);
    await connecting;
    return created;
  }

  test("has a time left, and warns", async () => {
    const { connection } = await open();
    const warnings: unknown[] = [];
    connection.on("expiring", (warning) => warnings.push(warning));
    const session = { id: null, expiresAt: performance.now() + 118_000, renewable: false };
    expect(connection.state).toMatchObject({ status: "connected", session });
    await vi.advanceTimersByTimeAsync(59_000);
    expect(warnings).toEqual([{ expiresInMs: 59_000, renewable: false }]);
    expect(connection.sendBreak()).toBe(false);
    expect((await failure(connection.renew("t"))).code).toBe("not_renewable");
    await connection.close();
  });

  test.each([
    ["without a reason", 1006, ""],
    ["as if the target had closed", 1000, "Target closed"],
  ] as const)("ends as session_expired when the server cuts it %s, and is not opened again", async (_, code, text) => {
    const { connection, states } = await open();
    await vi.advanceTimersByTimeAsync(118_700);
    gateway.socket.end(code, text);
    expect(connection.state).toMatchObject({
      status: "closed",
      cause: { reason: "session_expired", action: "authorize", code, wasConnected: true },
    });
    await vi.advanceTimersByTimeAsync(400_000);
    expect(authorize).toHaveBeenCalledTimes(1);
    expect(states.at(-1)).toBe("closed");
  });

  test("ends by itself when the server does not cut it", async () => {
    const { connection } = await open();
    await vi.advanceTimersByTimeAsync(120_000);
    expect(connection.state).toMatchObject({ status: "closed", cause: { reason: "session_expired" } });
    expect(gateway.socket.requestedClose?.code).toBe(1000);
  });

  test("is lost, not over, when the connection breaks before", async () => {
    const { connection } = await open();
    await vi.advanceTimersByTimeAsync(60_000);
    gateway.socket.end(1006);
    expect(connection.state).toMatchObject({ status: "reconnecting", cause: { reason: "connection_lost" } });
    await connection.close();
  });

  test("asks once for new access with autoRenew", async () => {
    const { connection } = await open({ autoRenew: true });
    await vi.advanceTimersByTimeAsync(118_000);
    gateway.socket.end(1006);
    await settled();
    expect(authorize).toHaveBeenCalledTimes(2);
    expect(connection.state.status).toBe("connecting");
    await connection.close();
  });

  test("is refused with a clear sentence when the time is none", async () => {
    const { connection } = create({ authorize: () => ({ url: "ws://nova/", expiresInMs: -1 }) });
    expect((await failure(connection.connect())).message).toContain("expiresInMs -1, expected milliseconds from 0");
  });
});
