import type { FakeWebSocket } from "@curfew/testing/in-page";

const ascii = (text: string): number[] => [...new TextEncoder().encode(text)];
const u16 = (value: number): number[] => [value >> 8, value & 255];
const u32 = (value: number): number[] => [...u16(value >>> 16), ...u16(value & 0xffff)];

/** Color of the picture that {@link speakRfb} sends: red, green, blue. */
export const COLOR: readonly [number, number, number] = [200, 30, 60];

/** A monitor of a machine, in pixels. */
export type Monitor = readonly [width: number, height: number];

/** What a fake VNC server heard. */
export interface FakeVnc {
  /** Key events as `[keysym, down]`. */
  readonly keys: [number, boolean][];
  /** Button masks of pointer events. */
  readonly buttons: number[];
  readonly pasted: string[];
  /** The resolutions that were asked for. */
  readonly resized: Monitor[];
  clipboard(text: string): void;
  /** Says that the resolution can be changed (ExtendedDesktopSize). The monitors are side by side. */
  monitors(...monitors: readonly Monitor[]): void;
  /** Reports Caps Lock as QEMU does. */
  capsLock(on: boolean): void;
  /** Sends the picture, if it was held back. */
  paint(): void;
}

/** The pseudo-encoding ExtendedDesktopSize, -308. */
const EXTENDED_DESKTOP_SIZE = [255, 255, 254, 204];
/** QEMU's pseudo-encoding LED State, -261. */
const LED_STATE = [255, 255, 254, 251];

/**
 * Speaks the server's side of RFB 3.8 (RFC 6143) on a fake socket: no authentication, or VNC
 * authentication that accepts or refuses whatever comes; then a one-color picture of 32 by 16 in
 * answer to the first request.
 *
 * @param picture - `held` sends the picture only when the test says so
 */
export function speakRfb(
  socket: FakeWebSocket,
  password: "none" | "accepted" | "refused" = "none",
  picture: "sent" | "held" = "sent",
  name = "fake",
): FakeVnc {
  const keys: [number, boolean][] = [];
  const buttons: number[] = [];
  const pasted: string[] = [];
  const resized: Monitor[] = [];
  let input: number[] = [];
  let phase: "version" | "security" | "response" | "init" | "messages" = "version";
  let painted = false;

  const take = (count: number): number[] | null => (input.length < count ? null : input.splice(0, count));
  const sizes: Record<number, () => number> = {
    0: () => 20,
    2: () => 4 + 4 * (((input[2] ?? 0) << 8) | (input[3] ?? 0)),
    3: () => 10,
    4: () => 8,
    5: () => 6,
    6: () => 8 + (((input[6] ?? 0) << 8) | (input[7] ?? 0)),
    150: () => 10,
    248: () => 9 + (input[8] ?? 0),
    251: () => 8 + 16 * (input[6] ?? 0),
  };
  const paint = (): void => {
    const [red, green, blue] = COLOR;
    const pixels = Array.from({ length: 32 * 16 }, () => [red, green, blue, 0]).flat();
    socket.deliver([0, 0, ...u16(1), ...u16(0), ...u16(0), ...u16(32), ...u16(16), ...u32(0), ...pixels]);
  };
  const message = (bytes: number[]): void => {
    if (bytes[0] === 4) keys.push([((bytes[6] ?? 0) << 8) | (bytes[7] ?? 0), bytes[1] === 1]);
    if (bytes[0] === 5) buttons.push(bytes[1] ?? 0);
    if (bytes[0] === 6) pasted.push(new TextDecoder("latin1").decode(Uint8Array.from(bytes.slice(8))));
    if (bytes[0] === 251) {
      const [, , widthHigh = 0, width = 0, heightHigh = 0, height = 0] = bytes;
      resized.push([(widthHigh << 8) | width, (heightHigh << 8) | height]);
    }
    if (bytes[0] !== 3 || painted || picture === "held") return;
    painted = true;
    paint();
  };
  const advance = (): boolean => {
    if (phase === "version") {
      if (!take(12)) return false;
      phase = "security";
      socket.deliver([1, password === "none" ? 1 : 2]);
    } else if (phase === "security") {
      if (!take(1)) return false;
      phase = password === "none" ? "init" : "response";
      socket.deliver(password === "none" ? u32(0) : Array.from({ length: 16 }, (_, index) => index));
    } else if (phase === "response") {
      if (!take(16)) return false;
      phase = "init";
      socket.deliver(password === "accepted" ? u32(0) : [...u32(1), ...u32(14), ...ascii("wrong password")]);
    } else if (phase === "init") {
      if (!take(1)) return false;
      const format = [32, 24, 0, 1, ...u16(255), ...u16(255), ...u16(255), 16, 8, 0, 0, 0, 0];
      phase = "messages";
      socket.deliver([...u16(32), ...u16(16), ...format, ...u32(name.length), ...ascii(name)]);
    } else {
      const size = sizes[input[0] ?? -1];
      if (input.length > 0 && !size) throw new Error(`unknown message type ${input[0]}`);
      const bytes = size && input.length >= 4 ? take(size()) : null;
      if (!bytes) return false;
      message(bytes);
    }
    return true;
  };

  socket.onsent = (data) => {
    if (typeof data === "string") return;
    // Later, as a network would: noVNC sets its state after it sent.
    queueMicrotask(() => {
      input = [...input, ...data];
      while (advance());
    });
  };
  socket.deliver(ascii("RFB 003.008\n"));
  const clipboard = (text: string): void => socket.deliver([3, 0, 0, 0, ...u32(text.length), ...ascii(text)]);
  let answered = 0;
  const monitors = (...sizes: readonly Monitor[]): void => {
    const width = sizes.reduce((sum, [each]) => sum + each, 0);
    const height = Math.max(...sizes.map(([, each]) => each));
    const screens = sizes.flatMap((size, index) => [...u32(index), ...u32(0), ...size.flatMap(u16), ...u32(0)]);
    // 1: because this client asked for it.
    const reason = resized.length > answered ? 1 : 0;
    answered = resized.length;
    const rectangle = [...u16(reason), ...u16(0), ...u16(width), ...u16(height), ...EXTENDED_DESKTOP_SIZE];
    socket.deliver([0, 0, ...u16(1), ...rectangle, sizes.length, 0, 0, 0, ...screens]);
  };
  const capsLock = (on: boolean): void =>
    socket.deliver([0, 0, ...u16(1), ...Array<number>(8).fill(0), ...LED_STATE, on ? 4 : 0]);
  return { keys, buttons, pasted, resized, clipboard, monitors, paint, capsLock };
}
