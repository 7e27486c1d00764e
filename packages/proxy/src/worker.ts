import type { Worker } from "node:cluster";
import { sessionView } from "./control/session-view.ts";
import type { Config } from "./config/config.ts";
import { LocalGateway } from "./gateway.ts";
import { endSelected } from "./control/selection.ts";
import { LogDestination } from "./telemetry/log-destination.ts";
import { MetricsReader } from "./telemetry/metrics-reader.ts";
import { createLogger } from "./telemetry/log.ts";
import type { TokenSource } from "./tokens/source.ts";
import { SqliteTokenStore } from "./tokens/sqlite.ts";
import { Channel } from "./workers/channel.ts";
import type { PrimaryChannel } from "./workers/messages.ts";
import { RemoteLimits } from "./workers/remote-limits.ts";

/** Runs sessions until the primary says to drain, or is gone. Whatever fails at the start is told to the primary. */
export async function runWorker(worker: Worker): Promise<void> {
  const primary: PrimaryChannel<Config> = new Channel(worker);
  try {
    const gateway = await makeGateway(primary);
    const { sessions } = gateway;
    const metrics = new MetricsReader(gateway.metrics);
    const listening = gateway.listenForBrowsers();
    primary.handle({
      list: () => sessions.list().map(sessionView),
      get: ({ id }) => {
        const session = sessions.get(id);
        return session === undefined ? null : sessionView(session);
      },
      end: async ({ selection, reason, detail }) => {
        // A grant that arrived with an earlier message is set on its session only after this turn.
        await new Promise(setImmediate);
        return endSelected(sessions, selection, reason, detail);
      },
      metrics: () => metrics.snapshot(),
      drain: ({ timeoutMs }) => {
        // That it cannot listen is told below.
        void listening.then(() => gateway.drain(timeoutMs)).then(() => leave(worker), ignore);
        return null;
      },
    });
    primary.tell({ type: "listening", url: await listening });
  } catch (error) {
    primary.tell({ type: "failed", message: error instanceof Error ? error.message : String(error) });
    leave(worker);
  }
}

async function makeGateway(primary: PrimaryChannel<Config>): Promise<LocalGateway> {
  const config = await primary.ask({ type: "settings" });
  const log = createLogger(config.log.level, new LogDestination(2, { shared: true }));
  return new LocalGateway(config, {
    tokens: config.tokens.path === ":memory:" ? tokensOf(primary) : new SqliteTokenStore(config.tokens.path),
    log: log.child({ worker: process.pid }),
    limits: (context) => new RemoteLimits(primary, context),
  });
}

/** The store in the primary's memory. */
function tokensOf(primary: PrimaryChannel<Config>): TokenSource {
  return {
    resolve: async (token) => (await primary.ask({ type: "resolve", token })) ?? undefined,
    close: async () => {},
  };
}

/** Lets go of the primary; the process then ends, as nothing else holds it. */
function leave(worker: Worker): void {
  if (worker.isConnected()) worker.disconnect();
}

function ignore(): void {}
