import assert from "node:assert/strict";
import { createSecureContext, TLSSocket } from "node:tls";
import type { ObservableCheck } from "../check.ts";
import { byToken, type Lab } from "../lab/lab.ts";
import { chooseNone, NO_AGREEMENT, offerSecurity, OK, refusal } from "../lab/rfb.ts";
import type { TargetConnection } from "../lab/target.ts";

/** Subtypes (RFB community specification, "VeNCrypt"). */
const X509_NONE = 260;
const X509_VNC = 261;
const UNKNOWN = 265;

/** Number of the security type. */
const VENCRYPT = 19;

/** What a server says in the handshake; the rest is as it should be. */
interface Script {
  readonly types?: readonly number[];
  readonly version?: readonly [number, number];
  readonly acknowledgement?: number;
  readonly subtypes?: readonly number[];
  readonly accepts?: number;
  readonly tls?: "none";
}

/** A server's side; fulfils with the subtype that the proxy has chosen. */
async function serve(connection: TargetConnection, script: Script, lab: Lab): Promise<number> {
  const { types = [VENCRYPT], version = [0, 2], acknowledgement = 0, subtypes = [X509_NONE], accepts = 1 } = script;
  assert.equal(await offerSecurity(connection, types), VENCRYPT, "the security type that the proxy chose");
  connection.write(Buffer.from(version));
  await connection.input.read(2);
  connection.write(Buffer.of(acknowledgement));
  const list = Buffer.alloc(4 * subtypes.length);
  for (const [index, subtype] of subtypes.entries()) list.writeUInt32BE(subtype, 4 * index);
  connection.write(Buffer.concat([Buffer.of(subtypes.length), list]));
  const chosen = (await connection.input.read(4)).readUInt32BE();
  if (script.tls === "none") connection.write("no TLS at all, but text that is long enough");
  connection.write(Buffer.of(accepts));
  if (accepts === 1 && script.tls === undefined) {
    const { cert = "", key = "" } = lab.subject.vencrypt ?? {};
    const secureContext = createSecureContext({ cert, key });
    connection.replace((socket) => {
      const tls = new TLSSocket(socket, { isServer: true, secureContext });
      return tls.on("error", () => {});
    });
    connection.write(OK);
  }
  return chosen;
}

/** Opens a console of such a server; fulfils with the subtype. */
async function open(lab: Lab, script: Script): Promise<number> {
  const chosen = Promise.withResolvers<number>();
  const target = await lab.target(async (connection) => {
    await serve(connection, script, lab).then(chosen.resolve, chosen.reject);
  });
  const client = lab.connect(byToken(await lab.issue(target)));
  await chooseNone(client);
  const [result, subtype] = await Promise.all([client.read(4), chosen.promise]);
  assert.deepEqual(result, OK);
  const connection = await target.connection();
  client.send(Buffer.of(1));
  assert.deepEqual([...(await connection.input.read(1))], [1], "what the viewer sends, over TLS");
  return subtype;
}

function fails(script: Script): (lab: Lab) => Promise<void> {
  return async (lab) => {
    const target = await lab.target(async (connection) => void (await serve(connection, script, lab)));
    const client = lab.connect(byToken(await lab.issue(target)));
    await chooseNone(client);
    assert.deepEqual(await client.received.readRest(), refusal(NO_AGREEMENT));
  };
}

const SHARED = { services: ["novnc"], needs: ["vencrypt"] } as const;
const FAILS = { ...SHARED, nova: "tells the viewer in RFB, and closes", novaPasses: true } as const;

/** VeNCrypt towards the server. */
export const VENCRYPT_CHECKS: readonly ObservableCheck[] = [
  {
    ...SHARED,
    id: "test_security_handshake_with_x509",
    title: "Of X509Vnc and X509None, X509None is chosen, and the console's bytes pass over TLS.",
    nova: "does with a client certificate",
    novaPasses: true,
    async run(lab) {
      assert.equal(await open(lab, { subtypes: [X509_NONE, X509_VNC] }), X509_NONE);
    },
  },
  {
    ...SHARED,
    id: "B8",
    title: "No certificate of the proxy is needed where the server wants none.",
    nova: "fails on 2026.2: TypeError",
    novaPasses: false,
    run: async (lab) => void (await open(lab, {})),
  },
  {
    ...SHARED,
    id: "B7",
    title: "The first of `auth_schemes = vencrypt,none` is used where the server has both, whatever it lists first.",
    nova: "takes the server's order: a server that lists None first is not encrypted",
    novaPasses: false,
    run: async (lab) => void (await open(lab, { types: [1, VENCRYPT] })),
  },
  {
    ...SHARED,
    id: "B9_subtypes",
    title: "Subtypes that the proxy does not know are passed over.",
    nova: "fails: `265 is not a valid AuthVeNCryptSubtype`",
    novaPasses: false,
    async run(lab) {
      assert.equal(await open(lab, { subtypes: [UNKNOWN, X509_NONE] }), X509_NONE);
    },
  },
  {
    ...FAILS,
    id: "test_security_handshake_fails_on_low_version",
    title: "Another version than VeNCrypt 0.2 is refused.",
    run: fails({ version: [0, 1] }),
  },
  {
    ...FAILS,
    id: "test_security_handshake_fails_on_cant_use_version",
    title: "A server that cannot use VeNCrypt 0.2 is refused.",
    run: fails({ acknowledgement: 1 }),
  },
  {
    ...FAILS,
    id: "test_security_handshake_fails_on_missing_subauth",
    title: "A server without a subtype that the proxy can use is refused.",
    run: fails({ subtypes: [X509_VNC] }),
  },
  {
    ...FAILS,
    id: "test_security_handshake_fails_on_auth_not_accepted",
    title: "A server that does not accept the subtype is refused.",
    run: fails({ accepts: 0 }),
  },
  {
    ...FAILS,
    id: "test_security_handshake_fails_on_ssl_failure",
    title: "A server whose TLS fails is refused.",
    run: fails({ tls: "none" }),
  },
];
