import { createServer } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { createGateway, type EndReason, SqliteTokenStore, type TokenRequest } from "../../src/index.ts";

/**
 * A gateway in a process of its own, which counts what it holds. Started by `leaks.test.ts` with
 * `--expose-gc`; it must exit by itself once it has drained and its parent has let go of it.
 */
export interface Holdings {
  readonly resources: Readonly<Record<string, number>>;
  readonly listeners: Readonly<Record<string, number>>;
  readonly sessions: number;
  readonly closing: number;
  readonly deadlines: number;
}

/** What the parent can ask for. */
export interface Requests {
  readonly host: () => string;
  readonly token: (request: TokenRequest) => Promise<string>;
  readonly endAll: (reason: Extract<EndReason, "session_terminated">) => number;
  /** After every session is gone and memory was collected. */
  readonly holdings: () => Promise<Holdings>;
  /** Bytes of heap in use, after a collection. */
  readonly heapUsed: () => number;
  readonly drain: () => Promise<void>;
}

const store = new SqliteTokenStore(":memory:");
const proxy = createGateway({
  config: { consoleauth: { enforce_session_timeout: true }, log: { level: "silent" } },
  tokens: store,
});
const server = createServer(proxy.handleRequest);
proxy.attach(server);
server.listen(0, "127.0.0.1");
await once(server, "listening");

const requests: Requests = {
  host: () => `127.0.0.1:${(server.address() as AddressInfo).port}`,
  token: async (request) => (await store.issue(request)).token,
  endAll: (reason) => proxy.sessions.endAll(reason, "the test ends all"),
  holdings: async () => {
    await proxy.sessions.idle();
    // Node gives closed handles back at the end of a turn.
    for (let turn = 0; turn < 3; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    const { size: sessions, closing, deadlines } = proxy.sessions;
    const counts = Object.groupBy(process.getActiveResourcesInfo(), (name) => name);
    return {
      resources: Object.fromEntries(Object.entries(counts).map(([name, list]) => [name, list?.length ?? 0])),
      listeners: Object.fromEntries(
        [process, server].flatMap((emitter, index) =>
          emitter.eventNames().map((name) => [`${index} ${String(name)}`, emitter.listenerCount(name)] as const),
        ),
      ),
      sessions,
      closing,
      deadlines,
    };
  },
  heapUsed: () => {
    for (let times = 0; times < 4; times += 1) globalThis.gc?.();
    return process.memoryUsage().heapUsed;
  },
  drain: async () => {
    await proxy.drain(0);
    server.close();
    server.closeAllConnections();
  },
};

process.on("message", ({ id, name, argument }: { id: number; name: keyof Requests; argument: never }) => {
  void Promise.resolve(requests[name](argument)).then((answer) => process.send?.({ id, answer: answer ?? null }));
});
