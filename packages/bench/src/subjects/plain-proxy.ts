import { join } from "node:path";
import { PLAIN_UPGRADE } from "../load/client.ts";
import { type Certificate, makeCertificate } from "../machine/certificate.ts";
import { accepts, startChild } from "../machine/child-process.ts";
import { freePort } from "@curfew/testing/real";
import { onProxyCore } from "../machine/pinning.ts";
import type { RunningSubject, Subject } from "./subject.ts";

/** A proxy without tokens: one program, one target. */
export interface PlainProxy extends Pick<Subject, "name" | "description" | "terminatesTls"> {
  /** What clients speak to it. */
  readonly framing: "websocket" | "raw";
  /** The command that runs it. Called for each start, with a certificate if clients connect with TLS. */
  command: (
    listenPort: number,
    targetPort: number,
    folder: string,
    certificate?: Certificate,
  ) => Promise<readonly string[]>;
}

/** Makes a subject of a proxy that is ready once its port accepts connections. */
export function plainProxy({ framing, command, ...rest }: PlainProxy): Subject {
  return {
    ...rest,
    async start(targetPort, folder, tls = false): Promise<RunningSubject> {
      const port = await freePort();
      const certificate = tls ? await makeCertificate(folder) : undefined;
      const pinned = onProxyCore(await command(port, targetPort, folder, certificate));
      const child = await startChild(pinned, join(folder, "stderr.log"));
      await child.until(() => accepts(port));
      const upgrade = framing === "websocket" ? PLAIN_UPGRADE : undefined;
      return {
        pid: child.pid,
        connectOptions: async (count) => Array.from({ length: count }, () => ({ port, upgrade, tls })),
        stop: () => child.stop(),
      };
    },
  };
}
