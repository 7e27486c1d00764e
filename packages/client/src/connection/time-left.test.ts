import { describe, expect, test, vi } from "vitest";
import { connectionFixture, settled } from "../../test/connection-fixture.ts";

const { gateway, create, opened } = connectionFixture();

describe("timeLeft()", () => {
  test("counts down while connected, and is null otherwise", async () => {
    const { connection } = create();
    expect(connection.timeLeft()).toBeNull();
    const connecting = connection.connect();
    await settled();
    gateway.socket.accept();
    gateway.socket.session.hello(10_000);
    await connecting;
    expect(connection.timeLeft()).toBe(10_000);
    await vi.advanceTimersByTimeAsync(4500);
    expect(connection.timeLeft()).toBe(5500);
    await connection.close();
    expect(connection.timeLeft()).toBeNull();
  });

  test("is right at once after the computer slept", async () => {
    const { connection } = await opened({}, 600_000);
    vi.setSystemTime(Date.now() + 500_000);
    expect(connection.timeLeft()).toBe(100_000);
    await connection.close();
  });

  test("is null for a session without an end", async () => {
    const { connection } = await opened({}, null);
    expect(connection.timeLeft()).toBeNull();
    await connection.close();
  });
});

describe("tick", () => {
  test("tells the time left at once, and with each second until none is left", async () => {
    const { connection } = await opened({ warnBeforeMs: 0 }, 2500);
    const ticks: number[] = [];
    connection.on("tick", ({ leftMs }) => ticks.push(leftMs));
    await vi.advanceTimersByTimeAsync(2600);
    expect(ticks).toEqual([2500, 2000, 1000, 0]);
    await connection.close();
  });

  test("follows a renewal, and starts with the connection", async () => {
    const { connection } = create();
    const ticks: number[] = [];
    connection.on("tick", ({ leftMs }) => ticks.push(leftMs));
    const connecting = connection.connect();
    await settled();
    gateway.socket.accept();
    gateway.socket.session.hello(60_000);
    await connecting;
    expect(ticks).toEqual([60_000]);
    void connection.renew("fresh");
    gateway.socket.session.send({ type: "renewed", id: 1, expiresInMs: 90_000 });
    expect(ticks.at(-1)).toBe(90_000);
    await connection.close();
    expect(vi.getTimerCount()).toBe(0);
  });

  test("needs no timer without a listener", async () => {
    const { connection } = await opened({}, 600_000);
    const before = vi.getTimerCount();
    const remove = connection.on("tick", () => {});
    expect(vi.getTimerCount()).toBe(before + 1);
    remove();
    await vi.advanceTimersByTimeAsync(1000);
    expect(vi.getTimerCount()).toBe(before);
    await connection.close();
  });
});

describe("a connection that is silent", () => {
  test("is checked at the next input after 2 s", async () => {
    const { connection } = await opened({ pingIntervalMs: 15_000 });
    const pings = (): number => gateway.socket.controls.filter(({ type }) => type === "ping").length;
    await vi.advanceTimersByTimeAsync(2000);
    connection.channel?.send("a");
    expect(pings()).toBe(0);
    await vi.advanceTimersByTimeAsync(1);
    connection.channel?.send("b");
    connection.channel?.send("c");
    expect(pings()).toBe(1);
    await connection.close();
  });
});

describe("a viewer", () => {
  test("that asks the user stops the clock, which starts anew with the answer", async () => {
    const { connection } = create({ waitForViewer: true, helloTimeoutMs: 3000 });
    connection.connect().catch(() => {});
    await settled();
    gateway.socket.accept();
    gateway.socket.session.hello();
    connection.viewerWaiting();
    await vi.advanceTimersByTimeAsync(599_999);
    expect(connection.state.status).toBe("connecting");
    connection.viewerAnswered();
    await vi.advanceTimersByTimeAsync(3000);
    expect(connection.state).toMatchObject({
      status: "reconnecting",
      cause: { reason: "connect_failed", detail: "the console did not start within 3000 ms" },
    });
    await connection.close();
  });

  test("whose user is away ends the console after 10 minutes, and does not ask again", async () => {
    const { connection } = create({ waitForViewer: true });
    connection.connect().catch(() => {});
    await settled();
    gateway.socket.accept();
    gateway.socket.session.hello(null);
    connection.viewerWaiting();
    await vi.advanceTimersByTimeAsync(600_000);
    const detail = "there was no answer to the viewer's question within 600 s";
    expect(connection.state).toMatchObject({ status: "closed", cause: { reason: "connect_failed", detail } });
  });

  test("of an earlier attempt says nothing about this one", async () => {
    const { connection } = create({ waitForViewer: true });
    void connection.connect();
    await settled();
    const before = connection.channel!;
    gateway.socket.end(1006);
    await vi.advanceTimersByTimeAsync(1000);
    gateway.socket.accept();
    gateway.socket.session.hello();
    connection.viewerReady(before);
    connection.viewerFailed("late", "viewer_failed", { channel: before });
    connection.viewerWaiting(before);
    expect(connection.state.status).toBe("connecting");
    connection.viewerReady(connection.channel!);
    expect(connection.state.status).toBe("connected");
    await connection.close();
  });
});

test("close() in idle says nothing, and await using closes", async () => {
  const { connection, states } = create();
  await connection.close();
  expect(states).toEqual([]);
  expect(connection.state).toEqual({ status: "idle" });
  const { connection: used } = await opened();
  await used[Symbol.asyncDispose]();
  expect(used.state.status).toBe("closed");
});
