import { describe, expect, test, vi } from "vitest";
import { connectionFixture, failure, settled } from "../../test/connection-fixture.ts";
import type { CloseInfo } from "./model/close-info.ts";

const { gateway, create, opened } = connectionFixture();

/** The gateway accepts the attempt that is under way. */
async function accept(): Promise<void> {
  await settled();
  gateway.socket.accept();
  gateway.socket.session.hello(60_000);
}

describe("reconnect()", () => {
  test("replaces the connection by one with new access, without the event closed in between", async () => {
    const authorize = vi.fn<() => { url: string }>(() => ({ url: "ws://gateway/ws" }));
    const { connection, states } = await opened({ authorize });
    const closed = vi.fn<(info: CloseInfo) => void>();
    connection.on("closed", closed);
    const before = gateway.socket;
    const again = connection.reconnect();
    expect(before.requestedClose?.code).toBe(1000);
    await accept();
    await again;
    expect(states).toEqual(["connecting", "connected", "reconnecting", "connecting", "connected"]);
    expect(authorize).toHaveBeenCalledTimes(2);
    expect(authorize).toHaveBeenLastCalledWith(
      expect.objectContaining({ attempt: 1, cause: expect.objectContaining({ reason: "client_closed" }) }),
    );
    expect(closed).not.toHaveBeenCalled();
  });

  test("gives an attempt up that is under way, and opens a connection that is closed", async () => {
    const { connection } = create();
    const first = connection.connect();
    await settled();
    const before = gateway.socket;
    const second = connection.reconnect();
    await accept();
    await Promise.all([first, second]);
    expect(before.requestedClose?.code).toBe(1000);
    await connection.close();
    const third = connection.reconnect();
    await accept();
    await third;
    expect(connection.state.status).toBe("connected");
  });

  test("ends a renewal and a ping that are under way", async () => {
    const { connection } = await opened();
    const renewal = failure(connection.renew("fresh"));
    const ping = failure(connection.ping());
    void connection.reconnect().catch(() => {});
    expect((await renewal).code).toBe("aborted");
    expect((await ping).code).toBe("not_connected");
    await connection.close();
  });

  test("is refused once the signal is aborted", async () => {
    const stop = new AbortController();
    const { connection } = await opened({ signal: stop.signal });
    stop.abort();
    expect((await failure(connection.reconnect())).code).toBe("aborted");
    expect(connection.state.status).toBe("closed");
  });
});

describe("ping()", () => {
  test("measures now, also where pings are turned off, with one message for all who ask", async () => {
    const { connection } = await opened({ pingIntervalMs: 0 });
    const both = Promise.all([connection.ping(), connection.ping()]);
    const pings = gateway.socket.controls.filter(({ type }) => type === "ping");
    expect(pings).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(30);
    gateway.socket.session.send({ type: "pong", id: Number(pings[0]?.["id"]) });
    expect(await both).toEqual([30, 30]);
    expect(connection.statistics().roundTripMs).toBe(30);
    // No more are sent.
    await vi.advanceTimersByTimeAsync(60_000);
    expect(gateway.socket.controls.filter(({ type }) => type === "ping")).toHaveLength(1);
  });

  test("fails while not connected and when the connection is lost, and knows nothing of other servers", async () => {
    const { connection } = create();
    expect((await failure(connection.ping())).code).toBe("not_connected");
    const connecting = connection.connect();
    await settled();
    gateway.socket.accept("binary");
    gateway.socket.deliver([1]);
    await connecting;
    expect(await connection.ping()).toBeNull();
    await connection.close();
    const other = await opened();
    const lost = failure(other.connection.ping());
    gateway.socket.end(1006);
    expect((await lost).code).toBe("not_connected");
  });
});

test("a viewer of an earlier attempt cannot end the present one", async () => {
  const { connection } = create({ waitForViewer: true });
  const connecting = connection.connect();
  await accept();
  const before = connection.channel ?? undefined;
  const again = connection.reconnect();
  await accept();
  connection.viewerFailed("too late", "viewer_failed", before ? { channel: before } : {});
  connection.viewerReady(before);
  expect(connection.state.status).toBe("connecting");
  connection.viewerReady(connection.channel ?? undefined);
  await Promise.all([connecting, again]);
});
