import { InPageGateway } from "@curfew/testing/in-page";
import { afterEach, beforeEach, vi } from "vitest";
import { ConsoleConnection } from "../src/connection/connection.ts";
import type { ConsoleError } from "../src/connection/model/errors.ts";
import type { ConsoleOptions } from "../src/connection/model/options.ts";
import { MANUAL } from "./manual-gateway.ts";

/** A connection and the names of the states that it went through. */
export interface Created {
  readonly connection: ConsoleConnection;
  readonly states: string[];
}

/** What {@link connectionFixture} gives to a file of tests. */
export interface ConnectionFixture {
  readonly gateway: InPageGateway;
  readonly create: (options?: Partial<ConsoleOptions>) => Created;
  /** Connected to the fake gateway, with a session that ends in `expiresInMs`. */
  readonly opened: (options?: Partial<ConsoleOptions>, expiresInMs?: number | null) => Promise<Created>;
}

/** Lets promises settle without letting time pass. */
export const settled = (): Promise<unknown> => vi.advanceTimersByTimeAsync(0);

/** The error that a promise rejects with. */
export const failure = (promise: Promise<unknown>): Promise<ConsoleError> =>
  promise.then(
    () => {
      throw new Error("expected a rejection");
    },
    (error: unknown) => error as ConsoleError,
  );

/** Fake time and a fake gateway for every test of the file that calls this. */
export function connectionFixture(): ConnectionFixture {
  const gateway = new InPageGateway(MANUAL);
  beforeEach(() => {
    vi.useFakeTimers();
    vi.stubGlobal("reportError", vi.fn<(error: unknown) => void>());
    gateway.clear();
    gateway.onsocket = undefined;
  });
  afterEach(() => {
    vi.restoreAllMocks();
    vi.unstubAllGlobals();
    vi.useRealTimers();
  });
  const create = (options: Partial<ConsoleOptions> = {}): Created => {
    const connection = new ConsoleConnection({
      authorize: () => ({ url: "ws://gateway/ws?token=secret" }),
      webSocket: gateway.webSocket,
      reconnect: () => 1000,
      pingIntervalMs: 0,
      log: () => {},
      ...options,
    });
    const states: string[] = [];
    connection.on("state", ({ status }) => states.push(status));
    return { connection, states };
  };
  const opened = async (options: Partial<ConsoleOptions> = {}, expiresInMs: number | null = 120_000) => {
    const created = create(options);
    const connecting = created.connection.connect();
    await settled();
    gateway.socket.accept();
    gateway.socket.session.hello(expiresInMs);
    await connecting;
    return created;
  };
  return { gateway, create, opened };
}
