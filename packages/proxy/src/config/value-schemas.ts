import * as v from "valibot";
import { parseAddress, type Address } from "../net/address.ts";
import { parseEndpoint } from "../net/endpoint.ts";
import { checkSyslogServer } from "../telemetry/syslog/syslog.ts";
import { AllowList } from "../net/allow-list.ts";
import { parseAllowedOrigin, parseFrameAncestor } from "../net/origin.ts";
import { TrustedProxies } from "../net/trusted-proxies.ts";
import { syslogServer } from "../telemetry/audit/syslog.ts";
import { parseDatabaseUrl } from "../database/database-url.ts";
import { checkUpgradeLevel } from "../tokens/nova/rpc/compute-target.ts";
import { parseTransportUrl } from "../tokens/nova/rpc/transport-url.ts";
import { MAX_LIFETIME_SECONDS } from "../tokens/store.ts";

/** The longest time that a Node timer can count; with more it would fire at once. */
const MAX_TIMER_SECONDS = 24 * 24 * 60 * 60;

/** More than any machine has cores, but few enough that a typing error does not fill its memory. */
const MAX_WORKERS = 256;

const number = v.pipe(v.number("expected a number of seconds"), v.finite("expected a finite number of seconds"));
const timer = v.pipe(number, v.maxValue(MAX_TIMER_SECONDS, `expected at most ${MAX_TIMER_SECONDS} seconds (24 days)`));
const counted = "expected a whole number of 1 or more";

export const flag: v.GenericSchema<boolean> = v.boolean("expected true or false");

export const text: v.GenericSchema<string> = v.pipe(
  v.string("expected a string"),
  v.nonEmpty("expected a string that is not empty"),
);

/** A user name or password that is sent with its length in front. */
export function credential(maxBytes: number): v.GenericSchema<string> {
  return v.pipe(text, v.maxBytes(maxBytes, `expected at most ${maxBytes} bytes`));
}

/** A bearer key: long enough that it cannot be guessed, and of characters that a header can carry (RFC 6750). */
export const bearerKey: v.GenericSchema<string> = v.pipe(
  v.string("expected a string"),
  v.regex(/^[\x21-\x7e]{16,256}$/, "expected 16 to 256 ASCII characters without spaces"),
);

/** A whole number of 1 or more. */
export const count: v.GenericSchema<number> = v.pipe(v.number(counted), v.safeInteger(counted), v.minValue(1, counted));

export const workers: v.GenericSchema<number> = v.pipe(
  count,
  v.maxValue(MAX_WORKERS, `expected at most ${MAX_WORKERS} workers`),
);

/** Seconds that a timer counts, 0 included. */
export const timerSecondsOrZero: v.GenericSchema<number> = v.pipe(timer, v.minValue(0, "expected 0 seconds or more"));

/** Seconds that a timer counts. */
export const timerSeconds: v.GenericSchema<number> = v.pipe(timer, v.gtValue(0, "expected more than 0 seconds"));

/** The lifetime of a token or a session, in seconds. */
export const lifetimeSeconds: v.GenericSchema<number> = v.pipe(
  number,
  v.gtValue(0, "expected more than 0 seconds"),
  v.maxValue(MAX_LIFETIME_SECONDS, `expected at most ${MAX_LIFETIME_SECONDS} seconds (100 years)`),
);

/** `host:port` or a path. */
export const logServer: v.GenericSchema<string> = v.pipe(text, v.rawCheck(reject(checkSyslogServer)));

/** Permissions in octal digits, such as 0600. */
export const fileMode: v.GenericSchema<string> = v.pipe(
  v.string('expected octal digits in quotes such as "0600"'),
  v.regex(/^0*[0-7]{1,3}$/, "expected octal digits such as 0600"),
);

/** A file descriptor. */
export const descriptor: v.GenericSchema<number> = v.pipe(
  v.number("expected the number of a file descriptor"),
  v.safeInteger("expected the number of a file descriptor"),
  v.minValue(0, "expected the number of a file descriptor"),
);

/** A user name and a password; only the password may contain a colon (RFC 7617). */
export const userAndPassword: v.GenericSchema<string> = v.pipe(
  v.string("expected user:password"),
  v.regex(/^[^:]*:/, "expected user:password"),
);

/** `host:port`, `tls://host:port` or `unix:/path`. */
export const endpoint: v.GenericSchema<string> = v.pipe(text, v.rawCheck(reject(parseEndpoint)));

const ADDRESS = "expected host:port such as 127.0.0.1:6080 or [::1]:6080";

/** `host:port` to listen at, which YAML takes for a number where it is only a port. */
export const address: v.GenericSchema<string, Address> = v.pipe(
  v.string(ADDRESS),
  v.nonEmpty(ADDRESS),
  v.check((value) => !value.startsWith("*:"), `${ADDRESS}, with 0.0.0.0 or [::] for all addresses`),
  v.rawTransform(translate(parseAddress)),
);

/** URL of one of Nova's databases. */
export const databaseUrl: v.GenericSchema<string> = v.pipe(text, v.rawCheck(reject(parseDatabaseUrl)));

/** `[DEFAULT] transport_url` of nova.conf. */
export const transportUrl: v.GenericSchema<string> = v.pipe(text, v.rawCheck(reject(parseTransportUrl)));

/** An entry of an allow-list. */
export const network: v.GenericSchema<string> = v.pipe(text, v.rawCheck(reject((entry) => new AllowList([entry]))));

/** An entry of `trusted_proxies`. */
export const trustedProxy: v.GenericSchema<string> = v.pipe(
  text,
  v.rawCheck(reject((entry) => new TrustedProxies([entry]))),
);

/** `host[:port]` or an origin, where the port may be `*`. */
export const allowedOrigin: v.GenericSchema<string> = v.pipe(text, v.rawCheck(reject(parseAllowedOrigin)));

/** The same, or `*`. */
export const frameAncestor: v.GenericSchema<string> = v.pipe(text, v.rawCheck(reject(parseFrameAncestor)));

/** A path of this gateway's origin, without dot segments. */
export const urlPath: v.GenericSchema<string> = v.pipe(
  text,
  v.check((value) => URL.parse(value, "http://host")?.pathname === value, "expected a path such as /api/consoles/"),
);

/** A file, `-`, or `syslog://host:port`. */
export const auditPath: v.GenericSchema<string> = v.pipe(text, v.rawCheck(reject(syslogServer)));

export const httpUrl: v.GenericSchema<string> = v.pipe(
  text,
  v.check((value) => /^https?:$/.test(URL.parse(value)?.protocol ?? ""), "expected an http or https URL"),
);

/** URL of a Redis or Valkey server, as its clients read it. */
export const redisUrl: v.GenericSchema<string> = v.pipe(
  text,
  v.check((value) => {
    const url = URL.parse(value);
    if (url === null || !/^rediss?:$/.test(url.protocol)) return false;
    return /^[^,]+$/.test(url.hostname) && /^(?:\/\d*)?$/.test(url.pathname);
  }, "expected the URL of one server such as redis://host:6379/0"),
);

export const contactUrl: v.GenericSchema<string> = v.pipe(
  text,
  v.check(
    (value) => /^(?:https?|mailto|tel):$/.test(URL.parse(value)?.protocol ?? ""),
    "expected an http, https, mailto or tel URL",
  ),
);

/** `[upgrade_levels] compute` of nova.conf. */
export const upgradeLevel: v.GenericSchema<string> = v.pipe(text, v.rawCheck(reject(checkUpgradeLevel)));

/** The path of a PEM file. The error does not quote the value, which may be a private key by mistake. */
export const pemFile: v.GenericSchema<string> = v.pipe(
  text,
  v.check((value) => !value.includes("-----BEGIN"), "expected the path of a PEM file, but got PEM text"),
  v.metadata({ file: true } as const),
);

type RawTransform<T> = Parameters<typeof v.rawTransform<string, T>>[0];
type RawCheck = Parameters<typeof v.rawCheck<string>>[0];

/** A parser that throws, as a step of a schema. */
function translate<T>(parse: (value: string) => T): RawTransform<T> {
  return ({ dataset, addIssue, NEVER }) => {
    try {
      return parse(dataset.value);
    } catch (error) {
      addIssue({ message: error instanceof Error ? error.message : String(error) });
      return NEVER;
    }
  };
}

/** Like {@link translate}, but keeps the value as it was written. */
function reject(parse: (value: string) => unknown): RawCheck {
  return ({ dataset, addIssue }) => {
    if (!dataset.typed) return;
    try {
      parse(dataset.value);
    } catch (error) {
      addIssue({ message: error instanceof Error ? error.message : String(error) });
    }
  };
}
