import type { ConsoleConnection } from "../connection/connection.ts";
import type { ConsoleState } from "../connection/model/state.ts";

/** What all views do with their connection. */
export abstract class ConnectedView {
  /** The console's connection. */
  abstract readonly connection: ConsoleConnection;

  /** See {@link ConsoleConnection.state}. */
  get state(): ConsoleState {
    return this.connection.state;
  }

  /** See {@link ConsoleConnection.connect}. */
  abstract connect(): Promise<void>;

  /** See {@link ConsoleConnection.reconnect}. */
  reconnect(): Promise<void> {
    return this.connection.reconnect();
  }

  /** See {@link ConsoleConnection.renew}. */
  renew(token?: string): Promise<void> {
    return this.connection.renew(token);
  }

  /** See {@link ConsoleConnection.ping}. */
  ping(): Promise<number | null> {
    return this.connection.ping();
  }

  /** See {@link ConsoleConnection.close}. */
  close(): Promise<void> {
    return this.connection.close();
  }
}
