/** The values of {@link NovaRpcOptions.rabbit_login_method}. */
export const LOGIN_METHODS = ["AMQPLAIN", "PLAIN", "EXTERNAL"] as const;

/**
 * How nova-compute is reached over RabbitMQ. The names, meanings and units are those of nova.conf; an option that the
 * query of the transport URL names comes from there, as in oslo.messaging.
 */
export interface NovaRpcOptions {
  /** `[DEFAULT] control_exchange`: the exchange on which nova-compute listens. */
  readonly control_exchange: string;
  /** `[DEFAULT] rpc_response_timeout`: seconds that an answer may take. The gateway waits for 9 s at most. */
  readonly rpc_response_timeout: number;
  /**
   * `[upgrade_levels] compute`: `auto`, the name of a release, or a version such as `6.4`. With `auto`, the oldest
   * nova-compute service decides.
   */
  readonly upgrade_levels_compute: string;
  /** How the gateway proves who it is to the broker: a SASL mechanism. */
  readonly rabbit_login_method: "AMQPLAIN" | "PLAIN" | "EXTERNAL";
  /** Whether the queue for answers is a quorum queue. */
  readonly rabbit_transient_quorum_queue: boolean;
  /** Seconds after which the broker deletes a queue for answers that a gateway left behind. */
  readonly rabbit_transient_queues_ttl: number;
  /** Seconds between two heartbeats, after two of which without one the broker counts as gone; 0 for no heartbeats. */
  readonly heartbeat_timeout_threshold: number;
  /** Whether the connection uses TLS. */
  readonly ssl: boolean;
  /** PEM file of the authorities that the broker's certificate is checked against. Without it, it is not checked. */
  readonly ssl_ca_file: string | null;
  /** PEM file of the client's certificate. */
  readonly ssl_cert_file: string | null;
  /** PEM file of the client's private key. */
  readonly ssl_key_file: string | null;
  /** Whether the certificate must be for the broker's host, if it is checked. */
  readonly ssl_enforce_hostname_verification: boolean;
}

/** What oslo.messaging and Nova use where nothing is configured. */
export const RPC_DEFAULTS: NovaRpcOptions = {
  control_exchange: "nova",
  rpc_response_timeout: 60,
  upgrade_levels_compute: "auto",
  rabbit_login_method: "AMQPLAIN",
  rabbit_transient_quorum_queue: false,
  rabbit_transient_queues_ttl: 1800,
  heartbeat_timeout_threshold: 60,
  ssl: false,
  ssl_ca_file: null,
  ssl_cert_file: null,
  ssl_key_file: null,
  ssl_enforce_hostname_verification: true,
};
