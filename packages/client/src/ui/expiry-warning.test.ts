import { describe, expect, test, vi } from "vitest";
import { connectionFixture, settled } from "../../test/connection-fixture.ts";
import { ExpiryWarning, type ExpiryWarningOptions } from "./expiry-warning.ts";

const { gateway, opened } = connectionFixture();

async function warned(options: Partial<ExpiryWarningOptions> = {}) {
  const { connection } = await opened({ renew: () => new Promise<string>(() => {}) });
  const onChange = vi.fn<() => void>();
  const warning = new ExpiryWarning(connection, { canRenew: () => true, onChange, ...options });
  const expiring = (expiresInMs: number): void => gateway.session.send({ type: "expiring", expiresInMs });
  const renew = async (): Promise<void> => {
    connection.renew("token").catch(() => {});
    await settled();
  };
  return { connection, warning, onChange, expiring, renew };
}

describe("the warning of the end", () => {
  test("comes with the gateway's first warning and remembers how much time was left then", async () => {
    const { warning, onChange, expiring } = await warned();
    expect(warning.phase).toBeUndefined();
    expiring(60_000);
    expect([warning.phase, warning.totalMs]).toEqual(["expiring", 60_000]);
    expect(onChange).toHaveBeenCalled();
    expiring(10_000);
    expect([warning.phase, warning.totalMs]).toEqual(["expiring", 60_000]);
  });

  test("stays hidden by the user until the next warning or the result of a renewal", async () => {
    const { warning, expiring, renew } = await warned();
    expiring(60_000);
    warning.hide();
    expect([warning.phase, warning.shownPhase]).toEqual(["expiring", undefined]);
    expiring(30_000);
    expect(warning.shownPhase).toBe("expiring");
    warning.hide();
    await renew();
    expect(warning.shownPhase).toBeUndefined();
    gateway.session.send({ type: "renew_failed", id: 1, reason: "token_invalid" });
    expect(warning.shownPhase).toBe("renew-failed");
  });

  test("shows a renewal, its success for some seconds, and starts anew after it", async () => {
    const { warning, onChange, expiring, renew } = await warned({ renewedShownMs: 2000 });
    expiring(60_000);
    await renew();
    expect(warning.phase).toBe("renewing");
    gateway.session.send({ type: "renewed", id: 1, expiresInMs: 600_000 });
    expect([warning.phase, warning.totalMs]).toEqual(["renewed", 0]);
    await vi.advanceTimersByTimeAsync(1999);
    expect(warning.phase).toBe("renewed");
    onChange.mockClear();
    await vi.advanceTimersByTimeAsync(1);
    expect(warning.phase).toBeUndefined();
    expect(onChange).toHaveBeenCalledTimes(1);
  });

  test("forgets a failed renewal at the next warning", async () => {
    const { warning, expiring, renew } = await warned();
    expiring(60_000);
    await renew();
    gateway.session.send({ type: "renew_failed", id: 1, reason: "token_invalid" });
    expect(warning.phase).toBe("renew-failed");
    expiring(10_000);
    expect(warning.phase).toBe("expiring");
  });

  test("with automatic renewal comes only when one fails", async () => {
    const { warning, expiring, renew } = await warned({ autoRenew: true });
    expiring(60_000);
    await renew();
    expect(warning.phase).toBeUndefined();
    gateway.session.send({ type: "renew_failed", id: 1, reason: "token_invalid" });
    expect(warning.phase).toBe("renew-failed");
  });

  test("ends with the connection, whose next session begins without one", async () => {
    const { warning, expiring } = await warned();
    expiring(60_000);
    warning.hide();
    gateway.socket.end(1006);
    expect([warning.phase, warning.totalMs]).toEqual([undefined, 0]);
  });

  test("asks whether the user is still there, unless the session ends before that", async () => {
    const { warning, expiring, onChange } = await warned();
    const idle = (endsInMs: number | null): void => gateway.session.send({ type: "idle_warning", endsInMs });
    idle(60_000);
    expect([warning.phase, warning.totalMs, warning.endsAt]).toEqual(["inactive", 60_000, performance.now() + 60_000]);
    warning.hide();
    expect(warning.shownPhase).toBeUndefined();
    onChange.mockClear();
    idle(null);
    expect([warning.phase, onChange.mock.calls.length > 0]).toEqual([undefined, true]);
    idle(60_000);
    expect(warning.shownPhase).toBe("inactive");
    expiring(10_000);
    expect([warning.phase, warning.endsAt]).toEqual(["expiring", performance.now() + 10_000]);
  });

  test("knows why a renewal failed", async () => {
    const { warning, expiring, renew } = await warned();
    expiring(60_000);
    await renew();
    gateway.session.send({
      type: "renew_failed",
      id: 1,
      reason: "forbidden",
      detail: "the token is for another console",
    });
    expect(warning.failure?.message).toBe("the token is for another console");
  });

  test("tells whether the session can be renewed, here and at all", async () => {
    let canRenew = false;
    const { warning } = await warned({ canRenew: () => canRenew });
    expect(warning.renewability).toBe("needsNewAccess");
    canRenew = true;
    expect(warning.renewability).toBe("renewable");
    gateway.session.send({ type: "renewed", id: 9, expiresInMs: 1000, renewable: false });
    expect(warning.renewability).toBe("notRenewable");
  });

  test("follows the connection no more once the signal is aborted", async () => {
    const controller = new AbortController();
    const { onChange, expiring } = await warned({ signal: controller.signal });
    controller.abort();
    expiring(60_000);
    expect(onChange).not.toHaveBeenCalled();
  });
});
