import { type ConfigInput, createGateway, createLogger, type Gateway } from "@curfew/proxy";
import { type MessagePort, parentPort } from "node:worker_threads";

/** A request to the thread. */
export type ThreadRequest =
  | { readonly type: "start"; readonly name: string; readonly config: ConfigInput; readonly audited: boolean }
  | { readonly type: "stop"; readonly name: string };

export interface ThreadMessage {
  readonly request: ThreadRequest;
  /** Receives a {@link ThreadReply}. */
  readonly replyTo: MessagePort;
}

/** The address of a started gateway, null after a stop, or an error. */
export type ThreadReply = GatewayAddress | null | Error;

export interface GatewayAddress {
  readonly url: string;
  readonly adminUrl: string;
  readonly adminKey: string;
}

/** The gateways run in a separate thread, so that their metrics report the delay of their own event loop. */
const running = new Map<string, Gateway>();

parentPort?.on("message", (message: ThreadMessage) => void handle(message));

async function handle({ request, replyTo }: ThreadMessage): Promise<void> {
  const done: Promise<ThreadReply> = request.type === "start" ? start(request) : stop(request.name);
  replyTo.postMessage(await done.catch((error: unknown) => error), []);
}

async function start({ name, config, audited }: ThreadRequest & { readonly type: "start" }): Promise<GatewayAddress> {
  // The audit trail is read from the log, from level info on.
  const write = (line: string): void => parentPort?.postMessage(line, []);
  const gateway = createGateway({ config, log: audited ? createLogger("info", { write }) : createLogger("warn") });
  const { url, adminUrl } = await gateway.listen();
  running.set(name, gateway);
  return { url, adminUrl, adminKey: gateway.adminKey };
}

/** Shuts a gateway down as SIGTERM does. */
async function stop(name: string): Promise<null> {
  await running.get(name)?.close();
  running.delete(name);
  return null;
}
