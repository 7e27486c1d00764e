import type { ConsoleType } from "@curfew/protocol";
import type { VncSecurityOptions } from "../consoles/rfb/auth-schemes.ts";
import type { AccessOptions } from "../http/access.ts";
import type { TlsMinimum } from "../http/tls/server.ts";
import type { Address } from "../net/address.ts";
import type { TargetTlsOptions } from "../targets/target-tls.ts";
import type { LogLevel, LogTarget } from "../telemetry/log.ts";
import type { NovaRpcOptions } from "../tokens/nova/rpc/options.ts";
import type { AdminConfig } from "./admin.ts";
import type { ClusterConfig } from "./cluster.ts";
import type { TokenSourceConfig, TokenSourceInput } from "./token-source-config.ts";

/**
 * The gateway's configuration after defaults and checks. Names that OpenStack Nova has are Nova's.
 * Times are in seconds here, as an operator writes them; the code behind it counts milliseconds.
 */
export interface Config {
  /** Where browsers connect: WebSocket and the console page. */
  readonly listen: Address;
  /** Unix socket to listen at in place of `listen`; null for none. */
  readonly unix_listen: string | null;
  /** Permissions of that socket, in octal digits. */
  readonly unix_listen_mode: string;
  /** Descriptor of a socket that already listens, in place of `listen`; null for none. */
  readonly listen_fd: number | null;
  /** PEM file with the certificate of the public listener; null for plain HTTP. */
  readonly cert: string | null;
  /** PEM file with the certificate's private key; null when `cert` has that, too. */
  readonly key: string | null;
  /** What the private key is encrypted with; null where it is not. */
  readonly key_password: string | null;
  /** PEM file with the authorities of the certificates that clients need; null where they need none. */
  readonly client_ca: string | null;
  /** Whether a listener with `cert` refuses plain HTTP. */
  readonly ssl_only: boolean;
  /** Folder whose files are served in place of the console page; null for the console page. */
  readonly web: string | null;
  /** What the files begin with that sessions are recorded to; null for no recordings. */
  readonly record: string | null;
  /** Whether a character is printed for each message. */
  readonly traffic: boolean;
  /** How many processes run the sessions. Only the command `curfew serve` can run more than one. */
  readonly workers: number;
  /** Addresses and networks of the reverse proxies and load balancers whose word about their clients counts. */
  readonly trusted_proxies: readonly string[];
  readonly connections: {
    /** How many connections to `listen` a process holds; null for what its descriptors allow. */
    readonly max: number | null;
    /** How many of them may come from one IPv4 address or IPv6 /64; null for half of `max`. */
    readonly max_per_client: number | null;
    /** How many of them may be without a valid token; null for 1024, but at most half of `max`. */
    readonly max_unauthenticated: number | null;
    /** How many of those may come from one IPv4 address or IPv6 /64; null for a quarter of them. */
    readonly max_unauthenticated_per_client: number | null;
    /** How many seconds a connection may be without a valid token or an answered request. */
    readonly unauthenticated_timeout: number;
    /** How many seconds a quiet client is left alone before it is pinged. */
    readonly ping_interval: number;
  };
  readonly access: AccessOptions;
  readonly consoleauth: {
    /** Whether a session ends when its token expires. Off, tokens only gate the opening. */
    readonly enforce_session_timeout: boolean;
    /** Lifetime in seconds of tokens whose issuer or source names none. */
    readonly token_ttl: number;
  };
  readonly sessions: {
    /** How many seconds before the deadline a client is warned; longest first. */
    readonly warn_before: readonly number[];
    /** Longest life of a session in seconds, whatever its token says; null for no such limit. */
    readonly max_duration: number | null;
    /** How many seconds a session may be without user input; null for no limit. */
    readonly idle_timeout: number | null;
    /** How many seconds running sessions get to finish when the gateway stops. */
    readonly drain_timeout: number;
    /** How many sessions may run at once; null for no such limit. */
    readonly max: number | null;
    /** How many of them may come from one IPv4 address or IPv6 /64; null for no such limit. */
    readonly max_per_client: number | null;
    /** How many of them one token may have opened; null for no such limit. */
    readonly max_per_token: number | null;
    /** How many of them may show one virtual machine; null for no such limit. */
    readonly max_per_instance: number | null;
    /** How many of them one user may have; null for no such limit. */
    readonly max_per_user: number | null;
    /**
     * Whether a session above `max_per_instance` or `max_per_user` is refused, or ends the oldest one: at once, or if its
     * user allows it.
     */
    readonly on_limit: "refuse" | "replace" | "ask";
  };
  readonly console: {
    /** Hosts (`host[:port]`) or origins (`https://host[:port]`) of other sites that may open consoles; `:*` is any port. */
    readonly allowed_origins: readonly string[];
    /** The same, for sites that may show the page in a frame, or `*` for all; null for those of `allowed_origins`. */
    readonly frame_ancestors: readonly string[] | null;
    /** The page's `Cross-Origin-Opener-Policy`: whether a site that opened the page in a window can see that window. */
    readonly opener_policy: "same-origin" | "same-origin-allow-popups" | "unsafe-none";
    /** Whether the console page is served. */
    readonly page: boolean;
    /** What the page shows at `/` where the address names no type. */
    readonly start_page: ConsoleType;
    /** Paths, and all below them, where a link may have the page ask for a new token; `/` for every path. */
    readonly renew_paths: readonly string[];
    /** Contact address of the operator (`https:`, `mailto:` or `tel:`), linked from the console page; null for none. */
    readonly contact_url: string | null;
    /** In which direction the console page pastes and copies text. */
    readonly clipboard: "both" | "to-machine" | "from-machine" | "none";
    /** The longest text that the console page pastes or copies, in bytes of UTF-8; null for no limit. */
    readonly clipboard_max_bytes: number | null;
    /** Start of the console URLs that tokens are issued with; null for the listener's own address. */
    readonly base_url: string | null;
    /** The oldest TLS version that clients may use; `default` is Node's. */
    readonly ssl_minimum_version: TlsMinimum;
    /** OpenSSL cipher list for TLS 1.2; null for Node's. */
    readonly ssl_ciphers: string | null;
  };
  readonly targets: {
    /**
     * Networks and ports that may be dialed, such as `10.0.0.0/8:5900-5999` or `[fd00::/8]:5900`, and folders of Unix
     * sockets, such as `unix:/run/consoles/`.
     */
    readonly allow: readonly string[];
    /** How many seconds a target has to accept the connection. */
    readonly connect_timeout: number;
  } & TargetTlsOptions;
  readonly vnc: VncSecurityOptions;
  readonly tokens: {
    /** Where the gateway keeps the tokens that it issues itself. */
    readonly store: "sqlite";
    /** The store's file, or `:memory:`. */
    readonly path: string;
    /** What of a request is its token. */
    readonly from: "request" | "host" | "none";
    /** Where tokens of other systems are looked up, in this order, after the store. */
    readonly sources: readonly TokenSourceConfig[];
  };
  readonly cluster: ClusterConfig;
  readonly nova: {
    /** How many seconds lie between two checks of the rows and instances of running sessions; 0 for no checks. */
    readonly revalidate_interval: number;
    /** Whether nova-compute is asked about each console before it opens, or the database alone decides. */
    readonly validate_console_port: "require" | "skip";
    /** How nova-compute is asked. */
    readonly rpc: NovaRpcOptions;
  };
  readonly admin: AdminConfig;
  readonly audit: {
    /** The file that the audit trail is appended to, `-` for standard output, or `syslog://host:port`; null for none. */
    readonly path: string | null;
    /** Whether a session, a renewal or an order to the admin API that cannot be written down is refused. */
    readonly required: boolean;
  };
  readonly log: {
    /** The least severe level that is logged. */
    readonly level: LogLevel;
  } & LogTarget;
}

/** A configuration as written: everything is optional, addresses are `host:port`. */
export interface ConfigInput {
  readonly listen?: string | undefined;
  readonly unix_listen?: string | null | undefined;
  readonly unix_listen_mode?: string | undefined;
  readonly listen_fd?: number | null | undefined;
  readonly cert?: string | null | undefined;
  readonly key?: string | null | undefined;
  readonly key_password?: string | null | undefined;
  readonly client_ca?: string | null | undefined;
  readonly ssl_only?: boolean | undefined;
  readonly web?: string | null | undefined;
  readonly record?: string | null | undefined;
  readonly traffic?: boolean | undefined;
  readonly workers?: number | undefined;
  readonly trusted_proxies?: readonly string[] | undefined;
  readonly connections?: Partial<Config["connections"]> | undefined;
  readonly access?: Partial<Config["access"]> | undefined;
  readonly consoleauth?: Partial<Config["consoleauth"]> | undefined;
  readonly sessions?: Partial<Config["sessions"]> | undefined;
  readonly console?: Partial<Config["console"]> | undefined;
  readonly targets?: Partial<Config["targets"]> | undefined;
  readonly vnc?: Partial<VncSecurityOptions> | undefined;
  readonly tokens?:
    | (Partial<Omit<Config["tokens"], "sources">> & { readonly sources?: readonly TokenSourceInput[] | undefined })
    | undefined;
  readonly cluster?: Partial<ClusterConfig> | undefined;
  readonly nova?:
    | (Partial<Omit<Config["nova"], "rpc">> & { readonly rpc?: Partial<NovaRpcOptions> | undefined })
    | undefined;
  readonly admin?: (Partial<Omit<AdminConfig, "listen">> & { readonly listen?: string | undefined }) | undefined;
  readonly audit?: Partial<Config["audit"]> | undefined;
  readonly log?: Partial<Config["log"]> | undefined;
}
