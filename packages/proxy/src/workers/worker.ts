import type { Worker } from "node:cluster";
import { sessionView } from "../admin/views.ts";
import { Gateway } from "../console-proxy.ts";
import { endSelected } from "../sessions/selection.ts";
import { LogDestination } from "../telemetry/log-destination.ts";
import { createLogger } from "../telemetry/log.ts";
import type { TokenSource } from "../tokens/source.ts";
import { SqliteTokenStore } from "../tokens/sqlite.ts";
import { Channel } from "./channel.ts";
import type { PrimaryAnswers, PrimaryRequest, WorkerAnswers, WorkerRequest } from "./messages.ts";
import { RemoteLimits } from "./remote-limits.ts";

/** In a worker: the primary. */
export type PrimaryChannel = Channel<PrimaryRequest, PrimaryAnswers, WorkerRequest, WorkerAnswers>;

/** Runs sessions until the primary says to drain, or is gone. Whatever fails at the start is told to the primary. */
export async function runWorker(worker: Worker): Promise<void> {
  const primary: PrimaryChannel = new Channel(worker);
  try {
    const gateway = await makeGateway(primary);
    const { sessions, metrics } = gateway;
    const listening = gateway.listenForBrowsers();
    primary.handle({
      list: () => sessions.list().map(sessionView),
      get: ({ id }) => {
        const session = sessions.get(id);
        return session === undefined ? null : sessionView(session);
      },
      end: async ({ selection, reason, detail }) => {
        // A grant that came with a message before this one is its session's only after the turn.
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

async function makeGateway(primary: PrimaryChannel): Promise<Gateway> {
  const config = await primary.ask({ type: "settings" });
  const log = createLogger(config.log.level, new LogDestination(2, { shared: true }));
  return new Gateway(config, {
    tokens: config.tokens.path === ":memory:" ? tokensOf(primary) : new SqliteTokenStore(config.tokens.path),
    log: log.child({ worker: process.pid }),
    limits: (context) => new RemoteLimits(primary, context),
  });
}

/** The store in the primary's memory. */
function tokensOf(primary: PrimaryChannel): TokenSource {
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
