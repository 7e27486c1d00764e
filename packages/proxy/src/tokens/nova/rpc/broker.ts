/** Sends requests to the broker and hands over what comes back. */
export interface Broker {
  /**
   * Waits until the broker is connected.
   *
   * @throws Error when no node of the broker can be reached or it takes no messages at the moment, or when the signal is
   *   aborted.
   */
  ready(signal: AbortSignal): Promise<BrokerLink>;
  /** Closes the connection and removes the queue for answers. */
  close(): Promise<void>;
}

/** One connection, until it is lost. */
export interface BrokerLink {
  /** The queue for answers. */
  readonly replyQueue: string;
  /** @throws Error when the message cannot be sent. */
  publish(message: BrokerMessage): void;
}

/** A message for a queue of the exchange. */
export interface BrokerMessage {
  readonly messageId: string;
  readonly routingKey: string;
  readonly content: Buffer;
  /** Milliseconds after which the broker drops the message if it was not delivered. */
  readonly expiration: number;
}

/** What a broker tells. */
export interface BrokerListener {
  /** A message arrived in the queue for answers. */
  onReply(content: Buffer): void;
  /** No queue takes the message with this id. */
  onReturned(messageId: string): void;
  /** The connection is lost, and with it all answers that are due. */
  onLost(error: Error): void;
}
