import * as v from "valibot";
import { LOGIN_METHODS, type NovaRpcOptions, RPC_DEFAULTS } from "../tokens/nova/rpc/options.ts";
import { group, option } from "./option-schema.ts";
import * as value from "./value-schemas.ts";

const file = v.nullable(value.pemFile);

/** `nova.rpc`: options of nova.conf by their own names, for asking nova-compute over RabbitMQ. */
export const novaRpc: v.GenericSchema<unknown, NovaRpcOptions> = group({
  control_exchange: option(
    value.text,
    RPC_DEFAULTS.control_exchange,
    "Exchange on which nova-compute listens (`[DEFAULT] control_exchange`).",
  ),
  rpc_response_timeout: option(
    value.timerSeconds,
    RPC_DEFAULTS.rpc_response_timeout,
    "Seconds that an answer may take, at most 9 (`[DEFAULT] rpc_response_timeout`).",
  ),
  upgrade_levels_compute: option(
    value.upgradeLevel,
    RPC_DEFAULTS.upgrade_levels_compute,
    "`auto`, a release or a version such as `6.4` (`[upgrade_levels] compute`); with `auto` the oldest nova-compute decides.",
  ),
  rabbit_login_method: option(
    v.picklist(LOGIN_METHODS, `expected one of ${LOGIN_METHODS.join(", ")}`),
    RPC_DEFAULTS.rabbit_login_method,
    "SASL mechanism: `AMQPLAIN`, `PLAIN`, or `EXTERNAL` for a client certificate.",
  ),
  rabbit_transient_quorum_queue: option(
    value.flag,
    RPC_DEFAULTS.rabbit_transient_quorum_queue,
    "Whether the queue for answers is a quorum queue.",
  ),
  rabbit_transient_queues_ttl: option(
    value.timerSecondsOrZero,
    RPC_DEFAULTS.rabbit_transient_queues_ttl,
    "Seconds after which RabbitMQ deletes a quorum queue that a gateway left behind; 0 means the default.",
  ),
  heartbeat_timeout_threshold: option(
    value.timerSecondsOrZero,
    RPC_DEFAULTS.heartbeat_timeout_threshold,
    "Seconds between heartbeats; without two of them the connection is made anew; 0 for none.",
  ),
  ssl: option(value.flag, RPC_DEFAULTS.ssl, "Whether the connection uses TLS."),
  ssl_ca_file: option(
    file,
    RPC_DEFAULTS.ssl_ca_file,
    "PEM file of the authorities that RabbitMQ's certificate is checked against; without it any certificate is accepted.",
  ),
  ssl_cert_file: option(file, RPC_DEFAULTS.ssl_cert_file, "PEM file of the client's certificate."),
  ssl_key_file: option(file, RPC_DEFAULTS.ssl_key_file, "PEM file of the client's private key."),
  ssl_enforce_hostname_verification: option(
    value.flag,
    RPC_DEFAULTS.ssl_enforce_hostname_verification,
    "Whether the certificate must be for RabbitMQ's host, if it is checked.",
  ),
});
