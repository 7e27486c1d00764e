import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { floodUnread, repeated } from "./flood.ts";

/** What the attacker's own console does: drops what it gets, sends without end, or reads nothing. */
export type TargetMode = "sink" | "flood" | "deaf";

/** Starts the console behind the attacker's sessions. @returns its address */
export async function startTarget(mode: TargetMode): Promise<string> {
  const server = createServer((socket: Socket) => {
    socket.on("error", () => {});
    if (mode !== "deaf") socket.resume();
    if (mode === "flood") floodUnread(socket, repeated("flood "));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}
