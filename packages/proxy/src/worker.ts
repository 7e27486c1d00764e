import type { Worker } from "node:cluster";
import { LocalControl } from "./control/local-control.ts";
import { CONTROL_ANSWERS, type ControlType } from "./control/control-request.ts";
import type { Config } from "./config/config.ts";
import type { LocalGatewayOptions } from "./gateway-types.ts";
import type { LocalGateway } from "./gateway.ts";
import { MetricsReader } from "./telemetry/metrics-reader.ts";
import { createLogger, openLog } from "./telemetry/log.ts";
import { openTraces } from "./telemetry/traces/open.ts";
import type { Traces } from "./telemetry/traces/traces.ts";
import { TracedGateway } from "./traced-gateway.ts";
import { surviveErrors } from "./telemetry/uncaught-errors.ts";
import { RemoteLimits } from "./limits/remote-limits.ts";
import { hasDescriptorForClient } from "./net/descriptors.ts";
import { closeTokens, type OpenedTokens, openTokensOfWorker } from "./tokens/open.ts";
import { GatewayStopping } from "./tokens/replace-sources.ts";
import { IN_MEMORY } from "./tokens/sqlite/database.ts";
import { EventForwarder } from "./workers/event-forwarder.ts";
import { type Handlers, IpcChannel } from "./workers/ipc-channel.ts";
import type { PrimaryChannel, WorkerAnswers, WorkerRequest } from "./workers/messages.ts";
import { primarySlots } from "./workers/primary-slots.ts";
import { remoteStore, withPeers } from "./workers/remote-store.ts";
import { TakeoverQuestions } from "./workers/takeover-questions.ts";

/** What a worker needs to know from the primary. */
export interface WorkerSettings {
  /** Without the admin key. */
  readonly config: Config;
  /** What all workers encrypt TLS session tickets with, in base64. */
  readonly ticketSecret: string;
  /** Whether clients of the admin API follow what happens. */
  readonly isFollowed: boolean;
  /** Whether the primary has the store of a cluster, in which all sessions count. */
  readonly isClustered: boolean;
  /** Whether the primary asks other gateways for the tokens that they have issued. */
  readonly hasPeers: boolean;
  /** Id of the gateway in the audit trail. */
  readonly gatewayId: string | undefined;
}

/**
 * Runs sessions until the primary orders a drain, or ends. A failure at the start is reported to the primary.
 *
 * @param exit - called once it has disconnected from the primary.
 */
export async function runWorker(worker: Worker, exit: () => void): Promise<void> {
  const leave = (): void => {
    if (worker.isConnected()) worker.disconnect();
    exit();
  };
  const primary: PrimaryChannel<WorkerSettings> = new IpcChannel(worker);
  let close = async (): Promise<void> => {};
  try {
    const settings = await primary.ask({ type: "settings" });
    const log = createLogger(settings.config.log.level, openLog(settings.config.log, true)).child({
      worker: process.pid,
    });
    const tokens = openTokens(primary, settings);
    close = async () => await closeTokens(tokens, log);
    const forwarder = new EventForwarder(settings.isFollowed, {
      responds: async () => await primary.ask({ type: "ping" }),
      send: (batch) => primary.tell({ type: "events", ...batch }),
    });
    const traces = await openTraces(process.env, log);
    const gateway = makeGateway(primary, settings, { log, tokens, traces, observers: [forwarder] });
    close = async () => await gateway.abandon();
    await takeWithdrawals(primary, gateway);
    const metrics = new MetricsReader(gateway.metrics);
    const listening = gateway.listenForBrowsers();
    primary.handle({
      ...controlHandlers(new LocalControl(gateway.sessions)),
      ...gatewayHandlers(gateway, metrics, forwarder),
      drain: ({ timeoutMs }) => {
        // If it cannot listen, that is reported below.
        void listening.then(() => gateway.drain(timeoutMs)).then(leave, ignore);
        return null;
      },
    });
    primary.tell({ type: "listening", url: await listening });
    surviveErrors(log);
    await metrics.load();
  } catch (error) {
    primary.tell({ type: "failed", message: error instanceof Error ? error.message : String(error) });
    // A source that is being connected to would keep the process alive.
    await close();
    leave();
  }
}

/** What else the primary asks of this worker. */
function gatewayHandlers(
  gateway: LocalGateway,
  metrics: MetricsReader,
  forwarder: EventForwarder,
): Omit<Handlers<WorkerRequest, WorkerAnswers>, ControlType | "drain"> {
  const questions = new TakeoverQuestions((...question) => gateway.sessions.askTakeover(...question));
  return {
    ask_takeover: async ({ session, by }) => await questions.ask(session, by),
    withdraw_takeover: ({ session, by }) => {
      questions.withdraw(session, by);
      return null;
    },
    token_ids: () => gateway.sessions.tokenIds,
    foreign_tokens: () => gateway.sessions.foreignTokens,
    metrics: () => metrics.snapshot(),
    reopen: () => {
      gateway.reopenFiles();
      return null;
    },
    reload: async ({ config }) => {
      // A worker that stops has nothing left that it would concern.
      await gateway.reload(config as Config).catch((error: unknown) => {
        if (!(error instanceof GatewayStopping)) throw error;
      });
      return null;
    },
    follow: ({ isActive }) => {
      forwarder.setActive(isActive);
      return null;
    },
    ping: () => (hasDescriptorForClient() ? (gateway.auditProblem ?? null) : "it has too few free file descriptors"),
  };
}

/** How the primary controls the sessions of this worker. */
function controlHandlers(control: LocalControl): Pick<Handlers<WorkerRequest, WorkerAnswers>, ControlType> {
  return {
    list: async (request) => (await CONTROL_ANSWERS.list(control, request)).answer,
    get: async (request) => (await CONTROL_ANSWERS.get(control, request)).answer,
    end: async (request) => {
      // A session has the grant that an earlier message brought only after this turn.
      await new Promise(setImmediate);
      return (await CONTROL_ANSWERS.end(control, request)).answer;
    },
    extend: async (request) => (await CONTROL_ANSWERS.extend(control, request)).answer,
    lock: async (request) => (await CONTROL_ANSWERS.lock(control, request)).answer,
    unlock: async (request) => (await CONTROL_ANSWERS.unlock(control, request)).answer,
  };
}

/** What is in the primary's memory, or in a store that only the primary has a connection to, is asked for there. */
function openTokens(
  primary: PrimaryChannel<WorkerSettings>,
  { config, isClustered, hasPeers }: WorkerSettings,
): OpenedTokens {
  const path = isClustered ? IN_MEMORY : config.tokens.path;
  const options = { ...config.tokens, path, nova: config.nova };
  return openTokensOfWorker(options, remoteStore(primary), hasPeers ? withPeers : undefined);
}

function makeGateway(
  primary: PrimaryChannel<WorkerSettings>,
  { config, ticketSecret, isClustered, gatewayId }: WorkerSettings,
  own: Pick<LocalGatewayOptions, "log" | "tokens" | "observers"> & { readonly traces: Traces | undefined },
): LocalGateway {
  let note: string | null = null;
  const pingPrimary = async (): Promise<void> => {
    note = null;
    note = await primary.ask({ type: "ping" });
  };
  return new TracedGateway(config, {
    ...own,
    limits: (context) => new RemoteLimits(primarySlots(primary), context, isClustered),
    sharesPort: true,
    checks: [
      // Without it, no session could be ended by an operator.
      { name: "primary", source: { health: pingPrimary } },
    ],
    note: () => note ?? undefined,
    gatewayId,
    ticketSecret: Buffer.from(ticketSecret, "base64"),
  });
}

/** Refuses what the primary refuses already. */
async function takeWithdrawals(primary: PrimaryChannel<WorkerSettings>, { sessions }: LocalGateway): Promise<void> {
  const revoked = await primary.ask({ type: "unwritten_revocations" });
  for (const tokenId of revoked) sessions.revoke(tokenId, "the token was revoked");
  for (const lock of await primary.ask({ type: "locks" })) sessions.lock(lock);
}

function ignore(): void {}
