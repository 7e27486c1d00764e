import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { jsonSchema } from "./json-schema.ts";
import { describeOptions } from "./schema.ts";
import { describeTokenSources } from "./token-sources.ts";

const committed = new URL("../../../../docs/curfew.schema.json", import.meta.url);

interface Part {
  readonly type?: unknown;
  readonly description?: string;
  readonly default?: unknown;
  readonly properties?: Readonly<Record<string, Part>>;
  readonly items?: Part;
  readonly oneOf?: readonly Part[];
}

/** The part for an option. */
function partAt(path: string): Part | undefined {
  return path.split(".").reduce<Part | undefined>((part, name) => part?.properties?.[name], jsonSchema() as Part);
}

test("the committed schema is the generated one; `curfew config schema` prints it", () => {
  expect(JSON.parse(readFileSync(committed, "utf8"))).toEqual(jsonSchema());
});

test("every option is in it, with its sentence and its default", () => {
  for (const { path, description, default: value } of describeOptions()) {
    // That of the store's file is another one on each machine.
    const expected = path === "tokens.path" ? undefined : value;
    expect([path, partAt(path)?.description, partAt(path)?.default]).toEqual([path, description, expected]);
  }
});

test("every kind of token source is in it with its options", () => {
  const members = partAt("tokens.sources")?.items?.oneOf ?? [];
  const sources = describeTokenSources();
  expect(members.map(({ properties = {} }) => Object.keys(properties).filter((name) => name !== "type"))).toEqual(
    Object.values(sources).map((options) =>
      options.flatMap(({ path, isSecret }) => (isSecret ? [path, `${path}_file`] : [path])),
    ),
  );
});

test("a secret option has one that names its file, and only one of them is required", () => {
  expect(partAt("admin")?.properties).toHaveProperty("key_file.type", ["string", "null"]);
  expect(partAt("admin")?.properties).not.toHaveProperty("keys_file");
  const redis = partAt("tokens.sources")?.items?.oneOf?.find(({ properties }) => properties?.["namespace"]);
  expect(redis).toMatchObject({
    required: ["type"],
    allOf: [{ oneOf: [{ required: ["url"] }, { required: ["url_file"] }] }],
  });
});

test("values are bounded as the gateway bounds them", () => {
  expect(partAt("workers")).toMatchObject({ type: "integer", minimum: 1, maximum: 256 });
  expect(partAt("sessions.max_duration")).toMatchObject({ type: ["number", "null"], exclusiveMinimum: 0 });
  expect(partAt("log.level")).toMatchObject({ enum: ["trace", "debug", "info", "warn", "error", "silent"] });
  expect(partAt("vnc.auth_schemes")).toMatchObject({ type: ["array", "null"], minItems: 1 });
  expect(partAt("admin.key")).toMatchObject({ type: ["string", "null"], pattern: "^[\\x21-\\x7e]{16,256}$" });
  expect(partAt("sessions")).toMatchObject({ type: ["object", "null"], additionalProperties: false });
});
