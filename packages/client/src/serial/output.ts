import type { Terminal } from "@xterm/xterm";
import type { ConsoleChannel } from "../channel.ts";

/**
 * Bytes that may wait for xterm.js to parse them before the gateway is asked to pause, and at which
 * it may go on. xterm.js parses about 10 MB in a second: a key pressed in a flood is answered soon.
 */
const HIGH_WATER_BYTES = 512 * 1024;
const LOW_WATER_BYTES = 128 * 1024;
/** xterm.js draws between two writes, never within one. */
const SLICE_BYTES = 32 * 1024;

/**
 * Prints what a channel brings, until it closes. Where the server speaks `curfew.v1` it is asked to
 * pause while xterm.js is behind, which would otherwise give up at 50 MB.
 */
export function printOutput(terminal: Terminal, channel: ConsoleChannel): void {
  let waitingBytes = 0;
  let paused = false;
  const printed = (bytes: number): void => {
    waitingBytes -= bytes;
    if (!paused || waitingBytes > LOW_WATER_BYTES) return;
    paused = false;
    channel.resume();
  };
  channel.addEventListener("message", ({ data }) => {
    const bytes = new Uint8Array(data as ArrayBuffer);
    waitingBytes += bytes.length;
    if (!paused && waitingBytes > HIGH_WATER_BYTES) paused = channel.pause();
    for (let at = 0; at < bytes.length; at += SLICE_BYTES) {
      const slice = bytes.subarray(at, at + SLICE_BYTES);
      terminal.write(slice, () => printed(slice.length));
    }
  });
}
