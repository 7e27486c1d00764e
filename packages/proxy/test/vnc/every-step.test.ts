import { describe, expect, test } from "vitest";
import { TestCertificate } from "../support/certificate.ts";
import { Client } from "../support/client.ts";
import { SettableClock } from "../support/clock.ts";
import { TestGateway } from "../support/gateway.ts";
import { type ScriptedConnection, startScriptedVnc, uint32, VERSION } from "../support/scripted-vnc.ts";

/** What a server with X509Vnc does next, in order. */
const STEPS = [
  "version",
  "types",
  "vencrypt version",
  "acknowledgment",
  "subtypes",
  "acceptance",
  "tls",
  "challenge",
  "result",
] as const;
type Step = (typeof STEPS)[number];

/** The server's side of RFB with X509Vnc; `before` is called before each step. */
async function serve(
  connection: ScriptedConnection,
  certificate: TestCertificate,
  before: (step: Step) => Promise<void>,
): Promise<void> {
  await before("version");
  await connection.send(VERSION);
  await connection.read(VERSION.length);
  await before("types");
  await connection.send(1, 19);
  await connection.read(1);
  await before("vencrypt version");
  await connection.send(0, 2);
  await connection.read(2);
  await before("acknowledgment");
  await connection.send(0);
  await before("subtypes");
  await connection.send(1, uint32(261));
  await connection.read(4);
  await before("acceptance");
  await connection.send(1);
  await before("tls");
  await connection.startTls(certificate.pair);
  await before("challenge");
  await connection.send(Buffer.alloc(16));
  await connection.read(16);
  await before("result");
  await connection.send(uint32(0));
}

interface Outcome {
  readonly reason: string;
  readonly detail: unknown;
  readonly typed: boolean;
}

/** What becomes of a session whose server does `fault` in place of a step. */
async function outcome(
  step: Step,
  fault: (connection: ScriptedConnection, gateway: TestGateway, clock: SettableClock) => void,
  connectTimeout = 20,
): Promise<Outcome> {
  using certificate = await TestCertificate.create();
  const clock = new SettableClock();
  await using gateway = await TestGateway.start({
    clock,
    config: {
      targets: { connect_timeout: connectTimeout },
      vnc: { auth_schemes: ["vencrypt"], vencrypt_ca_certs: certificate.cert, vencrypt_password: "secret" },
    },
  });
  await using server = await startScriptedVnc(
    async (connection) =>
      await serve(connection, certificate, async (next) => {
        if (next !== step) return;
        fault(connection, gateway, clock);
        await new Promise(() => {});
      }),
  );
  const { token } = await gateway.token(server.address, { type: "vnc" });
  using client = new Client(gateway.host, token);
  client.socket.once("open", () => client.socket.send(Buffer.concat([VERSION, Buffer.of(1), Buffer.from("typed")])));
  const { reason } = await client.closed;
  await gateway.proxy.sessions.idle();
  expect(gateway.held()).toEqual({ sessions: 0, closing: 0, deadlines: 0 });
  const connection = await server.connection;
  await connection.untilClosed();
  return {
    reason,
    detail: gateway.logged("session ended")[0]?.["detail"],
    typed: connection.received.includes("typed"),
  };
}

async function outcomes(
  ...options: Parameters<typeof outcome> extends [Step, ...infer Rest] ? Rest : never
): Promise<Outcome[]> {
  return await Promise.all(STEPS.map(async (step) => await outcome(step, ...options)));
}

describe("at every step of the security handshake, no byte of the client reaches a server that", () => {
  test("closes the connection: target_unreachable, or, behind TLS, target_security_failed", async () => {
    const all = await outcomes((connection) => connection.end());
    for (const [index, { reason, typed }] of all.entries()) {
      const isBehindTls = index > STEPS.indexOf("tls");
      const expected = isBehindTls ? "target_security_failed" : "target_unreachable";
      expect({ reason, typed }).toEqual({ reason: expected, typed: false });
    }
  });

  test("says nothing more: target_timeout", async () => {
    for (const { reason, detail, typed } of await outcomes(() => {}, 2)) {
      expect({ reason, typed }).toEqual({ reason: "target_timeout", typed: false });
      expect(detail).toMatch(/^the console did not complete (its|the security) handshake within 2000 ms$/);
    }
  });

  test("says nothing more until the deadline: session_expired", async () => {
    const expire = (_connection: ScriptedConnection, _gateway: TestGateway, clock: SettableClock): void => {
      clock.passed = 60_000;
    };
    for (const { reason, typed } of await outcomes(expire)) {
      expect({ reason, typed }).toEqual({ reason: "session_expired", typed: false });
    }
  });

  test("says nothing more until an operator ends the session: session_terminated", async () => {
    const end = (_connection: ScriptedConnection, { proxy }: TestGateway): void => {
      proxy.sessions.endAll("session_terminated", "test");
    };
    for (const { reason, typed } of await outcomes(end)) {
      expect({ reason, typed }).toEqual({ reason: "session_terminated", typed: false });
    }
  });
});

describe("a client that", () => {
  const vnc = { auth_schemes: ["none"] } as const;

  async function withClient(
    bytes: Buffer,
    connectTimeout: number,
    then: (client: Client, clock: SettableClock) => Promise<void> = async () => {},
  ): Promise<{ reason: string; detail: unknown }> {
    await using server = await startScriptedVnc(async (connection) => {
      await connection.send(VERSION);
      await connection.read(VERSION.length);
      await connection.send(1, 1);
    });
    const clock = new SettableClock();
    await using gateway = await TestGateway.start({
      clock,
      config: { targets: { connect_timeout: connectTimeout }, vnc },
    });
    const { token } = await gateway.token(server.address, { type: "vnc" });
    using client = new Client(gateway.host, token);
    client.socket.once("open", () => client.socket.send(bytes));
    await then(client, clock);
    await client.closed;
    await gateway.proxy.sessions.idle();
    await (await server.connection).untilClosed();
    const [end = {}] = gateway.logged("session ended");
    return { reason: String(end["reason"]), detail: end["detail"] };
  }

  const unfinished = [Buffer.of(), VERSION.subarray(0, 11), VERSION];

  test("does not answer in time ends the session as protocol_error", async () => {
    for (const end of await Promise.all(unfinished.map((bytes) => withClient(bytes, 2)))) {
      expect(end).toEqual({
        reason: "protocol_error",
        detail: "the client did not complete the security handshake within 2000 ms",
      });
    }
  });

  test("does not answer until the deadline: session_expired", async () => {
    const expire = async (client: Client, clock: SettableClock): Promise<void> => {
      await client.bytes(VERSION.length);
      clock.passed = 60_000;
    };
    for (const end of await Promise.all(unfinished.map((bytes) => withClient(bytes, 20, expire)))) {
      expect(end.reason).toBe("session_expired");
    }
  });

  test("leaves takes the connection to the server along", async () => {
    const leave = async (client: Client): Promise<void> => {
      await client.bytes(VERSION.length);
      client.socket.close();
    };
    for (const end of await Promise.all(unfinished.map((bytes) => withClient(bytes, 20, leave)))) {
      expect(end.reason).toBe("client_closed");
    }
  });
});
