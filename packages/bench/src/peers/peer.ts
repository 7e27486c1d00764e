import type { Entrance } from "../load/client.ts";

/** A proxy that is measured. */
export interface Peer {
  /** As `--peer` and the report name it. */
  readonly name: string;
  /** What it is, for the report. */
  readonly description: string;
  /**
   * Starts it in front of the target.
   * @param folder - where it may write; removed afterwards
   * @param tls - whether clients connect with TLS; only to proxies that `suits` of the measure names
   * @throws Error with its output when it does not start
   */
  start(targetPort: number, folder: string, tls?: boolean): Promise<RunningPeer>;
}

/** A proxy that accepts clients. */
export interface RunningPeer {
  /** The root of its process tree. */
  readonly pid: number;
  /**
   * Ways in for that many sessions; a gateway issues a token for each.
   * @param ttlSeconds - lifetime of the tokens. @defaultValue an hour
   */
  entrances(count: number, ttlSeconds?: (index: number) => number): Promise<Entrance[]>;
  /** Its metrics in Prometheus' text format, where it has some. */
  metrics?(): Promise<string>;
  stop(): Promise<void>;
}
