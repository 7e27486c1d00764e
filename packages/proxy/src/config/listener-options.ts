import * as v from "valibot";
import type { Config } from "./config.ts";
import type { AccessOptions } from "../http/access.ts";
import type { ConfiguredConnectionLimits } from "../limits/connection-limits.ts";
import { group, option, secret } from "./option-schema.ts";
import * as value from "./value-schemas.ts";

type ListenerOptions = Pick<
  Config,
  | "listen"
  | "unix_listen"
  | "unix_listen_mode"
  | "listen_fd"
  | "cert"
  | "key"
  | "key_password"
  | "client_ca"
  | "ssl_only"
>;

/** The options at the top level that say where and how the public listener listens. */
export const listener: {
  readonly [Name in keyof ListenerOptions]: v.GenericSchema<unknown, ListenerOptions[Name]>;
} = {
  listen: option(value.address, "127.0.0.1:6080", "Where browsers connect: WebSocket and the console page."),
  unix_listen: option(
    v.nullable(value.text),
    null,
    "Unix socket where browsers connect, in place of `listen`: for a reverse proxy on the same machine (websockify's option).",
  ),
  unix_listen_mode: option(
    value.fileMode,
    "0600",
    "Permissions of that socket, in octal digits (websockify's option).",
  ),
  listen_fd: option(
    v.nullable(value.descriptor),
    null,
    "Descriptor of a socket that already listens, in place of `listen`: 0 from inetd; by default the one that systemd passes, if any.",
  ),
  cert: option(
    v.nullable(value.pemFile),
    null,
    "PEM file with the certificate chain for browsers; `listen` then speaks https and wss (Nova's option).",
  ),
  key: option(
    v.nullable(value.pemFile),
    null,
    "PEM file with the private key, unless `cert` contains it (Nova's option).",
  ),
  key_password: option(
    v.nullable(secret(value.text)),
    null,
    "Passphrase that the private key is encrypted with (websockify's option).",
  ),
  client_ca: option(
    v.nullable(value.pemFile),
    null,
    "PEM file with authorities: each client of `listen` then needs a certificate that one of them has signed. Needs `cert`.",
  ),
  ssl_only: option(
    value.flag,
    true,
    "With `cert`, refuse plain HTTP. When off, `listen` speaks http and ws at the same port, too (Nova's option).",
  ),
};

/** The options of the group `connections`. */
export const connections: v.GenericSchema<unknown, ConfiguredConnectionLimits & { readonly ping_interval: number }> =
  group({
    max: option(
      v.nullable(value.count),
      null,
      "Maximum number of connections to `listen`, for each process; by default as many as its descriptors allow.",
    ),
    max_per_client: option(
      v.nullable(value.count),
      null,
      "Maximum number of these from one IPv4 address or IPv6 /64; by default half of `connections.max`.",
    ),
    max_unauthenticated: option(
      v.nullable(value.count),
      null,
      "Maximum number of connections without a valid token; by default 1024, but at most half of `connections.max`.",
    ),
    max_unauthenticated_per_client: option(
      v.nullable(value.count),
      null,
      "Maximum number of these from one IPv4 address or IPv6 /64; by default a quarter of `connections.max_unauthenticated`.",
    ),
    unauthenticated_timeout: option(
      value.timerSeconds,
      20,
      "Seconds that a connection may go without a valid token or a completed answer.",
    ),
    ping_interval: option(
      value.timerSeconds,
      30,
      "Seconds after which a quiet client is pinged, so that load balancers keep its connection.",
    ),
  });

/** The options of the group `access`. */
export const access: v.GenericSchema<unknown, AccessOptions> = group({
  basic_auth: option(
    v.nullable(secret(value.userAndPassword)),
    null,
    "`user:password` that clients need besides a token, as HTTP Basic authentication (websockify's BasicHTTPAuth).",
  ),
  origins: option(
    v.nullable(v.array(value.text, "expected a list of origins")),
    null,
    "Origins, compared as text, one of which a client must send, in place of `console.allowed_origins`; `*` allows every client (websockify's ExpectOrigin).",
  ),
  client_names: option(
    v.nullable(v.array(value.text, "expected a list of names")),
    null,
    "Common names, one of which a client's certificate must have (websockify's ClientCertCNAuth). Needs `client_ca`.",
  ),
  page: option(
    value.flag,
    false,
    "Apply these rules to the page or the files of `web`, too (websockify's `--web-auth`).",
  ),
});
