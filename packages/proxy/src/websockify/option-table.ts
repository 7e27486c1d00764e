/** An option of websockify 0.13, in the order of its `--help`. */
export interface WebsockifyOption {
  /** As websockify names it. */
  readonly name: `--${string}`;
  readonly short?: `-${string}`;
  /** What follows the option; undefined for one that is only on or off. */
  readonly value?: string;
  /** How its value is read. @defaultValue text */
  readonly kind?: "whole number" | readonly string[];
  /** What it does here. */
  readonly help: string;
}

/** All options of websockify 0.13 (`websocketproxy.py`). */
export const WEBSOCKIFY_OPTIONS: readonly WebsockifyOption[] = [
  { name: "--verbose", short: "-v", help: "log more: log.level debug" },
  { name: "--traffic", help: "print characters for each piece of data that is relayed" },
  { name: "--record", value: "FILE", help: "record sessions to FILE.<session id>" },
  { name: "--daemon", short: "-D", help: "run in the background" },
  { name: "--run-once", help: "serve a single session and exit" },
  { name: "--timeout", value: "TIMEOUT", kind: "whole number", help: "after TIMEOUT seconds, exit when not connected" },
  {
    name: "--idle-timeout",
    value: "TIMEOUT",
    kind: "whole number",
    help: "exit after TIMEOUT seconds without a session",
  },
  { name: "--cert", value: "CERT", help: "certificate for TLS; by default self.pem, if there is one" },
  { name: "--key", value: "KEY", help: "its private key, unless --cert contains it" },
  {
    name: "--key-password",
    value: "KEY_PASSWORD",
    help: "passphrase of the private key",
  },
  { name: "--ssl-only", help: "refuse connections without TLS" },
  { name: "--ssl-target", help: "connect to the target with TLS, and verify its certificate" },
  { name: "--verify-client", help: "require a client certificate" },
  { name: "--cafile", value: "FILE", help: "authorities of client certificates; by default the system's" },
  {
    name: "--ssl-version",
    value: "SSL_VERSION",
    kind: ["default", "tlsv1_1", "tlsv1_2", "tlsv1_3"],
    help: "oldest TLS version; TLS 1.2 at least",
  },
  { name: "--ssl-ciphers", value: "SSL_CIPHERS", help: "OpenSSL cipher list" },
  { name: "--unix-listen", value: "FILE", help: "listen at a Unix socket" },
  { name: "--unix-listen-mode", value: "UNIX_LISTEN_MODE", help: "permissions of that socket; by default 0600" },
  { name: "--unix-target", value: "FILE", help: "connect to a Unix socket" },
  { name: "--inetd", help: "accept connections of the socket that is the standard input" },
  { name: "--web", value: "DIR", help: "serve the files in DIR at the same port" },
  { name: "--web-auth", help: "require authentication for these files, too" },
  {
    name: "--wrap-mode",
    value: "MODE",
    kind: ["exit", "ignore", "respawn"],
    help: "what to do when the wrapped command exits; by default exit",
  },
  { name: "--prefer-ipv6", short: "-6", help: "prefer IPv6 when resolving source_addr" },
  { name: "--libserver", help: "no effect: there is only one engine, and plugins work with it" },
  { name: "--target-config", value: "FILE", help: "deprecated: --token-plugin TokenFile --token-source FILE" },
  { name: "--token-plugin", value: "CLASS", help: "one of websockify's token plugins" },
  { name: "--token-source", value: "ARG", help: "the argument of the token plugin" },
  { name: "--host-token", help: "the name in the Host header is the token" },
  { name: "--auth-plugin", value: "CLASS", help: "one of websockify's auth plugins" },
  { name: "--auth-source", value: "ARG", help: "the argument of the auth plugin" },
  { name: "--heartbeat", value: "INTERVAL", kind: "whole number", help: "ping quiet clients every INTERVAL seconds" },
  { name: "--log-file", value: "FILE", help: "file that log lines are appended to" },
  { name: "--syslog", value: "SERVER", help: "also send log lines to syslog: host:port for UDP, or a Unix socket" },
  { name: "--legacy-syslog", help: "send them in the format of RFC 3164" },
  { name: "--file-only", help: "no directory listings; there never are any" },
];

/** Values of the options, by name. */
export type GivenOptions = ReadonlyMap<string, string | number | true>;
