import { type ConfigInput, type Gateway, createGateway, createLogger } from "@curfew/proxy";
import { type MessagePort, parentPort } from "node:worker_threads";

/** What the thread is asked for. */
export type ThreadRequest =
  | { readonly type: "start"; readonly name: string; readonly config: ConfigInput; readonly audited: boolean }
  | { readonly type: "stop"; readonly name: string };

export interface ThreadMessage {
  readonly request: ThreadRequest;
  /** Gets a {@link ThreadReply}. */
  readonly replyTo: MessagePort;
}

/** How a gateway is reached that was started; nothing of one that was stopped; or why it failed. */
export type ThreadReply = GatewayAddress | null | Error;

export interface GatewayAddress {
  readonly url: string;
  readonly adminUrl: string;
  readonly adminKey: string;
}

/** The gateways, in a thread whose event loop is theirs: it is what their metrics tell the delay of. */
const running = new Map<string, Gateway>();

parentPort?.on("message", (message: ThreadMessage) => void answer(message));

async function answer({ request, replyTo }: ThreadMessage): Promise<void> {
  const done: Promise<ThreadReply> = request.type === "start" ? start(request) : stop(request.name);
  replyTo.postMessage(await done.catch((error: unknown) => error), []);
}

async function start({ name, config, audited }: ThreadRequest & { readonly type: "start" }): Promise<GatewayAddress> {
  // The audit trail is in the log, from level info on.
  const write = (line: string): void => parentPort?.postMessage(line, []);
  const proxy = createGateway({ config, log: audited ? createLogger("info", { write }) : createLogger("warn") });
  const { url, adminUrl } = await proxy.listen();
  running.set(name, proxy);
  return { url, adminUrl, adminKey: proxy.adminKey };
}

/** Shuts a gateway down as SIGTERM would. */
async function stop(name: string): Promise<null> {
  await running.get(name)?.close();
  running.delete(name);
  return null;
}
