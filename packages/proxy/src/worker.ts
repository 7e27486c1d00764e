import type { Worker } from "node:cluster";
import { LocalControl } from "./control/local-control.ts";
import type { Config } from "./config/config.ts";
import type { LocalGatewayOptions } from "./gateway-types.ts";
import { LocalGateway } from "./gateway.ts";
import { MetricsReader } from "./telemetry/metrics-reader.ts";
import { createLogger, openLog } from "./telemetry/log.ts";
import { surviveErrors } from "./telemetry/uncaught-errors.ts";
import { hasDescriptorForClient } from "./net/descriptors.ts";
import { openTokensOfWorker } from "./tokens/open.ts";
import { EventForwarder } from "./workers/event-forwarder.ts";
import { type Handlers, IpcChannel } from "./workers/ipc-channel.ts";
import type { PrimaryChannel, WorkerAnswers, WorkerRequest } from "./workers/messages.ts";
import { RemoteLimits } from "./workers/remote-limits.ts";
import { remoteStore } from "./workers/remote-store.ts";
import { TakeoverQuestions } from "./workers/takeover-questions.ts";

/** What a worker needs to know from the primary. */
export interface WorkerSettings {
  /** Without the admin key. */
  readonly config: Config;
  /** What all workers encrypt TLS session tickets with, in base64. */
  readonly ticketSecret: string;
  /** Whether clients of the admin API follow what happens. */
  readonly isFollowed: boolean;
  /** Id of the gateway in the audit trail. */
  readonly gatewayId: string | undefined;
}

/** Runs sessions until the primary orders a drain, or ends. A failure at the start is reported to the primary. */
export async function runWorker(worker: Worker): Promise<void> {
  const primary: PrimaryChannel<WorkerSettings> = new IpcChannel(worker);
  try {
    const settings = await primary.ask({ type: "settings" });
    const log = createLogger(settings.config.log.level, openLog(settings.config.log, true)).child({
      worker: process.pid,
    });
    const forwarder = new EventForwarder(settings.isFollowed, (batch) => primary.tell({ type: "events", ...batch }));
    const gateway = makeGateway(primary, settings, { log, observers: [forwarder] });
    await takeWithdrawals(primary, gateway);
    const control = new LocalControl(gateway.sessions);
    const questions = new TakeoverQuestions((...question) => gateway.sessions.askTakeover(...question));
    const metrics = new MetricsReader(gateway.metrics);
    const listening = gateway.listenForBrowsers();
    primary.handle({
      ...sessionHandlers(control, gateway.sessions),
      ask_takeover: async ({ session, by }) => await questions.ask(session, by),
      withdraw_takeover: ({ session, by }) => {
        questions.withdraw(session, by);
        return null;
      },
      metrics: () => metrics.snapshot(),
      reopen: () => {
        gateway.reopenFiles();
        return null;
      },
      reload: async ({ config }) => {
        await gateway.reload(config as Config);
        return null;
      },
      follow: ({ isActive }) => {
        forwarder.setActive(isActive);
        return null;
      },
      ping: () => (hasDescriptorForClient() ? (gateway.auditProblem ?? null) : "it has too few free file descriptors"),
      drain: ({ timeoutMs }) => {
        // If it cannot listen, that is reported below.
        void listening.then(() => gateway.drain(timeoutMs)).then(() => leave(worker), ignore);
        return null;
      },
    });
    primary.tell({ type: "listening", url: await listening });
    surviveErrors(log);
    await metrics.load();
  } catch (error) {
    primary.tell({ type: "failed", message: error instanceof Error ? error.message : String(error) });
    leave(worker);
  }
}

/** How the primary controls the sessions of this worker. */
function sessionHandlers(
  control: LocalControl,
  sessions: LocalGateway["sessions"],
): Pick<Handlers<WorkerRequest, WorkerAnswers>, "list" | "get" | "end" | "extend" | "lock" | "unlock"> {
  return {
    list: async ({ page, filter }) => {
      const { sessions, next } = await control.list(page, filter);
      return { sessions, next };
    },
    get: async ({ id }) => (await control.get(id)).session ?? null,
    end: async ({ selection, reason, detail, message }) => {
      // A session has the grant that an earlier message brought only after this turn.
      await new Promise(setImmediate);
      return (await control.end(selection, { reason, detail, message })).ended;
    },
    extend: async ({ id, expiresAt }) => {
      const { session, refused = null } = await control.extend(id, expiresAt);
      return session === undefined ? null : { session, refused };
    },
    lock: ({ lock }) => sessions.lock(lock),
    unlock: ({ id }) => {
      sessions.unlock(id);
      return null;
    },
  };
}

function makeGateway(
  primary: PrimaryChannel<WorkerSettings>,
  { config, ticketSecret, gatewayId }: WorkerSettings,
  own: Required<Pick<LocalGatewayOptions, "log" | "observers">>,
): LocalGateway {
  return new LocalGateway(config, {
    tokens: openTokensOfWorker({ ...config.tokens, nova: config.nova }, remoteStore(primary)),
    ...own,
    limits: (context) => new RemoteLimits(primary, context),
    sharesPort: true,
    gatewayId,
    // Without it, no session could be ended by an operator.
    checks: [{ name: "primary", source: { health: async () => void (await primary.ask({ type: "ping" })) } }],
    ticketSecret: Buffer.from(ticketSecret, "base64"),
  });
}

/** Refuses what the primary refuses already. */
async function takeWithdrawals(primary: PrimaryChannel<WorkerSettings>, { sessions }: LocalGateway): Promise<void> {
  const revoked = await primary.ask({ type: "unwritten_revocations" });
  for (const tokenId of revoked) sessions.revoke(tokenId, "the token was revoked");
  for (const lock of await primary.ask({ type: "locks" })) sessions.lock(lock);
}

/** Disconnects from the primary. The process then exits, because nothing else keeps it alive. */
function leave(worker: Worker): void {
  if (worker.isConnected()) worker.disconnect();
}

function ignore(): void {}
