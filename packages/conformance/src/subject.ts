/** Nova's console proxies, as in `nova-novncproxy` and `nova-serialproxy`. */
export type Service = "novnc" | "serial";

/** The proxy that is checked, and how it is configured: what is absent here is not checked. */
export interface Subject {
  readonly service: Service;
  /** Where it listens, such as `http://127.0.0.1:6080`. */
  readonly url: string;
  /** `[consoleauth] enforce_session_timeout`. */
  readonly enforces: boolean;
  /** A host in `[console] allowed_origins`. */
  readonly allowedOrigin?: string | undefined;
  /**
   * The certificate and the key, as PEM, for servers of the suite that speak VeNCrypt: the proxy has
   * `[vnc] auth_schemes = vencrypt,none`, an authority in `vencrypt_ca_certs` that signed it, and no client certificate.
   */
  readonly vencrypt?: { readonly cert: string; readonly key: string } | undefined;
  /** The proxy has a certificate and serves TLS and plain HTTP at its port; with this `ssl_minimum_version`. */
  readonly tls?: "default" | "tlsv1_3" | undefined;
  /** `[DEFAULT] web` has the file `vnc_lite.html`, and the folder `app` without an `index.html`. */
  readonly web?: boolean | undefined;
  /** What the proxy has logged so far. */
  readonly readLog?: (() => Promise<string>) | undefined;
  /** The proxy ends sessions whose instance or token is deleted, within a few seconds. */
  readonly revalidates?: boolean | undefined;
  /** The proxy trusts `X-Forwarded-Proto` of this machine. */
  readonly trustsForwardedProto?: boolean | undefined;
}

/** Something that a check may need of a {@link Subject}. */
export type Need =
  | "enforces"
  | "doesNotEnforce"
  | "allowedOrigin"
  | "vencrypt"
  | "tls"
  | "tls13"
  | "web"
  | "noWeb"
  | "log"
  | "revalidates"
  | "trustsForwardedProto";

/** Whether a subject has something, and what to say where it has not. */
interface Condition {
  readonly has: (subject: Subject) => boolean;
  readonly missing: string;
}

/** Each need, with what to say where it is missing. */
export const NEEDS: Readonly<Record<Need, Condition>> = {
  enforces: { has: ({ enforces }) => enforces, missing: "needs a proxy with enforce_session_timeout" },
  doesNotEnforce: { has: ({ enforces }) => !enforces, missing: "needs a proxy without enforce_session_timeout" },
  allowedOrigin: { has: ({ allowedOrigin }) => allowedOrigin !== undefined, missing: "needs --allowed-origin" },
  vencrypt: { has: ({ vencrypt }) => vencrypt !== undefined, missing: "needs --vencrypt-cert and --vencrypt-key" },
  tls: { has: ({ tls }) => tls !== undefined, missing: "needs --tls" },
  tls13: { has: ({ tls }) => tls === "tlsv1_3", missing: "needs --tls tlsv1_3" },
  web: { has: ({ web }) => web === true, missing: "needs --web" },
  noWeb: { has: ({ web }) => web !== true, missing: "needs a proxy without web" },
  log: { has: ({ readLog }) => readLog !== undefined, missing: "needs --log" },
  revalidates: { has: ({ revalidates }) => revalidates === true, missing: "needs --revalidates" },
  trustsForwardedProto: {
    has: ({ trustsForwardedProto }) => trustsForwardedProto === true,
    missing: "needs --trusts-forwarded-proto",
  },
};
