import { toJsonSchema } from "@valibot/to-json-schema";
import type * as v from "valibot";
import { type Operation, OPERATIONS } from "./operations.ts";
import { VERSION } from "../version.ts";
import { type Query, QUERY_PARAMETERS } from "./request-schemas.ts";
import { problemDetails } from "./response-schemas.ts";

type Json = Readonly<Record<string, unknown>>;

const PROBLEM = "#/components/responses/Problem";

/** The OpenAPI 3.1 document of the admin API, made of what checks its requests. */
export function openApiDocument(): Json {
  const paths: Record<string, Record<string, Json>> = {};
  for (const [operationId, operation] of Object.entries(OPERATIONS)) {
    const path = operation.path.replace(/:(\w+)/, "{$1}");
    paths[path] = { ...paths[path], [operation.method.toLowerCase()]: describe(operationId, operation) };
  }
  return {
    openapi: "3.1.1",
    info: {
      title: "Curfew's admin API",
      version: VERSION,
      description: "Issues and revokes tokens, and lists, extends and ends sessions.",
    },
    servers: [{ url: "http://127.0.0.1:6081" }],
    security: [{ key: [] }],
    paths,
    components: {
      securitySchemes: {
        key: { type: "http", scheme: "bearer", description: "`admin.key`, or one of `admin.keys`." },
      },
      responses: {
        Problem: {
          description: "What is wrong (RFC 9457).",
          content: { "application/problem+json": { schema: schemaOf(problemDetails) } },
        },
      },
    },
  };
}

function describe(operationId: string, operation: Operation): Json {
  const { path, right, summary, query, header, body, status, answer, mediaType = "application/json" } = operation;
  const parameters = [
    ...(path.includes("/:id") ? [ID] : []),
    ...query.map(describeParameter),
    ...(header === undefined ? [] : [{ ...header, in: "header", schema: { type: "string" } }]),
  ];
  return {
    operationId,
    summary,
    description: `Needs the right \`${right}\`.`,
    ...(parameters.length > 0 && { parameters }),
    ...(body !== undefined && {
      requestBody: { required: true, content: { "application/json": { schema: schemaOf(body) } } },
    }),
    responses: {
      [status]: { description: "Done.", content: { [mediaType]: { schema: schemaOf(answer) } } },
      default: { $ref: PROBLEM },
    },
  };
}

const ID: Json = { name: "id", in: "path", required: true, schema: { type: "string" } };

function describeParameter(name: keyof Query): Json {
  const { description, ...schema } = schemaOf(QUERY_PARAMETERS[name], "output");
  return { name, in: "query", description, schema };
}

/** @param typeMode - `output` for text that is read as something else. */
function schemaOf(schema: v.GenericSchema, typeMode: "input" | "output" = "input"): Json {
  const { $schema: _, ...json } = toJsonSchema(schema, {
    // What cannot be said in JSON Schema is checked all the same.
    errorMode: "ignore",
    target: "draft-2020-12",
    typeMode,
  });
  return json;
}
