import { once } from "node:events";
import { chmod, mkdir, rm } from "node:fs/promises";
import { type AddressInfo, createServer } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { startCloud } from "./cloud.ts";
import { ConsoleLinks } from "./console-links.ts";
import { baseUrl, type NovaGateway, startGateway } from "./gateway.ts";
import { makeTemporaryFolder } from "./temporary-folder.ts";
import { COMMANDS, runCommand, TOKEN_SECONDS } from "./typed-commands.ts";

/** Nova's own port, and the one that `curfew nova novnc` has for the admin API. */
const PORTS = { listen: 6080, admin: 6081 };

const { promise: asked, resolve: stop } = Promise.withResolvers<void>();
let isStopping = false;
stopOnSignals();
process.exitCode = await run().catch((error: unknown) => {
  // What was starting when it was to stop has failed for that.
  if (isStopping) return 0;
  console.error(error instanceof Error ? error.message : error);
  return 1;
});

/** Runs the gateway with a cloud of its own until it is asked to stop. @returns the exit status */
async function run(): Promise<number> {
  await using started = new AsyncDisposableStack();
  const folder = await makeTemporaryFolder();
  started.defer(() => rm(folder, { recursive: true, force: true }));
  // Servers that run as another user have folders in it.
  await chmod(folder, 0o711);
  process.env["TMPDIR"] = folder;
  const files = join(folder, "gateway");
  await mkdir(files, { mode: 0o700 });
  console.log("Starting MariaDB, RabbitMQ, TigerVNC and the answers of nova-compute. This takes some seconds.");
  const cloud = started.use(await startCloud());
  if (isStopping) return 0;
  const ports = { listen: await choosePort(PORTS.listen), admin: await choosePort(PORTS.admin) };
  const gateway = started.use(await startGateway(files, cloud, ports));
  const links = new ConsoleLinks({ database: cloud.database, port: cloud.consolePort, baseUrl: baseUrl(ports) });
  describe(gateway, await links.issue(TOKEN_SECONDS));
  const input = obeyInput(links);
  started.defer(() => input.close());
  const outcome = await Promise.race([asked, gateway.exited]);
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

/** Runs the lines of the standard input as commands. */
function obeyInput(links: ConsoleLinks): ReturnType<typeof createInterface> {
  const input = createInterface(process.stdin);
  input.on("line", (line) => {
    runCommand(line, links).then(
      (answer) => (answer === undefined ? stop() : console.log(answer)),
      (error: unknown) => console.error(error instanceof Error ? error.message : error),
    );
  });
  return input;
}

/** A port of 127.0.0.1 that is free: this one, or else any. */
async function choosePort(preferred: number): Promise<number> {
  const probe = createServer();
  probe.listen(preferred, "127.0.0.1");
  const isFree = await once(probe, "listening").then(
    () => true,
    () => false,
  );
  if (!isFree) return await choosePort(0);
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, "close");
  return port;
}

/** The first signal stops everything that was started, and the second one ends this process at once. */
function stopOnSignals(): void {
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(signal, () => {
      if (isStopping) process.exit(1);
      isStopping = true;
      console.log("Stopping.");
      stop();
    });
  }
}
