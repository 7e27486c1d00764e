import type { ParameterSettings, TlsFiles } from "./database-settings.ts";
import { UrlParameters } from "./url-parameters.ts";

/** Parameters of PyMySQL and mysqlclient that change nothing for queries that only read a few columns. */
const WITHOUT_EFFECT = [
  "charset",
  "use_unicode",
  "collation",
  "write_timeout",
  "binary_prefix",
  "local_infile",
  "program_name",
  "autocommit",
  "max_allowed_packet",
  "sql_mode",
  "init_command",
  "client_flag",
  "bind_address",
  "plugin",
];

const SSL_MODES = ["disabled", "preferred", "required", "verify_ca", "verify_identity"] as const;

/** What the query of a MySQL URL says, as PyMySQL takes it. */
export function mysqlSettings(query: URLSearchParams): ParameterSettings {
  const parameters = new UrlParameters(query);
  const settings = {
    socket: parameters.take("unix_socket"),
    connectMs: parameters.takeSeconds("connect_timeout"),
    readMs: parameters.takeSeconds("read_timeout"),
    tls: takeTls(parameters),
  };
  parameters.refuseOthers(WITHOUT_EFFECT);
  return settings;
}

/** Without a certificate authority PyMySQL verifies nothing; with one it also verifies the name, unless told not to. */
function takeTls(parameters: UrlParameters): TlsFiles | undefined {
  const [ca, cert, key] = ["ssl_ca", "ssl_cert", "ssl_key"].map((name) => parameters.take(name));
  const passphrase = parameters.take("ssl_key_password");
  const ciphers = parameters.take("ssl_cipher");
  const checkName = parameters.takeFlag("ssl_check_hostname") ?? parameters.takeFlag("ssl_verify_identity");
  const verifyCert = parameters.takeFlag("ssl_verify_cert");
  const isDisabled = parameters.takeFlag("ssl_disabled");
  const mode = parameters.takeOneOf("ssl_mode", SSL_MODES);
  const isOn = parameters.takeFlag("ssl") === true || [ca, cert, key, ciphers, checkName, verifyCert].some(isGiven);
  if (isDisabled === true || mode === "disabled" || !(isOn || mode !== undefined)) return undefined;
  return {
    ca,
    cert,
    key,
    passphrase,
    ciphers,
    verify: verification({ mode, ca, checkName, verifyCert }),
    optional: mode === "preferred",
  };
}

interface Wanted {
  readonly mode: (typeof SSL_MODES)[number] | undefined;
  readonly ca: string | undefined;
  readonly checkName: boolean | undefined;
  readonly verifyCert: boolean | undefined;
}

function verification({ mode, ca, checkName, verifyCert }: Wanted): TlsFiles["verify"] {
  if (mode === "verify_identity" || checkName === true) return "name";
  if (mode === "verify_ca") return "authority";
  if (verifyCert === false || (ca === undefined && verifyCert !== true)) return "nothing";
  return checkName === false ? "authority" : "name";
}

function isGiven(value: unknown): boolean {
  return value !== undefined;
}
