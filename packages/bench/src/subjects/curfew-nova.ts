import { FALLBACK_SUBPROTOCOL, SUBPROTOCOL } from "@curfew/protocol";
import { NovaDatabase } from "@curfew/conformance/cloud";
import { startMariaDb, startRabbitMq } from "@curfew/testing/real";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { ConnectOptions } from "../load/client.ts";
import { ComputeResponder } from "../load/compute-responder.ts";
import { startChild } from "../machine/child-process.ts";
import { onProxyCore } from "../machine/pinning.ts";
import { LISTENING, MAIN } from "./curfew.ts";

/** The host of all machines, as {@link NovaDatabase} writes it. */
const COMPUTE_HOST = "compute1";

/** Whom the gateway connects to the broker as, so that its connections can be told from the others. */
const BROKER_USER = "gateway";

/** A row's tokens are good for the whole benchmark. */
const HOUR_SECONDS = 3600;

/** A gateway in place of nova-serialproxy, with the servers that it asks. */
export interface RunningNova extends AsyncDisposable {
  readonly pid: number;
  readonly responder: ComputeResponder;
  /** Writes `count` rows for the target as Nova does, and returns how clients connect with them. */
  connectOptions(count: number): Promise<ConnectOptions[]>;
  /** How many connections the gateway has, as the servers tell. */
  connections(): Promise<{ readonly database: number; readonly broker: number }>;
}

/**
 * Starts MariaDB and RabbitMQ, a responder for nova-compute, and `curfew nova serial` with a nova.conf. The proxy for serial
 * consoles relays from the first byte; that for VNC would also measure the handshake with the server.
 *
 * @param targetPort - of the console of all machines.
 */
export async function startNova(targetPort: number, folder: string): Promise<RunningNova> {
  await using started = new AsyncDisposableStack();
  const mariaDb = started.use(await startMariaDb());
  const users = { guest: "guest", [BROKER_USER]: "secret" };
  const rabbitMq = started.use(await startRabbitMq({ users }));
  const database = await NovaDatabase.cell("mysql", mariaDb);
  const broker = `127.0.0.1:${rabbitMq.port}/`;
  const responder = started.use(await ComputeResponder.start(`amqp://guest:guest@${broker}`, COMPUTE_HOST));
  const [novaConf, curfewYaml] = [join(folder, "nova.conf"), join(folder, "nova.yaml")];
  await writeFile(
    novaConf,
    `[DEFAULT]
transport_url = rabbit://${BROKER_USER}:secret@${broker}
[database]
connection = ${database.url("?charset=utf8")}
[serial_console]
serialproxy_host = 127.0.0.1
serialproxy_port = 0
[consoleauth]
enforce_session_timeout = true
`,
  );
  await writeFile(
    curfewYaml,
    `admin: { listen: "127.0.0.1:0" }
connections: { max_per_client: 1000000 }
sessions: { drain_timeout: 0, max_per_token: 1000000 }
`,
  );
  const args = ["nova", "serial", "--config-file", novaConf, "--curfew-config", curfewYaml];
  const child = await startChild(onProxyCore([process.execPath, MAIN, ...args]), join(folder, "nova-stderr.log"));
  started.defer(async () => await child.stop());
  await child.until(() => LISTENING.test(child.stdout()));
  const port = Number(LISTENING.exec(child.stdout())?.[1]);
  const issue = async (): Promise<ConnectOptions> => {
    const expires = Math.floor(Date.now() / 1000) + HOUR_SECONDS;
    const { token } = await database.addToken({ consoleType: "serial", port: targetPort, expires });
    const upgrade = { path: `/?token=${token}`, subprotocols: [FALLBACK_SUBPROTOCOL, SUBPROTOCOL] };
    return { port, upgrade };
  };
  const all = started.move();
  return {
    pid: child.pid,
    responder,
    async connectOptions(count) {
      const options: ConnectOptions[] = [];
      for (let index = 0; index < count; index++) options.push(await issue());
      return options;
    },
    connections: async () => ({
      database: await database.connections(),
      broker: await rabbitMq.connections(BROKER_USER),
    }),
    [Symbol.asyncDispose]: async () => await all.disposeAsync(),
  };
}
