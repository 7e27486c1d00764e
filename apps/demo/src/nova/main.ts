import { chmod, mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { choosePort } from "../local/free-port.ts";
import { obeyInput } from "../local/obey-input.ts";
import { runUntilStopped, type StopRequest } from "../local/stop-request.ts";
import { makeTemporaryFolder } from "../local/temporary-folder.ts";
import { startCloud } from "./cloud.ts";
import { ConsoleLinks } from "./console-links.ts";
import { baseUrl, type NovaGateway, startGateway } from "./gateway.ts";
import { COMMANDS, runCommand, TOKEN_SECONDS } from "./typed-commands.ts";

/** Nova's own port, and the one that `curfew nova novnc` has for the admin API. */
const PORTS = { listen: 6080, admin: 6081 };

await runUntilStopped(run);

/** Runs the gateway with a cloud of its own until it is asked to stop. @returns the exit status */
async function run(stop: StopRequest): Promise<number> {
  await using started = new AsyncDisposableStack();
  const folder = await makeTemporaryFolder("nova");
  started.defer(() => rm(folder, { recursive: true, force: true }));
  // Servers that run as another user have folders in it.
  await chmod(folder, 0o711);
  process.env["TMPDIR"] = folder;
  const files = join(folder, "gateway");
  await mkdir(files, { mode: 0o700 });
  console.log("Starting MariaDB, RabbitMQ, TigerVNC and the answers of nova-compute. This takes some seconds.");
  const cloud = started.use(await startCloud());
  if (stop.isStopping) return 0;
  const ports = { listen: await choosePort(PORTS.listen), admin: await choosePort(PORTS.admin) };
  const gateway = started.use(await startGateway(files, cloud, ports));
  const links = new ConsoleLinks({ database: cloud.database, port: cloud.consolePort, baseUrl: baseUrl(ports) });
  describe(gateway, await links.issue(TOKEN_SECONDS));
  started.defer(obeyInput(async (line) => await runCommand(line, links), stop));
  const outcome = await Promise.race([stop.requested, gateway.exited]);
  if (outcome === undefined) return 0;
  console.error(`the gateway has exited with status ${outcome}`);
  return 1;
}

function describe({ files }: NovaGateway, link: string): void {
  const { novaConf, curfewYaml, log } = files;
  console.log(`
Running: curfew nova novnc --config-file ${novaConf} --curfew-config ${curfewYaml}
Its log: ${log}
Its sessions: npx pnpm@12 curfew session list --config ${curfewYaml}

Open this link. It is good for ${TOKEN_SECONDS} s, and the session ends with it:

  ${link}

Type a command:

${COMMANDS}
`);
}
