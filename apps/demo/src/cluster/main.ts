import { rm } from "node:fs/promises";
import { obeyInput } from "../local/obey-input.ts";
import { runUntilStopped, type StopRequest } from "../local/stop-request.ts";
import { makeTemporaryFolder } from "../local/temporary-folder.ts";
import { startDashboard } from "../server/dashboard.ts";
import { optionsOrExit } from "../server/options.ts";
import { Cluster } from "./cluster.ts";
import { COMMANDS, runCommand } from "./typed-commands.ts";

const options = optionsOrExit(process.env);
await runUntilStopped(run);

/** Runs the cluster, and the dashboard over it, until it is asked to stop. @returns the exit status */
async function run(stop: StopRequest): Promise<number> {
  await using started = new AsyncDisposableStack();
  const folder = await makeTemporaryFolder("cluster");
  started.defer(() => rm(folder, { recursive: true, force: true }));
  process.env["TMPDIR"] = folder;
  console.log("Starting a store, three gateways and HAProxy. This takes some seconds.");
  let cluster: Cluster | undefined;
  const dashboard = await startDashboard({
    ...options,
    startCluster: async (asked) => (cluster = started.use(await Cluster.start(folder, asked))),
  });
  started.use(dashboard);
  if (cluster === undefined || stop.isStopping) return 0;
  const running: Cluster = cluster;
  describe(dashboard.origin, running.origin);
  started.defer(obeyInput(async (line) => await runCommand(line, running), stop));
  const lost = await Promise.race([stop.requested, running.lost]);
  if (lost === undefined) return 0;
  console.error(`${lost} Nothing can go on without it: start again.`);
  return 1;
}

function describe(dashboard: string, loadBalancer: string): void {
  console.log(`
The dashboard: ${dashboard}
HAProxy, in front of gateway-1, gateway-2 and gateway-3: ${loadBalancer}

Open a machine in the dashboard, and kill or drain its gateway there. Or type a command:

${COMMANDS}
`);
}
