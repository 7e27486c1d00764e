import { connect as connectTcp, type Socket } from "node:net";
import { hasDescriptorForClient } from "../net/descriptors.ts";

/**
 * Tries the public port as a load balancer would.
 *
 * @param url - where it listens, without a path.
 * @param signal - ends the attempt.
 * @param path - the Unix socket where it listens instead.
 * @throws Error when it does not answer.
 */
export async function checkPublicPort(url: string, signal: AbortSignal, path?: string): Promise<void> {
  if (!hasDescriptorForClient()) throw new Error("there are too few free file descriptors");
  const { protocol, hostname, port } = new URL(url);
  const address = { host: hostname.replace(/^\[|\]$/g, ""), port: Number(port) };
  const at = path === undefined ? address : { path };
  const socket = protocol === "https:" ? await connectTls(address) : connectTcp(at);
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  socket
    .once("data", (answer: Buffer) => {
      const [line = ""] = answer.toString("latin1", 0, 64).split("\r\n", 1);
      if (line.startsWith("HTTP/1.1 200 ")) resolve();
      else reject(new Error(`${url} answers "${line}"`));
    })
    .once("error", reject)
    .once("close", () => reject(new Error(`${url} closes connections`)));
  const abort = (): void => reject(signal.reason as Error);
  signal.addEventListener("abort", abort, { once: true });
  socket.write(`GET /healthz HTTP/1.1\r\nHost: ${address.host}\r\nConnection: close\r\n\r\n`);
  try {
    await promise;
  } finally {
    signal.removeEventListener("abort", abort);
    socket.on("error", ignore).destroy();
  }
}

/** TLS is loaded only where it is spoken. The certificate need not be for the address: the gateway asks itself. */
async function connectTls(address: { readonly host: string; readonly port: number }): Promise<Socket> {
  const { connect } = await import("node:tls");
  return connect({ ...address, rejectUnauthorized: false });
}

function ignore(): void {}
