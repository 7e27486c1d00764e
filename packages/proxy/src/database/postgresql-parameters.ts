import type { ParameterSettings, TlsFiles } from "./database-settings.ts";
import { severalHosts } from "./several-hosts.ts";
import { UrlParameters } from "./url-parameters.ts";

/** Parameters of libpq that change nothing for queries that only read a few columns. */
const WITHOUT_EFFECT = [
  "application_name",
  "fallback_application_name",
  "client_encoding",
  "gssencmode",
  "keepalives",
  "keepalives_idle",
  "keepalives_interval",
  "keepalives_count",
  "target_session_attrs",
  "tcp_user_timeout",
];

const SSL_MODES = ["disable", "allow", "prefer", "require", "verify-ca", "verify-full"] as const;

/** What the query of a PostgreSQL URL says, as libpq takes it. */
export function postgresqlSettings(query: URLSearchParams): ParameterSettings {
  const parameters = new UrlParameters(query);
  const host = parameters.take("host");
  if (host?.includes(",") === true) throw severalHosts(host);
  const isSocket = host?.startsWith("/") === true;
  const settings = {
    ...(host !== undefined && !isSocket && { host }),
    ...(isSocket && { socket: host }),
    connectMs: parameters.takeSeconds("connect_timeout"),
    sessionOptions: parameters.take("options"),
    tls: isSocket ? withoutTls(parameters) : takeTls(parameters),
  };
  parameters.refuseOthers(WITHOUT_EFFECT);
  return settings;
}

/** libpq uses TLS if the server has it, unless told otherwise. */
function takeTls(parameters: UrlParameters): TlsFiles | undefined {
  const mode = parameters.takeOneOf("sslmode", SSL_MODES) ?? "prefer";
  const [ca, cert, key] = ["sslrootcert", "sslcert", "sslkey"].map((name) => parameters.take(name));
  const passphrase = parameters.take("sslpassword");
  if (mode === "disable") return undefined;
  return { ca, cert, key, passphrase, verify: verification(mode, ca), optional: mode === "allow" || mode === "prefer" };
}

/** On a Unix socket there is none, whatever the URL says. */
function withoutTls(parameters: UrlParameters): undefined {
  takeTls(parameters);
}

function verification(mode: (typeof SSL_MODES)[number], ca: string | undefined): TlsFiles["verify"] {
  if (mode === "verify-full") return "name";
  return mode === "verify-ca" || (mode === "require" && ca !== undefined) ? "authority" : "nothing";
}
