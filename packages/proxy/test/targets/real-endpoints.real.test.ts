import { freePort, startTigerVnc } from "@curfew/testing/real";
import { copyFileSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { ConfigInput } from "../../src/index.ts";
import { type Issued, TestAuthority } from "../support/authority.ts";
import { Client } from "../support/client.ts";
import { SocketFolder } from "../support/endpoint-server.ts";
import { TestGateway } from "../support/gateway.ts";
import { type RunningProgram, startProgram } from "../support/program.ts";

const DAY_MS = 24 * 60 * 60 * 1000;
const EXPIRED = { from: new Date(Date.now() - 2 * DAY_MS), to: new Date(Date.now() - DAY_MS) };

/** Without a machine: its monitor is a console that greets each client. */
const QEMU = ["-nodefaults", "-no-user-config", "-machine", "none", "-display", "none"];

let authority: TestAuthority;
let foreign: TestAuthority;
let server: Issued;
let expired: Issued;
let client: Issued;
let foreignClient: Issued;

beforeAll(async () => {
  authority = await TestAuthority.create();
  foreign = await TestAuthority.create();
  server = await authority.issue("server");
  expired = await authority.issue("expired", EXPIRED);
  client = await authority.issue("client");
  foreignClient = await foreign.issue("client");
});
afterAll(() => {
  authority[Symbol.dispose]();
  foreign[Symbol.dispose]();
});

/** A server that is reached over TLS, and what its console says first. */
interface TlsServer extends AsyncDisposable {
  readonly port: number;
  readonly type: "serial" | "vnc";
  readonly greeting: RegExp;
}

type Start = (certificate: Issued, verifiesClients: boolean) => Promise<TlsServer>;

/** QEMU's own TLS, as a serial port has it. */
const startQemu: Start = async ({ cert, key }, verifiesClients) => {
  const folder = join(authority.folder, `qemu-${await freePort()}`);
  mkdirSync(folder);
  copyFileSync(authority.cert, join(folder, "ca-cert.pem"));
  copyFileSync(cert, join(folder, "server-cert.pem"));
  copyFileSync(key, join(folder, "server-key.pem"));
  const port = await freePort();
  // Without its own checks QEMU serves an expired certificate, too.
  const tls = `tls-creds-x509,id=tls,dir=${folder},endpoint=server,sanity-check=off`;
  const console = `socket,id=console,host=127.0.0.1,port=${port},server=on,wait=off,tls-creds=tls`;
  const verify = `verify-peer=${verifiesClients ? "on" : "off"}`;
  const args = [...QEMU, "-object", `${tls},${verify}`, "-chardev", console, "-mon", "chardev=console"];
  const qemu = await startProgram("qemu-system-x86_64", args, port);
  return { port, type: "serial", greeting: /QEMU .* monitor/u, [Symbol.asyncDispose]: () => stop(qemu) };
};

/** TigerVNC behind stunnel. */
const startStunnel: Start = async ({ cert, key }, verifiesClients) => {
  const desktop = await startTigerVnc({ client: "none", width: 320, height: 200 });
  const port = await freePort();
  const file = join(authority.folder, `stunnel-${port}.conf`);
  const verify = verifiesClients ? `verifyChain = yes\nCAfile = ${authority.cert}\n` : "";
  writeFileSync(
    file,
    `foreground = yes\npid =\n[vnc]\naccept = 127.0.0.1:${port}\nconnect = 127.0.0.1:${desktop.port}\n` +
      `cert = ${cert}\nkey = ${key}\n${verify}`,
  );
  const stunnel = await startProgram(existsSync("/usr/bin/stunnel") ? "/usr/bin/stunnel" : "stunnel", [file], port);
  const end = async (): Promise<void> => {
    await stop(stunnel);
    await desktop.stop();
  };
  return { port, type: "vnc", greeting: /^RFB 003\.008\n/u, [Symbol.asyncDispose]: end };
};

async function stop(program: RunningProgram): Promise<void> {
  await program[Symbol.asyncDispose]();
}

function shown({ cert, key }: Issued): ConfigInput["targets"] {
  return { tls_client_cert: cert, tls_client_key: key };
}

/** Opens the console, and gives what it says first. */
async function greetingOf(tls: TlsServer, targets: ConfigInput["targets"], query = ""): Promise<string> {
  const { outcome } = await open(tls, targets, query);
  if (outcome.text === undefined) throw new Error(`it was not opened: ${outcome.reason}`);
  return outcome.text;
}

/** Opens the console in vain: the close reason, what the client is told, and what the log says. */
async function failureOf(
  tls: TlsServer,
  targets: ConfigInput["targets"],
  query = "",
): Promise<{ reason: string | undefined; detail: string }> {
  const { outcome, told, logged } = await open(tls, targets, query);
  expect(told).toBe(logged);
  // Where the console is, is no business of its users.
  expect(told).not.toMatch(/127\.0\.0\.1|localhost|\d{4}/u);
  return { reason: outcome.reason, detail: logged };
}

async function open({ port, type }: TlsServer, targets: ConfigInput["targets"], query: string) {
  await using gateway = await TestGateway.start({ config: { targets: { tls_ca_certs: authority.cert, ...targets } } });
  const { token } = await gateway.token(`tls://127.0.0.1:${port}${query}`, { type });
  using viewer = new Client(gateway.host, token);
  const text = viewer.bytes(12).then(() => ({ text: Buffer.concat(viewer.head).toString(), reason: undefined }));
  const outcome = await Promise.race([
    text.catch(() => new Promise<never>(() => {})),
    viewer.closed.then(({ reason }) => ({ text: undefined, reason })),
  ]);
  const bye = viewer.messages.find((message) => message.type === "bye");
  const [ended] = gateway.logged("session ended");
  return { outcome, told: bye?.detail, logged: String(ended?.["detail"]) };
}

describe.each([
  ["QEMU's TLS", startQemu],
  ["TigerVNC behind stunnel", startStunnel],
] as const)("%s", (_name, start) => {
  test("that verifies clients opens for the right certificate, and the log says why for no other", async () => {
    await using tls = await start(server, true);
    expect(await greetingOf(tls, shown(client))).toMatch(tls.greeting);
    for (const wrong of [{}, shown(foreignClient)]) {
      expect(await failureOf(tls, wrong)).toMatchObject({
        reason: "target_security_failed",
        detail: expect.stringMatching(
          start === startQemu
            ? /^the console closed the connection after the TLS handshake$/u
            : /^the console (requires a certificate of the gateway|refused the gateway's certificate) \(ERR_SSL_/u,
        ),
      });
    }
  });

  test("is opened only with a trusted certificate for the right name", async () => {
    await using tls = await start(server, false);
    expect(await greetingOf(tls, {})).toMatch(tls.greeting);
    expect(await failureOf(tls, { tls_ca_certs: foreign.cert })).toMatchObject({
      reason: "target_untrusted",
      detail: expect.stringMatching(/^the console's certificate is not from an authority that the gateway trusts/u),
    });
    expect(await failureOf(tls, {}, "?server_name=console.example")).toMatchObject({
      reason: "target_untrusted",
      detail: expect.stringMatching(/^the console's certificate is for another server/u),
    });
    const unchecked = { tls_check_server_name: false };
    expect(await greetingOf(tls, unchecked, "?server_name=console.example")).toMatch(tls.greeting);
  });

  test("is not opened once its certificate has expired", async () => {
    await using tls = await start(expired, false);
    expect(await failureOf(tls, {})).toMatchObject({
      reason: "target_untrusted",
      detail: expect.stringMatching(/^the console's certificate has expired/u),
    });
  });
});

test("QEMU's VNC server and its serial port at Unix sockets are opened", async () => {
  using folder = new SocketFolder();
  const [vnc, serial] = [join(folder.path, "vnc"), join(folder.path, "serial")];
  const chardev = `socket,id=console,path=${serial},server=on,wait=off`;
  const args = [...QEMU.slice(0, -2), "-vnc", `unix:${vnc}`, "-chardev", chardev, "-mon", "chardev=console"];
  await using qemu = await startProgram("qemu-system-x86_64", args, serial);
  await using gateway = await TestGateway.start({ config: { targets: { allow: [`unix:${folder.path}/`] } } });
  for (const [path, type, greeting] of [
    [vnc, "vnc", /^RFB 003\.008\n/u],
    [serial, "serial", /QEMU .* monitor/u],
  ] as const) {
    const { token } = await gateway.token(`unix:${path}`, { type });
    using viewer = new Client(gateway.host, token);
    await viewer.bytes(12);
    expect(Buffer.concat(viewer.head).toString()).toMatch(greeting);
  }
  expect(qemu.stderr()).toBe("");
  const { token } = await gateway.token(`unix:${folder.path}/none`, { type: "vnc" });
  using viewer = new Client(gateway.host, token);
  expect((await viewer.closed).reason).toBe("target_unreachable");
  expect(viewer.messages.find((message) => message.type === "bye")?.detail).toBe("the console cannot be reached");
});
