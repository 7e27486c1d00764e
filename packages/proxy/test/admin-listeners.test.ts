import { startByteServer } from "@curfew/testing";
import { once } from "node:events";
import { existsSync, statSync, writeFileSync } from "node:fs";
import { createServer as createHttpServer } from "node:http";
import { connect, createServer } from "node:net";
import { hostname as machineName } from "node:os";
import { join } from "node:path";
import { text as readText } from "node:stream/consumers";
import { expect, test } from "vitest";
import { AdminClient } from "../src/admin/index.ts";
import { TestAuthority } from "./support/authority.ts";
import { TestCertificate } from "./support/certificate.ts";
import { Client } from "./support/client.ts";
import { run } from "./support/command.ts";
import { ADMIN_KEY, TestGateway } from "./support/gateway.ts";
import { WorkerGateway } from "./support/worker-gateway.ts";
import { TestFolder } from "./support/folder.ts";

test("programs that may open the Unix socket need no key, and others cannot open it", async () => {
  await using made = await TestFolder.create();
  const socket = join(made.path, "admin.sock");
  {
    await using gateway = await TestGateway.start({ config: { admin: { socket, socket_mode: "0660" } } });
    expect(statSync(socket).mode & 0o777).toBe(0o660);
    const admin = new AdminClient({ url: `unix:${socket}` });
    const { id } = await admin.issueToken({ type: "serial", target: "127.0.0.1:5901" });
    expect((await admin.listTokens()).tokens.map((token) => token.id)).toEqual([id]);
    expect(await admin.metrics()).toContain("curfew_sessions");
    // The address is asked for a key as before.
    await expect(new AdminClient({ url: gateway.adminUrl }).listTokens()).rejects.toThrow("expected the header");
    expect(gateway.logged("token issued")).toMatchObject([{ client: "unix" }]);
  }
  expect(existsSync(socket)).toBe(false);
});

test("a page whose name is rebound to the machine reads no metrics; monitoring does, by any name with a key", async () => {
  await using gateway = await TestGateway.start();
  const { port } = new URL(gateway.adminUrl);
  const get = async (host: string, more = "", path = "/metrics", { adminUrl } = gateway): Promise<string> => {
    const socket = connect(Number(new URL(adminUrl).port), "127.0.0.1");
    socket.write(`GET ${path} HTTP/1.1\r\nHost: ${host}\r\n${more}Connection: close\r\n\r\n`);
    return await readText(socket);
  };
  const own = [`127.0.0.1:${port}`, "localhost", "LOCALHOST.:6081", "curfew.localhost", "[::1]:6081", machineName()];
  for (const host of own) expect([host, await get(host)]).toEqual([host, expect.stringMatching(/^HTTP\/1\.1 200 /)]);
  for (const host of ["evil.example:6081", "127.0.0.1.evil.example", "localhost.evil.example", "evillocalhost"]) {
    const refused = await get(host);
    expect([host, refused]).toEqual([host, expect.stringMatching(/^HTTP\/1\.1 403 /)]);
    expect(refused).toContain("expected a Host that is an IP address, localhost or this machine's name");
    expect(refused).not.toContain("curfew_");
  }
  expect(await get("metrics.example", `Authorization: Bearer ${ADMIN_KEY}\r\n`)).toMatch(/^HTTP\/1\.1 200 /);
  expect(await get("metrics.example", "Authorization: Bearer another-key-than-that\r\n")).toMatch(/^HTTP\/1\.1 401 /);
  // At other addresses, names are those of the network.
  await using open = await TestGateway.start({ config: { admin: { listen: "0.0.0.0:0" } } });
  expect(await get("metrics.example", "", "/metrics", open)).toMatch(/^HTTP\/1\.1 200 /);
  // These say one word.
  expect(await get("balancer.example", "", "/readyz")).toMatch(/^HTTP\/1\.1 200 /);
});

test.skipIf(process.platform !== "linux")(
  "connections without a key are bounded, so that they leave descriptors to the consoles and the socket",
  async () => {
    await using made = await TestFolder.create();
    await using target = await startByteServer({ mode: "sink" });
    const socket = join(made.path, "admin.sock");
    await using gateway = await WorkerGateway.start({ ADMIN_SOCKET: socket }, { workers: 1, descriptors: 400 });
    const { hostname, port } = new URL(gateway.adminUrl);
    const silent = Array.from({ length: 300 }, () => connect(Number(port), hostname).resume());
    let closed = 0;
    for (const each of silent) each.on("error", () => {}).on("close", () => (closed += 1));
    await expect.poll(() => closed).toBeGreaterThanOrEqual(200);
    await gateway.until(() => gateway.logged("admin connections refused").length > 0);
    expect(gateway.logged("admin connections refused")[0]).toMatchObject({ level: "warn", limit: 100 });
    const request = { type: "serial", target: target.address } as const;
    const { token } = await new AdminClient({ url: `unix:${socket}` }).issueToken(request);
    using client = new Client(gateway.host, token);
    await client.message("hello");
    for (const each of silent) each.destroy();
  },
);

test("the gateway's own socket is no target, whatever is allowed", async () => {
  await using made = await TestFolder.create();
  const socket = join(made.path, "admin.sock");
  const config = { admin: { socket }, targets: { allow: [`unix:${made.path}/`] } };
  await using gateway = await TestGateway.start({ config });
  using client = new Client(gateway.host, (await gateway.token(`unix:${socket}`)).token);
  expect((await client.closed).reason).toBe("forbidden");
});

test("a socket that a killed gateway left behind is replaced; one in use and other files are not", async () => {
  await using made = await TestFolder.create();
  const socket = join(made.path, "admin.sock");
  {
    await using gateway = await WorkerGateway.start({ ADMIN_SOCKET: socket });
    const admin = new AdminClient({ url: `unix:${socket}` });
    expect((await admin.listSessions()).sessions).toEqual([]);
    const args = ["token", "list", "--json"];
    expect(await run(args, { CURFEW_ADMIN_SOCKET: socket })).toMatchObject({ code: 0, stdout: "[]\n" });
    // Only the gateway can read its key, which the socket does not need.
    const unreadable = { CURFEW_ADMIN_SOCKET: socket, CURFEW_ADMIN_KEY_FILE: "credential:admin-key" };
    expect(await run(args, unreadable)).toMatchObject({ code: 0, stdout: "[]\n" });
    gateway.command.process.kill("SIGKILL");
    await gateway.command.exited;
  }
  expect(existsSync(socket)).toBe(true);
  await using again = await TestGateway.start({ config: { admin: { socket } } });
  expect((await new AdminClient({ url: `unix:${socket}` }).listSessions()).sessions).toEqual([]);
  await expect(TestGateway.start({ config: { admin: { socket } } })).rejects.toThrow(
    `admin.socket: cannot listen at ${socket}: EADDRINUSE`,
  );
  expect((await again.admin("GET", "/v1/tokens")).status).toBe(200);
  const file = join(made.path, "file");
  writeFileSync(file, "precious");
  await expect(TestGateway.start({ config: { admin: { socket: file } } })).rejects.toThrow(
    `admin.socket: cannot listen at ${file}: EADDRINUSE`,
  );
  expect(existsSync(file)).toBe(true);
});

test("with a certificate the admin API speaks https only", async () => {
  using certificate = await TestCertificate.create();
  const { cert: tls_cert, key: tls_key } = certificate;
  await using target = await startByteServer({ mode: "sink" });
  await using gateway = await TestGateway.start({ config: { admin: { tls_cert, tls_key } } });
  expect(gateway.adminUrl).toMatch(/^https:/);
  const admin = new AdminClient({ url: gateway.adminUrl, key: ADMIN_KEY, ca: certificate.pem });
  const { token } = await admin.issueToken({ type: "serial", target: target.address });
  using client = new Client(gateway.host, token);
  await client.message("hello");
  expect((await admin.listSessions()).sessions).toHaveLength(1);
  await expect(new AdminClient({ url: gateway.adminUrl, key: ADMIN_KEY }).listTokens()).rejects.toThrow("certificate");
  const plain = new AdminClient({ url: gateway.adminUrl.replace("https:", "http:"), key: ADMIN_KEY });
  await expect(plain.listTokens()).rejects.toThrow("no gateway answers");
  const { code, stdout } = await run(["token", "list", "--json"], {
    CURFEW_ADMIN_LISTEN: new URL(gateway.adminUrl).host,
    CURFEW_ADMIN_TLS_CERT: tls_cert,
    CURFEW_ADMIN_TLS_KEY: tls_key,
    CURFEW_ADMIN_KEY: ADMIN_KEY,
  });
  expect([code, JSON.parse(stdout)]).toMatchObject([0, [{ type: "serial" }]]);
});

test("commands trust the certificate that the configuration names, and the authorities in --ca", async () => {
  using authority = await TestAuthority.create();
  const { cert: tls_cert, key: tls_key } = await authority.issue("gateway");
  await using gateway = await TestGateway.start({ config: { admin: { tls_cert, tls_key } } });
  const address = new URL(gateway.adminUrl).host;
  const named = { CURFEW_ADMIN_LISTEN: address, CURFEW_ADMIN_TLS_CERT: tls_cert, CURFEW_ADMIN_TLS_KEY: tls_key };
  const key = { CURFEW_ADMIN_KEY: ADMIN_KEY };
  expect((await run(["token", "list"], { ...named, ...key })).code).toBe(0);
  const list = ["token", "list", "--admin", gateway.adminUrl];
  expect((await run([...list, "--ca", authority.cert], key)).code).toBe(0);
  expect((await run(list, { ...key, NODE_EXTRA_CA_CERTS: authority.cert })).code).toBe(0);
  const { stderr } = await run(list, key);
  expect(stderr).toContain("its certificate is not from a known authority: name the file of that authority (--ca)");
  const missing = await run([...list, "--ca", "/nonexistent/ca.pem"], key);
  expect(missing.stderr).toBe("curfew: --ca: /nonexistent/ca.pem cannot be read: ENOENT\n");
});

test("a certificate that cannot be used keeps the gateway from starting, with the name of its option", async () => {
  const config = { admin: { tls_cert: "/nonexistent/cert.pem" } };
  await expect(TestGateway.start({ config })).rejects.toThrow(
    "admin.tls_cert: /nonexistent/cert.pem cannot be read: ENOENT",
  );
});

test("an answer that does not come is not waited for", async () => {
  const silent = createServer((socket) => socket.end("nonsense"));
  silent.listen(0, "127.0.0.1");
  await new Promise((resolve) => silent.once("listening", resolve));
  const { port } = silent.address() as { port: number };
  const admin = new AdminClient({ url: `http://127.0.0.1:${port}`, key: ADMIN_KEY });
  await expect(admin.listTokens()).rejects.toThrow("no gateway answers");
  silent.close();
});

test("an answer without an end is not read to it", async () => {
  const piece = Buffer.alloc(1024 * 1024, "x");
  const endless = createHttpServer((_request, response) => {
    const more = (): void => {
      while (!response.destroyed && response.write(piece));
    };
    response.on("drain", more);
    more();
  });
  endless.listen(0, "127.0.0.1");
  await once(endless, "listening");
  const { port } = endless.address() as { port: number };
  const admin = new AdminClient({ url: `http://127.0.0.1:${port}`, key: ADMIN_KEY });
  await expect(admin.listTokens()).rejects.toThrow("the answer is longer than any");
  await expect(admin.followEvents().next()).rejects.toThrow("the event is longer than any");
  endless.close();
});

test("`key create` makes a key that only its entry admits", async () => {
  const { code, stdout } = await run(["key", "create", "dashboard", "--rights", "read,issue"]);
  expect(code).toBe(0);
  const key = /^key, shown only now: (\S+)$/m.exec(stdout)?.[1] ?? "";
  const entry = JSON.parse(/^entry of admin\.keys: (.+)$/m.exec(stdout)?.[1] ?? "") as never;
  await using gateway = await TestGateway.start({ config: { admin: { keys: [entry] } } });
  expect((await gateway.admin("GET", "/v1/sessions", undefined, key)).status).toBe(200);
  expect((await gateway.admin("DELETE", "/v1/sessions?all=true", undefined, key)).status).toBe(403);
  const wrong = await run(["key", "create", "dashboard", "--rights", "write"]);
  expect(wrong.stderr).toContain("expected some of read,issue,end,admin");
});
