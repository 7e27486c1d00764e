import { describe, expect, test } from "vitest";
import { HttpTokenSource } from "../../src/tokens/http-source.ts";
import { describeTokenSource, lookupContext } from "./contract-suite.ts";
import { type Answer, DEFAULTS, only, TokenService } from "./token-service.ts";

/** As websockify's plugins ask a service. */
function websockifySource(service: TokenService): HttpTokenSource {
  return new HttpTokenSource({ ...DEFAULTS, url: `${service.url}?token=%s` });
}

describeTokenSource("an http source for websockify's services", async () => {
  const service = await TokenService.start(only("open sesame", { host: "10.0.0.5", port: "5901" }));
  const nothing = { instance: undefined, name: undefined, user: undefined, expiresAt: undefined };
  const endpoint = { type: "tcp", host: "10.0.0.5", port: 5901 } as const;
  return {
    source: websockifySource(service),
    known: { token: "open sesame", grant: { type: "vnc", access: "control", endpoint, ...nothing } },
    stop: () => service.stop(),
    restart: () => service.restart(),
    [Symbol.asyncDispose]: () => service[Symbol.asyncDispose](),
  };
});

describe("a lookup over HTTP as websockify does it", () => {
  const text =
    (reply: string): Answer =>
    (_request, response) =>
      void response.writeHead(201).end(reply);

  test.each([
    ["10.0.0.5:5901\n", { type: "tcp", host: "10.0.0.5", port: 5901 }],
    ['{"host": "10.0.0.5", "port": 5901}', { type: "tcp", host: "10.0.0.5", port: 5901 }],
    [' {"host": "fd00::5", "port": "5901"}', { type: "tcp", host: "fd00::5", port: 5901 }],
    ['{"host": "10.0.0.5:5901"}', { type: "tcp", host: "10.0.0.5", port: 5901 }],
  ])("takes the reply %j", async (reply, endpoint) => {
    await using service = await TokenService.start(text(reply));
    expect(await websockifySource(service).resolve("any", lookupContext())).toMatchObject({ endpoint });
  });

  test("puts the token into the URL, encoded", async () => {
    await using service = await TokenService.start(text("10.0.0.5:5901"));
    await websockifySource(service).resolve("a/b&c=%s$&", lookupContext());
    expect(service.requests[0]).toMatchObject({ method: "GET", body: "" });
    expect(service.requests[0]?.head).toMatch(/^\/lookup\?token=a%2Fb%26c%3D%25s%24%26\n/);
  });

  test.each([".", ".."])("asks nothing for %j, which would lead to another place of the service", async (token) => {
    await using service = await TokenService.start(text("10.0.0.5:5901"));
    const source = new HttpTokenSource({ ...DEFAULTS, url: `${service.url}/%s` });
    expect(await source.resolve(token, lookupContext())).toBeUndefined();
    expect(service.requests).toEqual([]);
  });

  test.each(["", "nowhere", "10.0.0.5", "a b:1", '{"port": 5901}', '{"host": 5}', '{"host": "10.0.0.5", "port": "x"}'])(
    "refuses the reply %j",
    async (reply) => {
      await using service = await TokenService.start(text(reply));
      await expect(websockifySource(service).resolve("any", lookupContext())).rejects.toThrow("expected");
    },
  );

  const answer =
    (status: number): Answer =>
    (_request, response) =>
      void response.writeHead(status).end();

  test.each([400, 401, 403, 410])("takes the status %d for an unknown token", async (status) => {
    await using service = await TokenService.start(answer(status));
    expect(await websockifySource(service).resolve("any", lookupContext())).toBeUndefined();
  });

  test.each([408, 429, 500, 503])("takes the status %d, which says nothing of the token, for none", async (status) => {
    await using service = await TokenService.start(answer(status));
    const found = websockifySource(service).resolve("any", lookupContext());
    await expect(found).rejects.toThrow(`but got ${status}`);
  });
});
