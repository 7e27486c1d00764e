/** The part of spice-html5 0.2 that this package uses. No exported type mentions it. */
declare module "@spice-project/spice-html5" {
  /** One channel. */
  interface SpiceConn {
    readonly ws?: WebSocket;
    /** `connecting`, `start`, `link`, `ticket`, `ready`, `error` or `closing`. */
    state: string;
    onerror: ((error: unknown) => void) | undefined;
    /** Sends the password as `rsa_encrypt` returns it. */
    send_ticket(ticket: readonly number[]): void;
    /** Closes the socket and stops the timer of the handshake. */
    cleanup(): void;
  }

  interface SpiceDisplayConn extends SpiceConn {
    /** Drawing surfaces by number. Images that load after {@link SpiceMainConn.stop} look for theirs. */
    surfaces: unknown[] | undefined;
    /** Video streams by number. Images that load look for theirs, too. */
    streams: unknown[] | undefined;
  }

  export class SpiceMainConn implements SpiceConn {
    constructor(options: {
      /** Given to `new WebSocket`. */
      uri: string;
      password: string;
      /** The id of the element that gets the screen. */
      screen_id: string;
      onerror: (error: unknown) => void;
    });
    state: string;
    onerror: ((error: unknown) => void) | undefined;
    readonly display?: SpiceDisplayConn;
    readonly inputs?: SpiceConn;
    send_ticket(ticket: readonly number[]): void;
    /** Opens the other channels when the server lists them. */
    process_channel_message(message: unknown): boolean;
    cleanup(): void;
    /** Ends all channels. */
    stop(): void;
  }
}
