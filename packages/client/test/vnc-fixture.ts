import type { VncOptions } from "../src/views/vnc/options.ts";
import { VncConsole } from "../src/views/vnc/vnc-console.ts";
import type { FakeWebSocket } from "@curfew/testing/in-page";
import { type FakeVnc, speakRfb } from "./fake-vnc.ts";
import { type ViewFixture, viewFixture } from "./view-fixture.ts";

/** What {@link vncFixture} gives to a file of tests. */
export interface VncFixture extends ViewFixture<VncOptions, VncConsole> {
  /** Connected to a fake machine, with a picture of 32 by 16. */
  readonly connected: (options?: Partial<VncOptions>, name?: string) => Promise<{ vnc: VncConsole; machine: FakeVnc }>;
}

/** Accepts a connection as a gateway does, with a machine behind it. */
export async function answer(
  socket: FakeWebSocket,
  password?: Parameters<typeof speakRfb>[1],
  picture?: Parameters<typeof speakRfb>[2],
  name?: string,
): Promise<FakeVnc> {
  await Promise.resolve();
  socket.accept();
  socket.session.hello(60_000);
  return speakRfb(socket, password, picture, name);
}

/** Color of the middle of the picture. */
export async function color(vnc: VncConsole): Promise<number[]> {
  const bitmap = await createImageBitmap(await vnc.screenshot());
  const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext("2d");
  context?.drawImage(bitmap, 0, 0);
  return [...(context?.getImageData(bitmap.width / 2, bitmap.height / 2, 1, 1).data.slice(0, 3) ?? [])];
}

/** A {@link viewFixture} for VNC consoles. */
export function vncFixture(): VncFixture {
  const view = viewFixture(
    { width: 320, height: 160 },
    (target, options: VncOptions) => new VncConsole(target, options),
  );
  const connected = async (
    options: Partial<VncOptions> = {},
    name?: string,
  ): Promise<{ vnc: VncConsole; machine: FakeVnc }> => {
    const vnc = view.create(options);
    const socket = view.nextSocket();
    const connecting = vnc.connect();
    const machine = await answer(await socket, "none", "sent", name);
    await connecting;
    return { vnc, machine };
  };
  return { ...view, connected };
}
