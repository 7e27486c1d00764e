import { startByteServer } from "@curfew/testing";
import { once } from "node:events";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Client, type ClientOptions } from "./support/client.ts";
import { TestGateway } from "./support/gateway.ts";

let target: Awaited<ReturnType<typeof startByteServer>>;
beforeAll(async () => void (target = await startByteServer({ mode: "echo" })));
afterAll(() => target[Symbol.asyncDispose]());

function basic(credentials: string): Readonly<Record<string, string>> {
  return { Authorization: `Basic ${Buffer.from(credentials).toString("base64")}` };
}

/** How an upgrade ends: `open`, the status of a refused one, or the close code. */
async function outcome(gateway: TestGateway, token: string | undefined, options: ClientOptions = {}): Promise<unknown> {
  using client = new Client(gateway.host, token, options);
  const refused = new Promise((resolve) =>
    client.socket.once("unexpected-response", (_, { statusCode }) => resolve(statusCode)),
  );
  const hello = client.message("hello").then(
    () => "open",
    async () => (await client.closed).code,
  );
  return await Promise.race([refused, hello]);
}

describe("access.basic_auth", () => {
  test("the password is needed besides the token, and browsers are asked for it", async () => {
    await using gateway = await TestGateway.start({ config: { access: { basic_auth: "ada:lace:ö" } } });
    const { token } = await gateway.token(target.address);
    expect(await outcome(gateway, token, { headers: basic("ada:lace:ö") })).toBe("open");
    const latin1 = { Authorization: `Basic ${Buffer.from("ada:lace:ö", "latin1").toString("base64")}` };
    expect(await outcome(gateway, token, { headers: latin1 })).toBe("open");
    for (const headers of [
      {},
      basic("ada:lace"),
      basic(""),
      { Authorization: "Basic ?" },
      { Authorization: "Bearer x" },
    ]) {
      expect(await outcome(gateway, token, { headers })).toBe(401);
    }
    expect(await outcome(gateway, "unknown", { headers: basic("ada:lace:ö") })).toBe(4102);
    // Browsers ask without one first.
    const metrics = await (await fetch(`${gateway.adminUrl}/metrics`)).text();
    expect(metrics).toContain('curfew_upgrades_refused_total{fault="password"} 4\n');
    expect(gateway.logged("upgrade refused")[0]).toMatchObject({ client: "127.0.0.1", fault: "password" });
  });

  test("with access.page it is needed for the page, but not for the health checks", async () => {
    const page = { status: 401, challenge: 'Basic realm="Curfew", charset="UTF-8"' };
    await using gateway = await TestGateway.start({ config: { access: { basic_auth: "ada:x", page: true } } });
    const ask = async (path: string, headers = {}): Promise<object> => {
      const response = await fetch(gateway.url + path, { headers });
      return { status: response.status, challenge: response.headers.get("www-authenticate") };
    };
    expect(await ask("/nothing")).toEqual(page);
    expect(await ask("/nothing", basic("ada:x"))).toEqual({ status: 404, challenge: null });
    expect(await ask("/healthz")).toEqual({ status: 200, challenge: null });
    await using open = await TestGateway.start({ config: { access: { basic_auth: "ada:x" } } });
    expect((await fetch(`${open.url}/nothing`)).status).toBe(404);
  });
});

describe("access.origins", () => {
  test("only these origins open consoles, and no client without one", async () => {
    await using gateway = await TestGateway.start({ config: { access: { origins: ["https://dash.example"] } } });
    const { token } = await gateway.token(target.address);
    expect(await outcome(gateway, token, { headers: { Origin: "https://dash.example" } })).toBe("open");
    for (const headers of [{}, { Origin: "https://dash.example:444" }, { Origin: gateway.url }]) {
      expect(await outcome(gateway, token, { headers })).not.toBe("open");
    }
  });

  test("* allows every client", async () => {
    await using gateway = await TestGateway.start({ config: { access: { origins: ["*"] } } });
    const { token } = await gateway.token(target.address);
    expect(await outcome(gateway, token, { headers: { Origin: "https://other.example" } })).toBe("open");
    expect(await outcome(gateway, token)).toBe("open");
  });
});

describe("tokens.from", () => {
  test("none: every client opens the fixed console, whatever its request says", async () => {
    const config = { tokens: { from: "none", sources: [{ type: "fixed", endpoint: target.address }] } } as const;
    await using gateway = await TestGateway.start({ config });
    for (const token of [undefined, "x"]) expect(await outcome(gateway, token)).toBe("open");
  });

  test("a fixed console is not opened by a token", async () => {
    const config = { tokens: { sources: [{ type: "fixed", endpoint: target.address }] } } as const;
    await using gateway = await TestGateway.start({ config });
    for (const token of ["none", "undefined", ""]) expect(await outcome(gateway, token)).not.toBe("open");
  });

  test("host: the name in the Host header is the token", async () => {
    await using gateway = await TestGateway.start({ config: { tokens: { from: "host" } } });
    const { token } = await gateway.token(target.address);
    using client = new Client(gateway.host, undefined, { headers: { Host: `${token}:6080` } });
    await once(client.socket, "open");
    await client.message("hello");
  });
});

test("a reload changes the password for new clients, and ends no session", async () => {
  await using gateway = await TestGateway.start({ config: { access: { basic_auth: "ada:first" } } });
  const { token } = await gateway.token(target.address);
  using before = new Client(gateway.host, token, { headers: basic("ada:first") });
  await before.message("hello");
  expect(await gateway.reload({ access: { basic_auth: "ada:second" } })).toEqual({
    applied: ["access.basic_auth"],
    needRestart: [],
  });
  expect(await outcome(gateway, token, { headers: basic("ada:first") })).toBe(401);
  expect(await outcome(gateway, token, { headers: basic("ada:second") })).toBe("open");
  before.socket.send(Buffer.from("still here"));
  await before.bytes(10);
});
