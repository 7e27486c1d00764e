import * as v from "valibot";
import { checkStoreUrl } from "../cluster-store/store-url.ts";
import { group, option, options, secret } from "./option-schema.ts";
import * as value from "./value-schemas.ts";

/** Another gateway that this one works with as one. */
export interface PeerConfig {
  /** Address of its admin API. */
  readonly url: string;
  /** A key of its admin API with the right `admin`. */
  readonly key: string;
  /** PEM file with the authorities of its certificate; null for those of Node. */
  readonly ca: string | null;
}

/** The options of a gateway that works with others as one. */
export interface ClusterConfig {
  /** URL of the store: Redis, Valkey, MariaDB or PostgreSQL; null for a gateway of its own. */
  readonly store: string | null;
  /** PEM file with the authorities of the store's certificate; null for those of Node. */
  readonly ca: string | null;
  /** What this gateway is called; null for the name of its machine. */
  readonly name: string | null;
  /** What the keys in the store, or the names of its tables, begin with. */
  readonly prefix: string;
  /** How many seconds after it was heard of last a gateway counts as gone. */
  readonly lease: number;
  /** Other gateways that this one asks, and that ask it, in place of a store. */
  readonly peers: readonly PeerConfig[];
  /** What becomes of running sessions while the store, or the peer that issued the token, cannot be reached: in seconds. */
  readonly on_store_loss: "keep" | { readonly end_after: number };
}

/** The shortest lease in seconds: the store is told once a second that a gateway runs. */
const MIN_LEASE_SECONDS = 3;
const MAX_LEASE_SECONDS = 300;

/** The least bound for sessions without the store: one that answers is heard of every second or two, and every three at most. */
const MIN_END_AFTER_SECONDS = 4;

const storeUrl = v.pipe(
  value.text,
  v.rawCheck(({ dataset, addIssue }) => {
    if (!dataset.typed) return;
    try {
      checkStoreUrl(dataset.value);
    } catch (error) {
      addIssue({ message: (error as Error).message });
    }
  }),
);

/** With more, each gateway would be asked by too many others for every token. */
const MAX_PEERS = 8;

const peerUrl = v.pipe(
  value.httpUrl,
  v.check((url) => {
    const { username, password, search, hash } = new URL(url);
    return [username, password, search, hash].join("") === "";
  }, "expected a URL without user, password and query"),
  // One form of each, so that a list that is read again is compared with the one in use.
  v.transform((url) => new URL(url).href.replace(/\/+$/, "")),
);

const peers: v.GenericSchema<unknown, readonly PeerConfig[]> = v.pipe(
  v.array(
    options({
      url: peerUrl,
      key: secret(value.bearerKey),
      ca: v.optional(v.nullable(value.pemFile), null),
    }),
    "expected a list of gateways, each with url and key",
  ),
  v.maxLength(MAX_PEERS, `expected at most ${MAX_PEERS} gateways`),
  v.check((list) => new Set(list.map(({ url }) => url)).size === list.length, "expected each gateway once"),
);

const leaseMessage = `expected ${MIN_LEASE_SECONDS} to ${MAX_LEASE_SECONDS} seconds`;

const seconds = v.pipe(
  v.union([v.number(), v.pipe(v.string(), v.regex(/^\d+(?:\.\d+)?s?$/), v.transform(Number.parseFloat))]),
  value.timerSeconds,
  v.minValue(MIN_END_AFTER_SECONDS, `expected ${MIN_END_AFTER_SECONDS} seconds or more`),
);

export const cluster: v.GenericSchema<unknown, ClusterConfig> = group({
  store: option(
    v.nullable(secret(storeUrl)),
    null,
    "Store that several gateways share: `redis://[user:password@]host`, `rediss://…` for TLS, `redis+sentinel://host,host/name`, `postgresql://…/database` or `mysql://…/database`.",
  ),
  ca: option(v.nullable(value.pemFile), null, "PEM file with the authorities of the store's certificate."),
  name: option(
    v.nullable(v.pipe(value.text, v.regex(/^[\x21-\x7e]{1,64}$/, "expected 1 to 64 ASCII characters without spaces"))),
    null,
    "What this gateway is called in lists and the log; by default the name of its machine.",
  ),
  prefix: option(
    v.pipe(value.text, v.regex(/^[\w.-]{1,64}$/, "expected 1 to 64 letters, digits, dots, hyphens and underscores")),
    "curfew",
    "What the keys in the store, or the names of its tables, begin with. Gateways with the same prefix belong together.",
  ),
  lease: option(
    v.pipe(
      v.number(leaseMessage),
      v.minValue(MIN_LEASE_SECONDS, leaseMessage),
      v.maxValue(MAX_LEASE_SECONDS, leaseMessage),
    ),
    10,
    "Seconds after which a gateway that is not heard of counts as gone, and its sessions count no more.",
  ),
  peers: option(
    peers,
    [],
    "Other gateways to work with as one without a store: a list, each with the `url` of its admin API, a `key` of it with the right `admin`, and `ca` for its certificate.",
  ),
  on_store_loss: option(
    v.union(
      [v.literal("keep"), v.strictObject({ end_after: seconds })],
      'expected "keep", or { end_after: 30 } with a number of seconds',
    ),
    "keep",
    "While the store, or the peer that issued the token, is away, `keep` running sessions until their deadlines, or end them `{ end_after: 30 }` seconds after it last answered, at least 4.",
  ),
});
