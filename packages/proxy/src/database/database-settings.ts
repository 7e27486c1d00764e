/** The databases that are spoken to; MariaDB is `mysql`. */
export type DatabaseSystem = "mysql" | "postgresql";

/** How a connection is encrypted. Files are read when a connection is made, so that renewed ones are used. */
export interface TlsFiles {
  /** PEM files. */
  readonly ca?: string | undefined;
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
  readonly passphrase?: string | undefined;
  /** OpenSSL cipher list. */
  readonly ciphers?: string | undefined;
  /** Whether the server's certificate must come from the authority, and whether it must name the server. */
  readonly verify: "nothing" | "authority" | "name";
  /** Whether a server without TLS is spoken to in plain text. */
  readonly optional: boolean;
}

/** What is read from a database URL. */
export interface DatabaseSettings {
  readonly system: DatabaseSystem;
  readonly host: string;
  readonly port: number;
  /** Path of the server's socket (MySQL), or of the folder that holds it (PostgreSQL); used in place of the host. */
  readonly socket: string | undefined;
  readonly user: string | undefined;
  readonly password: string | undefined;
  readonly database: string;
  /** Undefined for plain text. */
  readonly tls: TlsFiles | undefined;
  /** How long a connection and a query may take, in milliseconds; undefined where the URL does not say. */
  readonly connectMs: number | undefined;
  readonly readMs: number | undefined;
  /** What the server is told about the session, such as `-csearch_path=nova`: PostgreSQL's `options`. */
  readonly sessionOptions: string | undefined;
}

/** The parts of the settings that come from the URL's query. */
export type ParameterSettings = Partial<
  Pick<DatabaseSettings, "host" | "port" | "socket" | "tls" | "connectMs" | "readMs" | "sessionOptions">
>;
