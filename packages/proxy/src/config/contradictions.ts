import { syslogServer } from "../telemetry/audit/syslog.ts";
import type { Config } from "./config.ts";

/** Options that do not fit together, a line for each. */
export function contradictions({ cert, key, client_ca, targets, vnc, audit, log }: Config): readonly string[] {
  const rules: readonly (readonly [isBroken: boolean, problem: string])[] = [
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
    [audit.required && audit.path === null, "audit.required: expected audit.path as well, the file to write to"],
    [
      audit.required && syslogServer(audit.path ?? "") !== undefined,
      "audit.required: expected a file as audit.path: a syslog server does not confirm what it gets",
    ],
    [
      audit.path !== null && audit.path === log.file,
      "audit.path: expected another file than log.file, whose lines have another form",
    ],
  ];
  return rules.flatMap(([isBroken, problem]) => (isBroken ? [problem] : []));
}
