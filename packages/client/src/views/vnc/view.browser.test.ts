import type RFB from "@novnc/novnc";
import { describe, expect, test, vi } from "vitest";
import { manualSocket } from "../../../test/manual-gateway.ts";
import { answer, vncFixture } from "../../../test/vnc-fixture.ts";
import { ConsoleChannel } from "../../connection/channel/channel.ts";
import { CredentialStore } from "./credentials.ts";
import type { VncOptions } from "./options.ts";
import { RfbClient } from "./rfb-client.ts";

const { gateway, target, create, connected, nextSocket } = vncFixture();

describe("how the screen fits into the element", () => {
  const canvas = (): HTMLCanvasElement => {
    const found = target.querySelector("canvas");
    if (!found) throw new Error("no canvas");
    return found;
  };

  test("is scaled, shown pixel by pixel, or cut at the edges, as the view says", async () => {
    const { vnc } = await connected();
    await vi.waitFor(() => expect(canvas().getBoundingClientRect().width).toBe(320));
    vnc.scale = "none";
    expect(canvas().getBoundingClientRect().width).toBe(32);
    target.style.width = "20px";
    vnc.clipViewport = true;
    await vi.waitFor(() => expect(canvas().width).toBe(20));
    vnc.clipViewport = false;
    await vi.waitFor(() => expect(canvas().width).toBe(32));
    target.style.width = "320px";
    await vnc.close();
  });

  test("can be moved under its edges with the pointer, which then does not reach the machine", async () => {
    target.style.width = "20px";
    const { vnc } = await connected({ scale: "none", clipViewport: true, dragViewport: true });
    await vi.waitFor(() => expect(canvas().width).toBe(20));
    const { left, top } = canvas().getBoundingClientRect();
    const drag = (type: string, x: number, buttons: number): boolean =>
      canvas().dispatchEvent(
        new MouseEvent(type, { clientX: left + x, clientY: top + 4, button: 0, buttons, bubbles: true }),
      );
    const before = gateway.socket.sent.length;
    drag("mousedown", 18, 1);
    drag("mousemove", 2, 1);
    drag("mouseup", 2, 0);
    vnc.sendKey(0x61);
    await vi.waitFor(() => expect(gateway.socket.sent.length).toBeGreaterThan(before));
    const pointer = gateway.socket.sent.slice(before).filter((data) => data[0] === 5);
    expect(pointer).toEqual([]);
    target.style.width = "320px";
    await vnc.close();
  });

  test("is drawn so many times in a second, over so many bytes", async () => {
    const { vnc } = await connected();
    await vi.waitFor(() => expect(vnc.statistics().framesPerSecond).toBeGreaterThan(0));
    const { bytesReceived, bytesSent } = vnc.statistics();
    expect(bytesReceived).toBeGreaterThan(32 * 16 * 4);
    expect(bytesSent).toBeGreaterThan(20);
    await vnc.close();
    expect(vnc.statistics()).toEqual({ bytesReceived, bytesSent, roundTripMs: null, framesPerSecond: 0 });
  });
});

describe("the label of the screen", () => {
  const named = async (options: Partial<VncOptions> = {}): Promise<(string | null | undefined)[]> => {
    const { vnc } = await connected(options);
    const canvas = target.querySelector("canvas");
    const name = [canvas?.role, canvas?.ariaLabel];
    await vnc.close();
    return name;
  };

  test("is the label, else that of the element, else none, and then it has no role either", async () => {
    expect(await named()).toEqual([null, null]);
    target.ariaLabel = "Console of web-03";
    expect(await named()).toEqual(["application", "Console of web-03"]);
    expect(await named({ label: "Screen" })).toEqual(["application", "Screen"]);
    target.ariaLabel = null;
  });
});

describe("typing text", () => {
  test("does not go on in another connection", async () => {
    const { vnc, machine } = await connected();
    const typing = vnc.paste("secret", { delayMs: 20 });
    await vi.waitFor(() => expect(machine.keys.length).toBeGreaterThan(0), { interval: 1 });
    const socket = nextSocket();
    gateway.socket.end(1006);
    const next = await answer(await socket);
    await vnc.connect();
    expect(await typing).toBe(false);
    expect(next.keys).toEqual([]);
    await vnc.close();
  });

  test("ends when it is aborted", async () => {
    const { vnc, machine } = await connected();
    const abort = new AbortController();
    const typing = vnc.paste("abc", { delayMs: 60_000, signal: abort.signal });
    await vi.waitFor(() => expect(machine.keys).toHaveLength(2));
    abort.abort();
    expect(await typing).toBe(false);
    expect(machine.keys).toHaveLength(2);
    await vnc.close();
  });
});

describe("full screen", () => {
  test("takes the keys that the browser would keep, gives them back, and ends with the console", async () => {
    let shown: Element | null = null;
    const change = (element: Element | null): void => {
      shown = element;
      document.dispatchEvent(new Event("fullscreenchange"));
    };
    const { keyboard } = navigator as Navigator & { keyboard: { lock(): Promise<void>; unlock(): void } };
    const lock = vi.spyOn(keyboard, "lock").mockImplementation(() => Promise.resolve());
    const unlock = vi.spyOn(keyboard, "unlock").mockImplementation(() => {});
    const element = vi.spyOn(document, "fullscreenElement", "get").mockImplementation(() => shown);
    const enter = vi.spyOn(target, "requestFullscreen").mockImplementation(async () => change(target));
    const exit = vi.spyOn(document, "exitFullscreen").mockImplementation(async () => change(null));
    const { vnc } = await connected();
    await vnc.requestFullscreen();
    expect(lock).toHaveBeenCalledTimes(1);
    await vnc.exitFullscreen();
    expect(unlock).toHaveBeenCalledTimes(1);
    await vnc.exitFullscreen();
    expect(exit).toHaveBeenCalledTimes(1);
    await vnc.requestFullscreen();
    await vnc.close();
    expect(shown).toBeNull();
    expect(unlock).toHaveBeenCalledTimes(2);
    for (const spy of [element, enter, exit, lock, unlock]) spy.mockRestore();
  });

  test("rejects as the browser does when it refuses", async () => {
    await expect(create().requestFullscreen()).rejects.toThrow(TypeError);
  });
});

describe("a server that shows its public key", () => {
  /** RFB in the hands of the test: only what {@link RfbClient} needs for this. */
  class FakeRfb extends EventTarget {
    approved = 0;
    approveServer(): void {
      this.approved += 1;
    }
    disconnect(): void {
      this.dispatchEvent(new Event("disconnect"));
    }
  }
  const publickey = Uint8Array.of(1, 2, 3);
  const show = (
    options: Pick<VncOptions, "onServerVerification">,
  ): { rfb: FakeRfb; told: string[]; client: RfbClient } => {
    const ignore = (): void => {};
    const channel = new ConsoleChannel(manualSocket("ws://x/").webSocket, {
      opened: ignore,
      control: ignore,
      received: ignore,
      sent: ignore,
      closed: ignore,
      viewerClosed: ignore,
      overflowed: ignore,
      viewerThrew: ignore,
    });
    const told: string[] = [];
    const client = new RfbClient(
      FakeRfb as unknown as typeof RFB,
      target,
      channel,
      { label: undefined, credentialStore: new CredentialStore(undefined), ...options },
      {
        ready: ignore,
        waiting: () => told.push("waiting"),
        answered: ignore,
        rejected: ignore,
        failed: (detail) => told.push(detail),
        clipboard: ignore,
        desktopName: ignore,
        power: ignore,
        bell: ignore,
      },
    );
    const rfb = client.rfb as unknown as FakeRfb;
    rfb.dispatchEvent(new CustomEvent("serververification", { detail: { type: "RSA", publickey } }));
    return { rfb, told, client };
  };

  test("gets the client's key, and so goes on, once the page has approved of its own", async () => {
    const approval = Promise.withResolvers<boolean>();
    const onServerVerification = vi.fn<NonNullable<VncOptions["onServerVerification"]>>(() => approval.promise);
    const vnc = create({ onServerVerification });
    const opened = nextSocket();
    vnc.connect().catch(() => {});
    const socket = await opened;
    await Promise.resolve();
    socket.accept();
    socket.session.hello(60_000);
    const sent = (): number => socket.sent.reduce((sum, data) => sum + data.length, 0);
    const key = [0, 0, 4, 0, ...Array.from({ length: 128 }, () => 0xff), ...Array.from({ length: 128 }, () => 1)];
    socket.deliver(new TextEncoder().encode("RFB 003.008\n"));
    await vi.waitFor(() => expect(sent()).toBe(12));
    // The only security type is RA2ne.
    socket.deliver([1, 6]);
    await vi.waitFor(() => expect(sent()).toBe(13));
    socket.deliver(key);
    await vi.waitFor(() => expect(onServerVerification).toHaveBeenCalledTimes(1));
    expect(onServerVerification.mock.calls[0]?.[0]).toMatchObject({ type: "RSA", publicKey: Uint8Array.from(key) });
    expect(sent()).toBe(13);
    approval.resolve(true);
    await vi.waitFor(() => expect(sent()).toBeGreaterThanOrEqual(13 + 4 + 512));
    await vnc.close();
  });

  test("is approved by the page, which gets the fingerprint that other viewers show, without hurry", async () => {
    const onServerVerification = vi.fn<NonNullable<VncOptions["onServerVerification"]>>(() => Promise.resolve(true));
    const { rfb, told } = show({ onServerVerification });
    await vi.waitFor(() => expect(rfb.approved).toBe(1));
    expect(told).toEqual(["waiting"]);
    const identity = {
      type: "RSA",
      publicKey: publickey,
      fingerprint: "70-37-80-71-98-c2-2a-7d",
      sha256: "039058c6f2c0cb492c533b0a4d14ef77cc0f78abccced5287d84a1a2011cfb81",
    };
    expect(onServerVerification).toHaveBeenCalledExactlyOnceWith(identity, {
      signal: expect.any(AbortSignal),
      rejected: false,
    });
  });

  test.each<[string, Pick<VncOptions, "onServerVerification">, string]>([
    ["the page has no callback that asks the user", {}, "the VNC server wants its identity to be verified"],
    ["the page says no", { onServerVerification: () => false }, "the VNC server's identity was not approved"],
    [
      "the page fails",
      { onServerVerification: () => Promise.reject(new Error("no dialog")) },
      "the VNC server's identity was not approved",
    ],
  ])("is left when %s", async (_case, options, detail) => {
    const reported = vi.spyOn(globalThis, "reportError").mockImplementation(() => {});
    const { rfb, told } = show(options);
    await vi.waitFor(() => expect(told.at(-1)).toBe(detail));
    expect(rfb.approved).toBe(0);
    reported.mockRestore();
  });

  test("is not approved once its connection is over, and the page is told to remove the prompt", async () => {
    const approval = Promise.withResolvers<boolean>();
    const onServerVerification = vi.fn<NonNullable<VncOptions["onServerVerification"]>>(() => approval.promise);
    const { rfb, told, client } = show({ onServerVerification });
    await vi.waitFor(() => expect(onServerVerification).toHaveBeenCalled());
    const signal = onServerVerification.mock.calls[0]?.[1].signal;
    expect(signal?.aborted).toBe(false);
    client.remove();
    expect(signal?.aborted).toBe(true);
    approval.resolve(true);
    await approval.promise;
    await Promise.resolve();
    expect(rfb.approved).toBe(0);
    expect(told).toEqual(["waiting"]);
  });
});
