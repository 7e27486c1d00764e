import { isDatabaseUrl, MAX_TABLE_PREFIX } from "../cluster-store/store-url.ts";
import { formatAddress } from "../net/address.ts";
import { syslogServer } from "../telemetry/audit/syslog.ts";
import type { Config } from "./config.ts";

/** Options that do not fit together, a line for each. */
export function contradictions(config: Config): readonly string[] {
  const { cert, key, client_ca, targets, vnc, admin, audit, log } = config;
  return check([
    ...listenerRules(config),
    ...clusterRules(config),
    [key !== null && cert === null, "key: expected cert as well: a private key needs its certificate"],
    [client_ca !== null && cert === null, "client_ca: expected cert as well: only TLS has certificates of clients"],
    [
      targets.tls_client_key !== null && targets.tls_client_cert === null,
      "targets.tls_client_key: expected targets.tls_client_cert as well: a private key needs its certificate",
    ],
    [
      vnc.vencrypt_client_key !== null && vnc.vencrypt_client_cert === null,
      "vnc.vencrypt_client_key: expected vnc.vencrypt_client_cert as well: a private key needs its certificate",
    ],
    [
      vnc.vencrypt_username !== null && vnc.vencrypt_password === null,
      "vnc.vencrypt_username: expected vnc.vencrypt_password as well",
    ],
    [
      admin.tls_key !== null && admin.tls_cert === null,
      "admin.tls_key: expected admin.tls_cert as well: a private key needs its certificate",
    ],
    [audit.required && audit.path === null, "audit.required: expected audit.path as well, the file to write to"],
    [
      audit.required && syslogServer(audit.path ?? "") !== undefined,
      "audit.required: expected a file as audit.path: a syslog server does not confirm what it gets",
    ],
    [
      audit.path !== null && audit.path === log.file,
      "audit.path: expected another file than log.file, whose lines have another form",
    ],
  ]);
}

type Rule = readonly [isBroken: boolean, problem: string];

/** Options of the listener that exclude or need each other. */
function listenerRules(config: Config): readonly Rule[] {
  const { unix_listen, listen_fd, cert, key_password, workers, access, client_ca, admin } = config;
  const alone = { unix_listen, listen_fd, "admin.listen_fd": admin.listen_fd };
  const [noWorkers] = Object.entries(alone).find(([, value]) => value !== null) ?? [];
  return [
    [unix_listen !== null && listen_fd !== null, "listen_fd: expected only one of listen_fd and unix_listen"],
    [
      unix_listen !== null && cert !== null,
      "unix_listen: expected no cert as well: the reverse proxy in front of a Unix socket speaks TLS",
    ],
    [
      admin.listen_fd !== null && admin.listen_fd === listen_fd,
      "admin.listen_fd: expected another descriptor than listen_fd",
    ],
    [noWorkers !== undefined && workers > 1, `workers: expected 1 with ${noWorkers}, but got ${workers}`],
    [
      key_password !== null && cert === null,
      "key_password: expected cert as well: a private key needs its certificate",
    ],
    [
      access.client_names !== null && client_ca === null,
      "access.client_names: expected client_ca as well: without it, no certificate is asked for",
    ],
  ];
}

/** Options of a gateway that works with others as one. */
function clusterRules({ cluster, admin }: Config): readonly Rule[] {
  const { store, ca, prefix, peers, on_store_loss } = cluster;
  const isAlone = store === null && peers.length === 0;
  return [
    [store !== null && peers.length > 0, "cluster.peers: expected only one of cluster.store and cluster.peers"],
    ...peers.flatMap((peer, index): readonly Rule[] => [
      [
        peer.ca !== null && !peer.url.startsWith("https:"),
        `cluster.peers.${index}.ca: expected a url that begins with https: other connections have no certificate`,
      ],
      [
        new URL(peer.url).host === formatAddress(admin.listen),
        `cluster.peers.${index}.url: expected another gateway, but got admin.listen of this one`,
      ],
    ]),
    [
      ca !== null && (store === null || /^redis[:+]/.test(store)),
      "cluster.ca: expected a cluster.store that begins with rediss, or a database: other connections have no certificate",
    ],
    [
      store !== null && isDatabaseUrl(store) && prefix.length > MAX_TABLE_PREFIX,
      `cluster.prefix: expected at most ${MAX_TABLE_PREFIX} characters where cluster.store is a database, because names of tables begin with it`,
    ],
    [
      on_store_loss !== "keep" && isAlone,
      "cluster.on_store_loss: expected cluster.store or cluster.peers as well: without them, there is nothing to lose",
    ],
  ];
}

function check(rules: readonly Rule[]): readonly string[] {
  return rules.flatMap(([isBroken, problem]) => (isBroken ? [problem] : []));
}
