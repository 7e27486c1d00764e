import type { FakeWebSocket } from "@curfew/testing/in-page";
import { describe, expect, test } from "vitest";
import { manualSocket } from "../../../test/manual-gateway.ts";
import { ConsoleChannel } from "./channel.ts";

interface Created {
  readonly socket: FakeWebSocket;
  readonly channel: ConsoleChannel;
  readonly calls: string[];
  readonly counted: { received: number; sent: number };
}

function create(): Created {
  const { webSocket, socket } = manualSocket("ws://gateway/ws?token=secret");
  const calls: string[] = [];
  const counted = { received: 0, sent: 0 };
  const channel = new ConsoleChannel(webSocket, {
    opened: () => calls.push("opened"),
    control: (text) => calls.push(`control ${text}`),
    received: (bytes) => void (counted.received += bytes),
    sent: (bytes) => void (counted.sent += bytes),
    closed: (code) => calls.push(`closed ${code}`),
    viewerClosed: () => calls.push("viewerClosed"),
    overflowed: () => calls.push("overflowed"),
    viewerThrew: (error) => calls.push(`viewerThrew ${String(error)}`),
  });
  return { socket, channel, calls, counted };
}

/** By assignment, as noVNC attaches. */
function attachAsNoVnc(channel: ConsoleChannel, into: number[][]): void {
  const onmessage = ({ data }: MessageEvent<ArrayBuffer>): unknown => into.push([...new Uint8Array(data)]);
  Object.assign(channel, { binaryType: "arraybuffer", onmessage });
}

describe("the channel", () => {
  test("has every member that noVNC looks for on the object or its immediate prototype", () => {
    const { channel } = create();
    const names = [...Object.keys(channel), ...Object.getOwnPropertyNames(Object.getPrototypeOf(channel))];
    const required = ["send", "close", "binaryType", "onerror", "onmessage", "onopen", "protocol", "readyState"];
    expect(names).toEqual(expect.arrayContaining(required));
  });

  test("keeps what came before the viewer, and delivers it in order after the viewer's own set-up", async () => {
    const { socket, channel } = create();
    socket.accept();
    socket.deliver([1]);
    socket.deliver([2]);
    const frames: number[][] = [];
    attachAsNoVnc(channel, frames);
    socket.deliver([3]);
    expect(frames).toEqual([]);
    await Promise.resolve();
    socket.deliver([4]);
    expect(frames).toEqual([[1], [2], [3], [4]]);
  });

  test("delivers what is left before it says close", async () => {
    const { socket, channel } = create();
    socket.accept();
    socket.deliver([1]);
    const seen: string[] = [];
    channel.addEventListener("message", () => seen.push("message"));
    channel.addEventListener("close", ({ code, reason }) => seen.push(`close ${code} ${reason}`));
    socket.end(4203, "target_closed");
    await Promise.resolve();
    expect(seen).toEqual(["message", "close 4203 target_closed"]);
    expect(channel.readyState).toBe(channel.CLOSED);
  });

  test("gives up rather than keep more than 8 MiB for a viewer that never comes", () => {
    const { socket, calls } = create();
    socket.accept();
    for (let sent = 0; sent <= 8; sent += 1) socket.deliver(new Uint8Array(1024 * 1024));
    expect(calls).toEqual(["opened", "overflowed"]);
  });

  test.each<[string, (channel: ConsoleChannel, listener: (event: MessageEvent) => void) => void]>([
    ["onmessage", (channel, listener) => Object.assign(channel, { onmessage: listener })],
    ["a listener", (channel, listener) => channel.addEventListener("message", listener)],
    ["a listener object", (channel, handleEvent) => channel.addEventListener("message", { handleEvent } as never)],
  ])("tells the owner when %s throws on a message, and delivers no more", async (_kind, attach) => {
    const { socket, channel, calls } = create();
    socket.accept();
    socket.deliver([1]);
    socket.deliver([2]);
    attach(channel, () => {
      calls.push("message");
      throw new Error("too much");
    });
    await Promise.resolve();
    socket.deliver([3]);
    expect(calls).toEqual(["opened", "message", "viewerThrew Error: too much"]);
  });

  test("lets a viewer detach, and hears it once however often it attached", async () => {
    const { socket, channel } = create();
    const frames: unknown[] = [];
    const listener = ({ data }: MessageEvent): unknown => frames.push(data);
    channel.addEventListener("message", listener);
    channel.addEventListener("message", listener);
    socket.accept();
    await Promise.resolve();
    socket.deliver([1]);
    channel.removeEventListener("message", listener as EventListener);
    socket.deliver([2]);
    expect(frames).toHaveLength(1);
  });

  test("takes text as control on curfew.v1, and as bytes elsewhere", async () => {
    const frames: number[][] = [];
    const first = create();
    attachAsNoVnc(first.channel, frames);
    first.socket.accept("curfew.v1");
    first.socket.deliver("5");
    const second = create();
    attachAsNoVnc(second.channel, frames);
    second.socket.accept("binary");
    await Promise.resolve();
    second.socket.deliver("é");
    expect(first.calls).toEqual(["opened", "control 5"]);
    expect(second.calls).toEqual(["opened"]);
    expect(frames).toEqual([[0xc3, 0xa9]]);
  });

  test("sends strings as UTF-8 bytes, and nothing once closed", () => {
    const { socket, channel } = create();
    socket.accept();
    channel.send("é");
    channel.send(Uint8Array.of(1, 2));
    channel.finish(1000, "");
    channel.send("late");
    expect(socket.sent).toEqual([Uint8Array.of(0xc3, 0xa9), Uint8Array.of(1, 2)]);
  });

  test("counts the console's bytes in both directions, and no control messages", () => {
    const { socket, channel, counted } = create();
    socket.accept();
    socket.deliver([1, 2, 3]);
    socket.deliver("{}");
    channel.send("é");
    channel.send(Uint8Array.of(1, 2).subarray(1));
    channel.send(new Blob(["four"]));
    channel.pause();
    expect(counted).toEqual({ received: 3, sent: 7 });
  });

  test("asks the gateway to pause and to resume, once each", () => {
    const { socket, channel } = create();
    socket.accept();
    expect([channel.pause(), channel.pause()]).toEqual([true, true]);
    expect(socket.controls).toEqual([{ type: "pause" }]);
    channel.resume();
    channel.resume();
    expect(socket.controls).toEqual([{ type: "pause" }, { type: "resume" }]);
  });

  test("cannot ask a server that does not speak curfew.v1, nor one that is gone", () => {
    const plain = create();
    plain.socket.accept("binary");
    expect(plain.channel.pause()).toBe(false);
    plain.channel.resume();
    expect(plain.socket.sent).toEqual([]);
    const ended = create();
    ended.socket.accept();
    ended.channel.pause();
    ended.channel.finish(1000, "");
    ended.channel.resume();
    expect(ended.channel.pause()).toBe(false);
    expect(ended.socket.sent).toHaveLength(1);
  });

  test("asks the gateway to wait for a viewer that comes late, and for one that is slow after that", async () => {
    const { socket, channel } = create();
    socket.accept();
    socket.deliver(new Uint8Array(1024 * 1024));
    expect(socket.controls).toEqual([]);
    socket.deliver([1]);
    expect(socket.controls).toEqual([{ type: "pause" }]);
    channel.addEventListener("message", () => channel.pause());
    await Promise.resolve();
    expect(socket.controls).toEqual([{ type: "pause" }]);
    channel.resume();
    expect(socket.controls).toEqual([{ type: "pause" }, { type: "resume" }]);
  });

  test("hides the query of its address", () => {
    expect(create().channel.url).toBe("ws://gateway/ws");
  });

  test("tells the owner when the viewer closes it, and drops what the server says after its own end", () => {
    const { socket, channel, calls } = create();
    socket.accept();
    channel.close();
    expect(calls).toEqual(["opened", "viewerClosed"]);
    channel.finish(1000, "bye");
    channel.finish(1000, "bye");
    channel.close();
    socket.deliver([1]);
    socket.end(4100);
    expect(calls).toHaveLength(2);
    expect(socket.requestedClose).toEqual({ code: 1000, reason: "bye" });
  });
});
