import cluster from "node:cluster";
import { keepHeapSmall } from "./cli/heap.ts";
import { favorEventLoop } from "./cli/helper-threads.ts";
import { exitSoon } from "./exit.ts";
import { ignoreSignals } from "./telemetry/ignored-signals.ts";
import { runWorker } from "./worker.ts";

// A terminal and a service manager signal every process of the gateway; the workers wait for what the primary orders.
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => {});
ignoreSignals();
keepHeapSmall();
favorEventLoop();

if (cluster.worker === undefined) throw new Error("this file is run by `curfew serve --workers`");
await runWorker(cluster.worker, exitSoon);
