import { type ByteServer, startByteServer } from "@curfew/testing";
import { Validator } from "@seriousme/openapi-schema-validator";
import { Ajv2020 } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
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

interface Content {
  readonly content: Readonly<Record<string, { readonly schema: object }>>;
}

/** An operation, as the document describes it. */
interface Described {
  readonly operationId: string;
  readonly parameters?: readonly { readonly name: string; readonly in: string; readonly schema: object }[];
  readonly requestBody?: Content;
  readonly responses: Readonly<Record<string, Content | undefined>>;
}

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Described>>>>;
  readonly components: { readonly responses: { readonly Problem: Content } };
}

/** Checks values with the schemas of the document, which are JSON Schema, with none of the code that made them. */
const ajv = new Ajv2020({ strict: true, allErrors: true });
addFormats.default(ajv);

/** What is wrong with a value, in words. */
function faults(schema: object | undefined, value: unknown): unknown {
  if (schema === undefined) return "the document has no schema for it";
  return ajv.validate(schema, value) ? [] : ajv.errorsText();
}

interface Call {
  readonly id?: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: object;
}

/** Calls an operation as the served document describes it, and checks its answer with the document, and with the code. */
async function call(
  document: Document,
  name: OperationName,
  { id = "", query = {}, body }: Call = {},
): Promise<Readonly<Record<string, string>>> {
  const found = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).flatMap(([method, described]) =>
      described.operationId === name ? [{ path, method, described }] : [],
    ),
  );
  const [{ path, method, described } = expect.unreachable(`${name} is not in the document`)] = found;
  const { parameters = [], requestBody, responses } = described;
  const known = parameters.filter((parameter) => parameter.in === "query").map((parameter) => parameter.name);
  expect([name, Object.keys(query).filter((each) => !known.includes(each))]).toEqual([name, []]);
  expect([name, body === undefined ? [] : faults(jsonOf(requestBody), body)]).toEqual([name, []]);
  const search = new URLSearchParams(query).toString();
  const response = await gateway.admin(method.toUpperCase(), `${path.replace("{id}", id)}?${search}`, body);
  const answer: unknown = await response.json();
  expect([name, response.status]).toEqual([name, OPERATIONS[name].status]);
  expect([name, faults(jsonOf(responses[response.status]), answer)]).toEqual([name, []]);
  return v.parse(OPERATIONS[name].answer, answer) as Readonly<Record<string, string>>;
}

/** The schema of a JSON document. */
function jsonOf(content: Content | undefined): object | undefined {
  return Object.entries(content?.content ?? {}).find(([type]) => type.endsWith("json"))?.[1].schema;
}

/** Requests that cannot succeed, each for another reason. */
const REFUSED: readonly (readonly [
  what: string,
  status: number,
  request: readonly [string, string, unknown?, string?],
])[] = [
  ["no such session", 404, ["GET", "/v1/sessions/unknown"]],
  ["no such path", 404, ["GET", "/v1/nothing"]],
  ["a wrong key", 401, ["GET", "/v1/tokens", undefined, "a-wrong-key-of-the-tests"]],
  ["another method", 404, ["PUT", "/v1/tokens", {}]],
  ["no JSON", 422, ["POST", "/v1/tokens", "{"]],
  ["an option that is wrong", 422, ["POST", "/v1/tokens", { type: "serial", target: 5 }]],
  ["a target that is not allowed", 422, ["POST", "/v1/tokens", { type: "serial", target: "192.0.2.1:5901" }]],
  ["a query that is wrong", 400, ["GET", "/v1/sessions?limit=none"]],
];

test.each(REFUSED)("%s is answered as the document says: %i", async (_what, status, request) => {
  const { components } = (await admin.getOpenApi()) as Document;
  const response = await gateway.admin(...request);
  expect(response.status).toBe(status);
  expect(Object.keys(components.responses.Problem.content)).toContain(response.headers.get("content-type"));
  expect(faults(jsonOf(components.responses.Problem), await response.json())).toEqual([]);
});

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
  await does("listTokens", { query: { limit: "5", instance: "vm-1", type: "serial", user: "ada" } });
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
