import type { ConnectOptions } from "../load/client.ts";

/** The name of the gateway among the subjects. */
export const GATEWAY = "curfew";

/** The relay in C; the CPU usage of the others is given as a multiple of its own. */
export const YARDSTICK = "copy";

/** The yardstick for TLS, which the relay in C does not terminate. */
export const TLS_YARDSTICK = "haproxy";

/** A proxy that is measured. */
export interface Subject {
  /** The name for `--subject` and the report. */
  readonly name: string;
  /** What it is, for the report. */
  readonly description: string;
  /** Whether clients can connect with TLS. @defaultValue false */
  readonly terminatesTls?: boolean;
  /**
   * Starts it in front of the target.
   * @param folder - for its files; removed afterwards
   * @param tls - whether clients connect with TLS
   * @throws Error with its output if it does not start
   */
  start(targetPort: number, folder: string, tls?: boolean): Promise<RunningSubject>;
}

/** A proxy that accepts clients. */
export interface RunningSubject {
  /** The root of its process tree. */
  readonly pid: number;
  /**
   * How clients connect, for `count` sessions. The gateway issues a token for each.
   * @param ttlSeconds - lifetime of the tokens. @defaultValue an hour
   * @param access - of the gateway's tokens. @defaultValue `control`
   */
  connectOptions(
    count: number,
    ttlSeconds?: (index: number) => number,
    access?: "control" | "view",
  ): Promise<ConnectOptions[]>;
  /** Its metrics in the Prometheus text format, if it has any. */
  metrics?(): Promise<string>;
  stop(): Promise<void>;
}
