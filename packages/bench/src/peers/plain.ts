import { createServer, type AddressInfo } from "node:net";
import { once } from "node:events";
import { join } from "node:path";
import { type Certificate, makeCertificate } from "../machine/certificate.ts";
import { accepts, startChild } from "../machine/child.ts";
import { onProxyCore } from "../machine/pinning.ts";
import { plainTicket } from "../load/client.ts";
import type { Peer, RunningPeer } from "./peer.ts";

/** A proxy that knows no tokens: one program, one target. */
export interface PlainPeer {
  readonly name: string;
  readonly description: string;
  /** Whether clients speak WebSocket to it, or raw bytes. */
  readonly framing: "websocket" | "raw";
  /** The command that runs it; called anew for each start, with a certificate where clients connect with TLS. */
  command: (
    listenPort: number,
    targetPort: number,
    folder: string,
    certificate?: Certificate,
  ) => Promise<readonly string[]>;
}

/** A proxy that is ready when its port accepts. */
export function plainPeer({ name, description, framing, command }: PlainPeer): Peer {
  return {
    name,
    description,
    async start(targetPort, folder, tls = false): Promise<RunningPeer> {
      const port = await freePort();
      const certificate = tls ? await makeCertificate(folder) : undefined;
      const line = onProxyCore(await command(port, targetPort, folder, certificate));
      const child = await startChild(line, join(folder, "stderr.log"));
      await child.until(() => accepts(port));
      const ticket = framing === "websocket" ? plainTicket : undefined;
      return {
        pid: child.pid,
        entrances: async (count) => Array.from({ length: count }, () => ({ port, ticket, tls })),
        stop: () => child.stop(),
      };
    },
  };
}

/** A port on loopback that nobody listens at. */
export async function freePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, "close");
  return port;
}
