import { describe, expect, test, vi } from "vitest";
import { connectionFixture, failure, settled } from "../../test/connection-fixture.ts";
import type { ConsoleOptions } from "./model/options.ts";

const { gateway, create, opened } = connectionFixture();

describe("authorize()", () => {
  test("that never answers fails the attempt after callbackTimeoutMs, and is asked again", async () => {
    const signals: AbortSignal[] = [];
    const authorize = vi.fn<ConsoleOptions["authorize"]>(({ signal }) => {
      signals.push(signal);
      return new Promise(() => {});
    });
    const { connection } = create({ authorize, callbackTimeoutMs: 5000 });
    void connection.connect().catch(() => {});
    await vi.advanceTimersByTimeAsync(4999);
    expect(connection.state.status).toBe("connecting");
    await vi.advanceTimersByTimeAsync(1);
    const detail = "authorize() did not answer within 5000 ms";
    expect(connection.state).toMatchObject({ status: "reconnecting", cause: { reason: "authorize_failed", detail } });
    expect(signals[0]?.aborted).toBe(true);
    await vi.advanceTimersByTimeAsync(1000);
    expect(authorize).toHaveBeenCalledTimes(2);
    await connection.close();
  });

  test("may take its time with callbackTimeoutMs: 0", async () => {
    const { connection } = create({ authorize: () => new Promise(() => {}), callbackTimeoutMs: 0 });
    void connection.connect().catch(() => {});
    await vi.advanceTimersByTimeAsync(3_600_000);
    expect(connection.state.status).toBe("connecting");
    await connection.close();
  });

  test.each([
    ["a status", Object.assign(new Error("HTTP 403"), { status: 403 }), "HTTP 403"],
    ["a statusCode", Object.assign(new Error("gone"), { statusCode: 410 }), "gone"],
    ["a response", Object.assign(new Error("no"), { response: { status: 401 } }), "no"],
    ["a page of HTML", new SyntaxError("Unexpected token '<'"), "Unexpected token '<'"],
  ])("that fails for good with %s is not asked again", async (_name, error, detail) => {
    const { connection, states } = create({ authorize: () => Promise.reject(error) });
    expect(await failure(connection.connect())).toMatchObject({
      code: "authorize_failed",
      closeInfo: { reason: "authorize_failed", action: "stop", detail },
    });
    expect(states).toEqual(["connecting", "closed"]);
  });

  test.each([408, 425, 429, 500, 503])("that fails with HTTP %i is asked again", async (status) => {
    const { connection } = create({ authorize: () => Promise.reject(Object.assign(new Error("later"), { status })) });
    connection.connect().catch(() => {});
    await settled();
    expect(connection.state).toMatchObject({ status: "reconnecting", cause: { reason: "authorize_failed" } });
    await connection.close();
  });

  test("that returns a Response is told so", async () => {
    const { connection } = create({ authorize: () => new Response("<!doctype html>", { status: 403 }) });
    const error = await failure(connection.connect());
    expect(error.message).toContain("returned a Response (HTTP 403)");
    expect(gateway.sockets).toHaveLength(0);
  });
});

describe("renew()", () => {
  test("that never answers fails the renewal, and the next one can succeed", async () => {
    const renew = vi.fn<() => string | Promise<string>>(() => "fresh").mockReturnValueOnce(new Promise(() => {}));
    const { connection } = await opened({ renew, callbackTimeoutMs: 5000 });
    const failed = failure(connection.renew());
    await vi.advanceTimersByTimeAsync(5000);
    expect(await failed).toMatchObject({
      code: "timeout",
      message: "the renew callback did not answer within 5000 ms",
    });
    expect(connection.state).toMatchObject({ session: { renewing: false } });
    const renewed = connection.renew();
    await settled();
    gateway.socket.session.send({ type: "renewed", id: 2, expiresInMs: 900_000 });
    await renewed;
    await connection.close();
  });
});

describe("a token that expired while the connection was lost", () => {
  /** Loses the connection after 20 s, and refuses the next one because the token has expired. */
  async function lose(options: Partial<ConsoleOptions>, expiresInMs: number | null = null) {
    const created = await opened({ reconnect: () => 3000, ...options }, expiresInMs);
    await vi.advanceTimersByTimeAsync(20_000);
    gateway.socket.end(1006);
    await vi.advanceTimersByTimeAsync(3000);
    gateway.socket.accept();
    gateway.socket.session.send({ type: "bye", reason: "token_expired", detail: "access has expired" });
    gateway.socket.end(4101, "token_expired");
    await settled();
    return created;
  }

  test("is said in its own words, not as a link that was opened too late", async () => {
    const { connection } = await lose({});
    expect(connection.state).toMatchObject({
      status: "closed",
      cause: { reason: "access_expired", action: "authorize", code: 4101, detail: "access has expired" },
    });
  });

  test("is replaced by one from renew(), until the console is open again", async () => {
    const renew = vi.fn<NonNullable<ConsoleOptions["renew"]>>(() => "fresh");
    const { connection, states } = await lose({ renew });
    const renewed = vi.fn<(event: unknown) => void>();
    connection.on("renewed", renewed);
    expect(renew).toHaveBeenCalledExactlyOnceWith({
      session: expect.objectContaining({ id: "s1" }) as unknown,
      signal: expect.any(AbortSignal) as unknown,
    });
    // The gateway cannot be reached at first: the token is kept for the next attempt.
    gateway.socket.end(1006);
    await vi.advanceTimersByTimeAsync(3000);
    expect(gateway.socket.offered).toContain("curfew.token.ZnJlc2g");
    gateway.socket.accept();
    gateway.socket.session.hello(600_000);
    expect(connection.state).toMatchObject({ status: "connected" });
    expect(renewed).toHaveBeenCalledExactlyOnceWith({ expiresInMs: 600_000 });
    expect(states).not.toContain("closed");
    gateway.socket.end(1006);
    await vi.advanceTimersByTimeAsync(3000);
    expect(gateway.socket.offered).not.toContain("curfew.token.ZnJlc2g");
    await connection.close();
  });

  test("ends the console when renew() fails, and says why", async () => {
    const { connection } = await lose({ renew: () => Promise.reject(new Error("signed out")) });
    expect(connection.state).toMatchObject({
      status: "closed",
      cause: { reason: "access_expired", detail: "the renew callback failed: signed out" },
    });
  });

  test("is not replaced unasked when the session was over by then", async () => {
    const renew = vi.fn<NonNullable<ConsoleOptions["renew"]>>(() => "fresh");
    const { connection } = await lose({ renew }, 22_000);
    expect(connection.state).toMatchObject({ status: "closed", cause: { reason: "access_expired" } });
    expect(renew).not.toHaveBeenCalled();
  });

  test("is replaced once only", async () => {
    const renew = vi.fn<NonNullable<ConsoleOptions["renew"]>>(() => "fresh");
    const { connection } = await lose({ renew });
    gateway.socket.accept();
    gateway.socket.end(4101, "token_expired");
    expect(connection.state).toMatchObject({ status: "closed", cause: { reason: "access_expired" } });
    expect(renew).toHaveBeenCalledTimes(1);
  });
});

test("a session that ends as token_expired itself was not lost before", async () => {
  const renew = vi.fn<NonNullable<ConsoleOptions["renew"]>>(() => "fresh");
  const { connection } = await opened({ renew });
  gateway.socket.end(4101, "token_expired");
  expect(connection.state).toMatchObject({ status: "closed", cause: { reason: "token_expired" } });
  expect(renew).not.toHaveBeenCalled();
});
