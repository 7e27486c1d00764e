import { type ByteServer, startByteServer } from "@curfew/testing";
import { Validator } from "@seriousme/openapi-schema-validator";
import { readFileSync } from "node:fs";
import * as v from "valibot";
import { afterAll, beforeAll, expect, test } from "vitest";
import { AdminClient } from "../src/admin/index.ts";
import { openApiDocument } from "../src/admin/openapi.ts";
import { type OperationName, OPERATIONS } from "../src/admin/operations.ts";
import { Client } from "./support/client.ts";
import { ADMIN_KEY, TestGateway } from "./support/gateway.ts";

const committed = new URL("../../../docs/openapi.json", import.meta.url);

let target: ByteServer;
let gateway: TestGateway;
let admin: AdminClient;
beforeAll(async () => {
  target = await startByteServer({ mode: "sink" });
  gateway = await TestGateway.start();
  admin = new AdminClient({ url: gateway.adminUrl, key: ADMIN_KEY });
});
afterAll(async () => {
  await gateway[Symbol.asyncDispose]();
  await target.close();
});

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, { readonly operationId: string }>>>>;
}

interface Call {
  readonly id?: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: object;
}

/** Calls an operation as the served document describes it, and checks its answer with the operation's schema. */
async function call(
  document: Document,
  name: OperationName,
  { id = "", query = {}, body }: Call = {},
): Promise<Readonly<Record<string, string>>> {
  const found = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).flatMap(([method, { operationId }]) => (operationId === name ? [{ path, method }] : [])),
  );
  const [{ path, method } = expect.unreachable(`${name} is not in the document`)] = found;
  const search = new URLSearchParams(query).toString();
  const response = await gateway.admin(method.toUpperCase(), `${path.replace("{id}", id)}?${search}`, body);
  const answer: unknown = await response.json();
  expect([name, response.status]).toEqual([name, OPERATIONS[name].status]);
  return v.parse(OPERATIONS[name].answer, answer) as Readonly<Record<string, string>>;
}

test("the committed document is the one that is served, and is OpenAPI 3.1", async () => {
  const served = await admin.getOpenApi();
  expect(served).toEqual(JSON.parse(JSON.stringify(openApiDocument())));
  // `curfew openapi` prints it.
  expect(JSON.parse(readFileSync(committed, "utf8"))).toEqual(served);
  expect(await new Validator().validate({ ...served })).toMatchObject({ valid: true });
});

test("a client that is made from the document can call every operation, and each answers as it says", async () => {
  const document = (await admin.getOpenApi()) as Document;
  const called = new Set<string>();
  const does = async (name: OperationName, options?: Call): Promise<Readonly<Record<string, string>>> => {
    called.add(name);
    return await call(document, name, options);
  };
  const body = { type: "serial", target: target.address, instance: "vm-1", user: "ada" };
  const { id = "", token = "" } = await does("issueToken", { body });
  await does("listTokens", { query: { limit: "5" } });
  await does("getToken", { id });
  await does("introspectToken", { body: { token } });
  using client = new Client(gateway.host, token);
  const { session } = await client.message("hello");
  await does("listSessions", { query: { instance: "vm-1", type: "serial", user: "ada" } });
  await does("getSession", { id: session });
  await does("extendSession", { id: session, body: { ttl: 3600 } });
  await does("endSession", { id: session, query: { message: "Good night" } });
  await does("endSessions", { query: { all: "true" } });
  const lock = await does("lock", { body: { user: "mallory", message: "Ask the help desk" } });
  await does("listLocks");
  await does("liftLock", { id: lock["id"] ?? "" });
  await does("revokeToken", { id });
  await does("revokeTokenItself", { body: { token } });
  await does("getOpenApi");
  // An answer without an end: its own test reads it.
  called.add("followEvents");
  expect([...called].toSorted()).toEqual(Object.keys(OPERATIONS).toSorted());
});

test("the published client has a method for every operation, and no other but `metrics`", () => {
  const methods = Object.getOwnPropertyNames(AdminClient.prototype).filter((name) => name !== "constructor");
  expect(methods.toSorted()).toEqual([...Object.keys(OPERATIONS), "metrics"].toSorted());
});

test("what the document says of parameters is what is checked", async () => {
  const parameters = openApiDocument()["paths"] as Record<string, Record<string, { parameters?: object[] }>>;
  expect(parameters["/v1/sessions"]?.["get"]?.parameters).toMatchObject([
    { name: "limit", in: "query", schema: { type: "integer", minimum: 1, maximum: 1000 } },
    { name: "after" },
    { name: "instance" },
    { name: "type", schema: { enum: ["vnc", "serial", "spice"] } },
    { name: "user" },
  ]);
  expect((await gateway.admin("GET", "/v1/sessions?limit=1001")).status).toBe(400);
});
