import { STATUS_CODES } from "node:http";
import type { SessionList, UnavailableMember } from "../control/session-control.ts";
import type { SessionView } from "../control/session-view.ts";
import { isUnknownAuthority } from "../net/unknown-authority.ts";
import type { PageRequest } from "../paging.ts";
import type { Access, ConsoleType, GrantFilter } from "../tokens/grant.ts";
import type { LockResult, LockView } from "./lock-view.ts";
import type { IssuedToken, TokenView } from "./token-view.ts";
import { type FollowedEvent, readEvents } from "./read-events.ts";
import { type AdminAnswer, type AdminRequest, readText, sendRequest } from "./transport.ts";

/** What an {@link AdminClient} is made with. */
export interface AdminClientOptions {
  /** Address of the admin API, such as `http://127.0.0.1:6081`, or `unix:/run/curfew/admin.sock`. */
  readonly url: string;
  /** `admin.key`, one of `admin.keys`, or the key that the gateway has generated. Not needed at the Unix socket. */
  readonly key?: string | undefined;
  /** PEM with the authorities of the certificate of an https address, or with that certificate. @defaultValue those of Node */
  readonly ca?: string | undefined;
}

/** The body of `POST /v1/tokens`. */
export interface IssueRequest {
  readonly type: ConsoleType;
  /** `host:port`, as the gateway reaches it. */
  readonly target: string;
  /** Lifetime in seconds. @defaultValue `consoleauth.token_ttl` */
  readonly ttl?: number | undefined;
  /** The virtual machine's identifier. */
  readonly instance?: string | undefined;
  /** The machine's display name. */
  readonly name?: string | undefined;
  /** The user that the token is for. */
  readonly user?: string | undefined;
  /** @defaultValue "control" */
  readonly access?: Access | undefined;
  /** Whether the token opens, or renews, a session only once. @defaultValue false */
  readonly single_use?: boolean | undefined;
  /** How many sessions may be open with the token at once. @defaultValue as many as the gateway allows */
  readonly max_sessions?: number | undefined;
}

/** One page of the list of tokens. */
export interface TokenList {
  readonly tokens: readonly TokenView[];
  /** Where the next page begins; undefined when this is the last one. */
  readonly next: string | undefined;
}

/** A page as it is sent: what it has nothing for is left out. */
type ListAnswer<List> = Partial<List> & Omit<List, "next" | "unavailable" | "replaced">;

/** Which sessions to end. */
export type SessionsToEnd = { readonly instance: string } | { readonly user: string } | { readonly all: true };

/** The body of `POST /v1/locks`: one of `user`, `instance`, `address` and `token`. */
export interface LockRequest {
  readonly user?: string | undefined;
  /** The virtual machine's identifier. */
  readonly instance?: string | undefined;
  /** An IP address, or a network such as `10.0.0.0/8`. */
  readonly address?: string | undefined;
  /** The id of a token, also of one that another system issued: `token_id` of its sessions. */
  readonly token?: string | undefined;
  /** A sentence that the users are shown as the operator's. */
  readonly message?: string | undefined;
}

/** How {@link AdminClient.followEvents} follows. */
export interface FollowOptions {
  /** The `id` of the last event that is known already. @defaultValue begins with what happens next */
  readonly after?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** The admin API refused a request, or did not respond. */
export class AdminError extends Error {
  override readonly name = "AdminError";
  /** The HTTP status; undefined when there was no response. */
  readonly status: number | undefined;
  /** The workers that did not answer; sessions there may still run. */
  readonly unavailable: readonly UnavailableMember[];

  constructor(message: string, status: number | undefined, options: AdminErrorOptions = {}) {
    super(message, options);
    this.status = status;
    this.unavailable = options.unavailable ?? [];
  }
}

/** What an {@link AdminError} is made with, besides its message and status. */
export interface AdminErrorOptions extends ErrorOptions {
  readonly unavailable?: readonly UnavailableMember[] | undefined;
}

/** The body of an error response (RFC 9457). */
interface ProblemDetails {
  readonly detail: string;
  readonly unavailable: readonly UnavailableMember[];
}

/** A client of a gateway's admin API. Every method throws {@link AdminError}. */
export class AdminClient {
  readonly #url: string;
  readonly #ca: string | undefined;
  readonly #headers: Readonly<Record<string, string>>;

  constructor({ url, key, ca }: AdminClientOptions) {
    this.#url = url.replace(/\/+$/, "");
    this.#ca = ca;
    this.#headers = {
      ...(key !== undefined && { Authorization: `Bearer ${key}` }),
      "Content-Type": "application/json",
    };
  }

  async issueToken(request: IssueRequest): Promise<IssuedToken> {
    return await this.#call("POST", "/v1/tokens", request);
  }

  /** One page of the tokens that are neither expired nor revoked, newest first. */
  async listTokens(request: PageRequest & GrantFilter = {}): Promise<TokenList> {
    return { next: undefined, ...(await this.#call<ListAnswer<TokenList>>("GET", `/v1/tokens${query(request)}`)) };
  }

  async getToken(id: string): Promise<TokenView> {
    return await this.#call("GET", `/v1/tokens/${encodeURIComponent(id)}`);
  }

  /** Inspects a token whose id is not known. */
  async introspectToken(token: string): Promise<TokenView> {
    return await this.#call("POST", "/v1/tokens/introspect", { token });
  }

  /** Revokes a token whose id is not known, and ends its sessions. */
  async revokeTokenItself(token: string): Promise<TokenView> {
    return await this.#call("POST", "/v1/tokens/revoke", { token });
  }

  /** Revokes a token and ends its sessions. */
  async revokeToken(id: string): Promise<TokenView> {
    return await this.#call("DELETE", `/v1/tokens/${encodeURIComponent(id)}`);
  }

  /** One page of the running sessions, oldest first. Names the workers that did not answer. */
  async listSessions(request: PageRequest & GrantFilter = {}): Promise<SessionList> {
    const answer = await this.#call<ListAnswer<SessionList>>("GET", `/v1/sessions${query(request)}`);
    return { next: undefined, unavailable: [], replaced: [], ...answer };
  }

  async getSession(id: string): Promise<SessionView> {
    return await this.#call("GET", `/v1/sessions/${encodeURIComponent(id)}`);
  }

  /**
   * Moves the end of a session.
   *
   * @param ttl - seconds from now until then.
   * @returns the session, whose end may come earlier: at its longest duration.
   */
  async extendSession(id: string, ttl: number): Promise<SessionView> {
    return await this.#call("POST", `/v1/sessions/${encodeURIComponent(id)}/extend`, { ttl });
  }

  /** @param message - a sentence for the user, of at most 500 characters. */
  async endSession(id: string, message?: string): Promise<void> {
    await this.#call("DELETE", `/v1/sessions/${encodeURIComponent(id)}${query({ message })}`);
  }

  /**
   * @param message - a sentence for the users, of at most 500 characters.
   * @returns how many sessions were ended.
   * @throws AdminError also when a worker did not answer, so that its sessions may still run.
   */
  async endSessions(sessions: SessionsToEnd, message?: string): Promise<number> {
    const parameters = query({ ...sessions, message });
    return (await this.#call<{ ended: number }>("DELETE", `/v1/sessions${parameters}`)).ended;
  }

  /** Keeps a user, a machine, an address or a token out until {@link AdminClient.liftLock}, and ends their sessions. */
  async lock(request: LockRequest): Promise<LockResult> {
    return await this.#call("POST", "/v1/locks", request);
  }

  /** The locks that are in force, the oldest first. */
  async listLocks(): Promise<readonly LockView[]> {
    return (await this.#call<{ readonly locks: readonly LockView[] }>("GET", "/v1/locks")).locks;
  }

  async liftLock(id: string): Promise<LockView> {
    return await this.#call("DELETE", `/v1/locks/${encodeURIComponent(id)}`);
  }

  /**
   * Follows what happens in the gateway, until the connection ends or is lost, or `signal` aborts.
   *
   * @param after - the `id` of the last event that is known already.
   */
  async *followEvents({ after, signal }: FollowOptions = {}): AsyncGenerator<FollowedEvent> {
    const headers = { ...this.#headers, ...(after !== undefined && { "Last-Event-ID": after }) };
    const answer = await this.#send({ method: "GET", path: "/v1/events", headers, signal });
    if (answer.statusCode !== 200) this.#fail(answer.statusCode ?? 0, await readText(answer));
    try {
      yield* readEvents(answer);
    } catch (cause) {
      const isLost = (cause as NodeJS.ErrnoException).code === "ECONNRESET";
      if (!isLost && signal?.aborted !== true) throw this.#unreachable(cause);
    }
  }

  /** The OpenAPI document of the API. */
  async getOpenApi(): Promise<object> {
    return await this.#call("GET", "/v1/openapi.json");
  }

  /** The metrics in Prometheus' text format. */
  async metrics(): Promise<string> {
    const { status, text } = await this.#fetch("GET", "/metrics");
    if (status !== 200) throw new AdminError(`the gateway at ${this.#url} refused: ${text}`, status);
    return text;
  }

  async #call<T>(method: string, path: string, body?: unknown): Promise<T> {
    const { status, text } = await this.#fetch(method, path, body);
    const answer = parse(text);
    if (status >= 300 || answer === undefined) this.#fail(status, text);
    return answer as T;
  }

  #fail(status: number, text: string): never {
    const { detail = STATUS_CODES[status], unavailable } = (parse(text) ?? {}) as Partial<ProblemDetails>;
    const verb = status < 500 ? "refused" : "failed";
    throw new AdminError(`the gateway at ${this.#url} ${verb}: ${detail}`, status, { unavailable });
  }

  async #fetch(method: string, path: string, body?: unknown): Promise<{ status: number; text: string }> {
    const answer = await this.#send({ method, path, headers: this.#headers, body: JSON.stringify(body) });
    const text = await readText(answer).catch((cause: unknown) => {
      throw this.#unreachable(cause);
    });
    return { status: answer.statusCode ?? 0, text };
  }

  async #send(request: AdminRequest): Promise<AdminAnswer> {
    return await sendRequest({ url: this.#url, ca: this.#ca }, request).catch((cause: unknown) => {
      throw this.#unreachable(cause);
    });
  }

  #unreachable(cause: unknown): AdminError {
    const { message, code } = cause as NodeJS.ErrnoException;
    const why = isUnknownAuthority(cause)
      ? "its certificate is not from a known authority: name the file of that authority (--ca)"
      : message || code;
    return new AdminError(`no gateway answers at ${this.#url}: ${why}`, undefined, { cause });
  }
}

/** JSON; undefined for what does not come from a gateway. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A query of all parameters that have a value. */
function query(values: object): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(values)) if (value !== undefined) parameters.set(name, String(value));
  return parameters.size === 0 ? "" : `?${parameters.toString()}`;
}
