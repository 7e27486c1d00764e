import type { SessionControl } from "../control/session-control.ts";
import type { GatewayStatus } from "../control/status.ts";
import type { EventSink } from "../telemetry/events.ts";
import type { Logger } from "../telemetry/log.ts";
import type { TokenSource } from "../tokens/source.ts";
import type { TokenRecord } from "../tokens/store.ts";

/** What the admin API is made with. */
export interface AdminOptions {
  readonly key: string;
  readonly tokens: TokenSource;
  /** Lifetime in seconds of a token whose request names none. */
  readonly tokenTtl: number;
  readonly control: SessionControl;
  readonly status: GatewayStatus;
  readonly events: EventSink;
  readonly log: Logger;
  readonly consoleUrl: (token: string, record: TokenRecord) => string;
}
