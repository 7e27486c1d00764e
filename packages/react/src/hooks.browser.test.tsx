import { ConsoleConnection } from "@curfew/client";
import { act } from "react";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { AnsweringGateway, mount } from "../test/render.tsx";
import { useConsoleState, useExpiryCountdown, useTimeLeft } from "./index.ts";

let gateway: AnsweringGateway;
let connection: ConsoleConnection;

beforeEach(() => {
  vi.useFakeTimers();
  gateway = new AnsweringGateway();
  connection = new ConsoleConnection({ ...gateway.options, pingIntervalMs: 0 });
});

afterEach(async () => {
  await act(async () => connection.close());
  vi.useRealTimers();
});

const pass = (ms: number): Promise<unknown> => act(async () => vi.advanceTimersByTimeAsync(ms));
const connect = (): Promise<void> => act(async () => connection.connect());

describe("useConsoleState", () => {
  test("is idle without a connection, and follows the one it is given", async () => {
    function State({ of }: { of: ConsoleConnection | null }) {
      return useConsoleState(of).status;
    }
    const page = await mount(<State of={null} />);
    expect(page.element.textContent).toBe("idle");
    await page.render(<State of={connection} />);
    await connect();
    expect(page.element.textContent).toBe("connected");
    act(() => gateway.socket.end(4005, "session_terminated"));
    expect(page.element.textContent).toBe("closed");
    await page.render(<State of={null} />);
    expect(page.element.textContent).toBe("idle");
  });
});

describe("useTimeLeft", () => {
  test("counts whole seconds from the start to the end of a session, and renders for nothing else", async () => {
    gateway.expiresInMs = 3400;
    const seen: (number | null)[] = [];
    function Left({ of }: { of: ConsoleConnection | null }) {
      seen.push(useTimeLeft(of));
      return null;
    }
    const page = await mount(<Left of={null} />);
    await page.render(<Left of={connection} />);
    await connect();
    for (const ms of [399, 1, 999, 1, 999, 1, 999]) await pass(ms);
    act(() => gateway.socket.end(4100, "session_expired"));
    expect(seen.filter((left, index) => left !== seen[index - 1])).toEqual([null, 4, 3, 2, 1, null]);
    const after = seen.length;
    expect(after).toBeLessThanOrEqual(9);
    await pass(5000);
    expect(seen).toHaveLength(after);
  });
});

describe("useExpiryCountdown", () => {
  test("counts whole seconds once a second from the warning to the end, and renders for nothing else", async () => {
    const seen: (number | null)[] = [];
    function Countdown() {
      const left = useExpiryCountdown(connection);
      seen.push(left);
      return left;
    }
    await mount(<Countdown />);
    await connect();
    await pass(5000);
    expect(seen.every((left) => left === null)).toBe(true);
    const before = seen.length;
    expect(before).toBeLessThanOrEqual(3);

    act(() => gateway.socket.session.send({ type: "expiring", expiresInMs: 3400 }));
    for (const ms of [399, 1, 999, 1, 999, 1, 999]) await pass(ms);
    expect(seen.slice(before)).toEqual([4, 3, 2, 1]);
    act(() => gateway.socket.end(4100, "session_expired"));
    expect(seen.at(-1)).toBeNull();
    const after = seen.length;
    await pass(5000);
    expect(seen).toHaveLength(after);
  });

  test("stops counting when the session is renewed", async () => {
    function Countdown() {
      return String(useExpiryCountdown(connection));
    }
    const page = await mount(<Countdown />);
    await connect();
    act(() => gateway.socket.session.send({ type: "expiring", expiresInMs: 10_000 }));
    expect(page.element.textContent).toBe("10");
    await act(async () => {
      const renewing = connection.renew("token");
      gateway.socket.session.send({ type: "renewed", id: 1, expiresInMs: 60_000 });
      await renewing;
    });
    expect(page.element.textContent).toBe("null");
  });
});
