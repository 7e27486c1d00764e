import type { Socket } from "node:net";
import { clientFrame } from "../../support/client-frames.ts";
import { OPCODE } from "../../support/raw-client.ts";
import { attackInSessions, scenario } from "../scenario.ts";

export const byteByByte = scenario({
  name: "byte-by-byte",
  title: "frames whose every byte is a packet of its own",
  target: "sink",
  async attack(context) {
    const frame = clientFrame(OPCODE.text, JSON.stringify({ type: "ping", id: 1, padding: "x".repeat(100) }));
    return await attackInSessions(context, (socket) => drip(socket.resume(), frame, 0));
  },
});

/** Without Nagle's algorithm each write is a packet. */
function drip(socket: Socket, frame: Buffer, at: number): void {
  if (socket.destroyed || !socket.writable) return;
  socket.write(frame.subarray(at, at + 1));
  setImmediate(drip, socket, frame, (at + 1) % frame.length);
}
