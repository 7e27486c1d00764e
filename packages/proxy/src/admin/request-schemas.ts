import * as v from "valibot";
import { CONSOLE_TYPES } from "../consoles/index.ts";
import { MAX_PAGE } from "../paging.ts";
import { printable } from "../printable.ts";
import { type Access, type ConsoleType, isSubject, MAX_SUBJECT } from "../tokens/grant.ts";
import { MAX_LIFETIME_SECONDS } from "../tokens/store.ts";

/** The longest sentence that an operator can write to users, in characters. */
const MAX_MESSAGE = 500;

const ACCESS = ["control", "view"] as const;
const COUNTED = "expected a whole number of 1 or more";
const PAGE = `expected a whole number from 1 to ${MAX_PAGE}`;

const text = v.pipe(
  v.string("expected a string"),
  v.nonEmpty("expected a string that is not empty"),
  v.maxLength(MAX_SUBJECT, `expected Unicode text of at most ${MAX_SUBJECT} characters`),
  v.check(isSubject, `expected Unicode text of at most ${MAX_SUBJECT} characters`),
);
const consoleType = v.picklist(CONSOLE_TYPES, `expected ${CONSOLE_TYPES.map((type) => `"${type}"`).join(" or ")}`);

const seconds = v.pipe(
  v.number("expected a number of seconds"),
  v.finite("expected a finite number of seconds"),
  v.gtValue(0, "expected more than 0 seconds"),
  v.maxValue(MAX_LIFETIME_SECONDS, `expected at most ${MAX_LIFETIME_SECONDS} seconds (100 years)`),
);

/** What an operator writes to users: text that cannot control what shows it. */
const message = v.pipe(
  v.string("expected a string"),
  v.maxLength(MAX_MESSAGE, `expected a line of text of 1 to ${MAX_MESSAGE} characters`),
  v.check(
    (value) => value.trim() !== "" && printable(value) === value,
    `expected a line of text of 1 to ${MAX_MESSAGE} characters`,
  ),
);

/** A parameter or field with the sentence that the OpenAPI document shows. */
function described<const S extends v.GenericSchema>(
  schema: S,
  sentence: string,
): v.SchemaWithPipe<readonly [S, v.DescriptionAction<v.InferOutput<S>, string>]> {
  return v.pipe(schema, v.description(sentence));
}

/** The parameters of all queries. */
export interface Query {
  readonly limit?: number | undefined;
  readonly after?: string | undefined;
  readonly instance?: string | undefined;
  readonly type?: ConsoleType | undefined;
  readonly user?: string | undefined;
  readonly all?: "true" | undefined;
  readonly message?: string | undefined;
}

/** How each parameter of a query is read. */
export const QUERY_PARAMETERS: {
  readonly [Name in keyof Query]-?: v.GenericSchema<string, Exclude<Query[Name], undefined>>;
} = {
  limit: described(
    v.pipe(
      v.string(),
      // JavaScript takes more for a number, such as 1e2, 0x10 and a blank.
      v.check((value) => /^[1-9]\d*$/.test(value), PAGE),
      v.transform(Number),
      v.safeInteger(PAGE),
      v.minValue(1, PAGE),
      v.maxValue(MAX_PAGE, PAGE),
    ),
    "The most entries to return.",
  ),
  after: described(v.string(), "The `next` of the page before."),
  instance: described(v.string(), "Only those of this virtual machine."),
  type: described(consoleType, "Only consoles of this type."),
  user: described(v.string(), "Only those of this user."),
  all: described(v.literal("true", 'expected "true"'), "All of them."),
  message: described(message, "A sentence that the users are shown as the operator's."),
};

/** The body of `POST /v1/tokens`. */
export interface TokenRequestBody {
  readonly type: ConsoleType;
  readonly target: string;
  readonly ttl?: number | null | undefined;
  readonly instance?: string | null | undefined;
  readonly name?: string | null | undefined;
  readonly user?: string | null | undefined;
  readonly access?: Access | null | undefined;
  readonly single_use?: boolean | null | undefined;
  readonly max_sessions?: number | null | undefined;
}

const NO_OBJECT = "expected an object";

export const tokenRequest: v.GenericSchema<TokenRequestBody> = v.strictObject(
  {
    type: described(consoleType, "The type of the console."),
    target: described(
      v.string("expected host:port, tls://host:port or unix:/path"),
      "What is dialed: `host:port`, `tls://host:port` or `unix:/path`. `targets.allow` has to allow it.",
    ),
    ttl: v.optional(described(seconds, "Lifetime in seconds; by default `consoleauth.token_ttl`.")),
    instance: v.optional(v.nullable(described(text, "The virtual machine's identifier."))),
    name: v.optional(v.nullable(described(text, "The machine's display name."))),
    user: v.optional(v.nullable(described(text, "The user that the token is for."))),
    access: v.optional(
      v.nullable(described(v.picklist(ACCESS, 'expected "control" or "view"'), "By default `control`.")),
    ),
    single_use: v.optional(
      v.nullable(
        described(v.boolean("expected true or false"), "Whether the token opens, or renews, a session only once."),
      ),
    ),
    max_sessions: v.optional(
      v.nullable(
        described(
          v.pipe(v.number(COUNTED), v.safeInteger(COUNTED), v.minValue(1, COUNTED)),
          "How many sessions may be open with the token at once.",
        ),
      ),
    ),
  },
  NO_OBJECT,
);

/** The body of `POST /v1/locks`. */
export interface LockRequestBody {
  readonly user?: string | null | undefined;
  readonly instance?: string | null | undefined;
  readonly address?: string | null | undefined;
  readonly token?: string | null | undefined;
  readonly message?: string | null | undefined;
}

export const lockRequest: v.GenericSchema<LockRequestBody> = v.strictObject(
  {
    user: v.optional(v.nullable(described(text, "The user to lock. Exactly one of the four is expected."))),
    instance: v.optional(v.nullable(described(text, "The virtual machine to lock."))),
    address: v.optional(v.nullable(described(text, "The IP address or network to lock."))),
    token: v.optional(
      v.nullable(described(text, "The id of the token to lock, also of one that another system issued.")),
    ),
    message: v.optional(v.nullable(described(message, "A sentence that the users are shown as the operator's."))),
  },
  NO_OBJECT,
);

/** The body of the requests that name a token itself. */
export interface TokenBody {
  readonly token: string;
}

export const tokenBody: v.GenericSchema<TokenBody> = v.strictObject(
  { token: described(text, "The token itself, for callers that do not have its id.") },
  NO_OBJECT,
);

/** The body of `POST /v1/sessions/:id/extend`. */
export interface ExtensionBody {
  readonly ttl: number;
}

export const extension: v.GenericSchema<ExtensionBody> = v.strictObject(
  { ttl: described(seconds, "Seconds from now until the session ends.") },
  NO_OBJECT,
);
