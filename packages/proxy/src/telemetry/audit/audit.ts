import { randomBytes } from "node:crypto";
import { hostname } from "node:os";
import { type Address, formatAddress } from "../../net/address.ts";
import { printable } from "../../printable.ts";
import { Bursts } from "../bursts.ts";
import type { EventObserver, GatewayEvent, RequestEvent } from "../events.ts";
import { logError, type Logger } from "../log.ts";
import type { AuditEntry } from "./entry.ts";
import { entryOf } from "./entry-of.ts";
import { AuditSyslog, syslogServer } from "./syslog.ts";
import { AuditDescriptor, AuditFile, type AuditTarget } from "./target.ts";
import { AuditWriter } from "./writer.ts";

/** How many refusals without a token are written one by one, for each cause, before the others are counted. */
const SINGLE_REFUSALS = 100;

/** Name of the observer. */
export const AUDIT: string = "audit";

/** How long the file may take at the start, in milliseconds. */
const OPENING_MS = 5000;

/** A full disk does not keep a gateway that may go on without its trail from starting. */
const FULL: ReadonlySet<string | undefined> = new Set(["ENOSPC", "EDQUOT", "EFBIG"]);

/** The audit trail as configured. */
interface AuditOptions {
  /** The file that lines are appended to, `-` for standard output, or `syslog://host:port`. */
  readonly path: string;
  /** Whether what cannot be written does not take place. */
  readonly required: boolean;
}

/** What tells a gateway in the trail from others, and that it is the successor of one that was killed. */
interface AuditedGateway {
  /** Where it listens for browsers, as configured. */
  readonly listen: string;
  /** Id of the gateway of a worker. @defaultValue this process leads it */
  readonly id: string | undefined;
}

/** Test seams of {@link Audit}. */
interface AuditSeams {
  readonly target?: AuditTarget;
  readonly singleRefusals?: number;
}

/** The options of a gateway that concern its audit trail. */
interface AuditConfig {
  readonly audit: { readonly path: string | null; readonly required: boolean };
  readonly listen: Address;
  readonly unix_listen: string | null;
}

/**
 * @param gatewayId - of a worker's gateway.
 * @returns undefined where no audit trail is configured.
 */
export function openAudit(config: AuditConfig, log: Logger, gatewayId?: string): Audit | undefined {
  const { path, required } = config.audit;
  const listen = config.unix_listen ?? formatAddress(config.listen);
  return path === null ? undefined : new Audit({ path, required }, { listen, id: gatewayId }, log);
}

/** Writes what happens to the audit trail: one line of JSON for each event, in order. */
export class Audit implements EventObserver {
  readonly name: string = AUDIT;
  readonly before?: (event: RequestEvent) => Promise<void>;
  readonly #options: AuditOptions;
  readonly #writer: AuditWriter;
  readonly #refusals: Bursts<AuditEntry>;
  readonly #singleRefusals: number;
  readonly #run = randomBytes(6).toString("base64url");
  readonly #gateway: AuditedGateway;

  constructor(options: AuditOptions, gateway: AuditedGateway, log: Logger, seams: AuditSeams = {}) {
    const { path } = options;
    this.#options = options;
    this.#gateway = gateway;
    this.#singleRefusals = seams.singleRefusals ?? SINGLE_REFUSALS;
    this.#writer = new AuditWriter({
      target: seams.target ?? targetOf(path, log),
      onFailure: (error) => logError(log, { level: "error", error, path }, "the audit trail cannot be written"),
      onResumed: (lost) => log.warn({ path, lost }, "the audit trail is written again"),
      resumed: (lost) => this.#line({ event: "audit_resumed", lost }),
    });
    this.#refusals = new Bursts((entry, more) => this.#append(more === 0 ? entry : { ...entry, more }));
    if (options.required) this.before = async (event) => await this.#writeFirst(event);
  }

  /**
   * Writes the first line, so that a wrong path is noticed at the start.
   *
   * @throws Error naming the file.
   */
  async open(): Promise<void> {
    const late = Promise.withResolvers<never>();
    const timer = setTimeout(() => late.reject(new Error(`no answer within ${OPENING_MS / 1000} s`)), OPENING_MS);
    try {
      await Promise.race([this.#writer.appendSynced(this.#line(this.#started())), late.promise]);
    } catch (cause) {
      const { path, required } = this.#options;
      const { code, message } = cause as NodeJS.ErrnoException;
      // The log says it, and it is tried again.
      if (!required && (FULL.has(code) || syslogServer(path) !== undefined)) return;
      throw new Error(`audit.path: ${path} cannot be written: ${message}`, { cause });
    } finally {
      clearTimeout(timer);
    }
  }

  notify(event: GatewayEvent): void {
    if (this.#options.required && isRequest(event)) return;
    const entry = entryOf(event);
    if (entry === undefined) return;
    const kind = strangersKind(event);
    if (kind === undefined) this.#append(entry);
    else this.#refusals.add(`${event.type} ${kind}`, entry, this.#singleRefusals);
  }

  /** For `/readyz`. Rejects while lines cannot be written. */
  async health(): Promise<void> {
    this.#writer.check();
  }

  /** Why lines cannot be written; undefined when they can. */
  get problem(): string | undefined {
    try {
      this.#writer.check();
    } catch (error) {
      return `the audit trail cannot be written: ${(error as Error).message}`;
    }
    return undefined;
  }

  /** Opens the file again, if it was moved. */
  reopen(): void {
    this.#writer.reopen();
  }

  /** Identifies the gateway of this process. */
  get gatewayId(): string {
    return this.#gateway.id ?? this.#run;
  }

  /**
   * Writes the last lines, as far as that is possible within 5 s.
   *
   * @param hasStarted - whether the gateway has listened.
   */
  async close(hasStarted: boolean): Promise<void> {
    this.#refusals.flush();
    this.#append({ event: hasStarted ? "gateway_stopped" : "start_failed" });
    await this.#writer.close();
  }

  #started(): AuditEntry {
    const { listen } = this.#gateway;
    return { event: "gateway_started", gateway: this.gatewayId, host: hostname(), listen };
  }

  async #writeFirst(event: RequestEvent): Promise<void> {
    const entry = entryOf(event);
    if (entry !== undefined) await this.#writer.appendSynced(this.#line(entry));
  }

  #append(entry: AuditEntry): void {
    this.#writer.append(this.#line(entry));
  }

  #line({ event, ...fields }: AuditEntry): string {
    const time = new Date().toISOString();
    // JSON escapes control characters of ASCII only; a trail is read in terminals, too.
    return printable(JSON.stringify({ time, run: this.#run, pid: process.pid, event, ...fields }));
  }
}

function targetOf(path: string, log: Logger): AuditTarget {
  if (path === "-") return new AuditDescriptor(1);
  const server = syslogServer(path);
  if (server !== undefined) return new AuditSyslog(server);
  return new AuditFile(path, (error) =>
    logError(log, { level: "warn", error, path }, "the audit file was moved, and no new one can be made"),
  );
}

/** Whether {@link EventObserver.before} has heard of it. */
function isRequest({ type }: GatewayEvent): boolean {
  return type.endsWith("_requested");
}

/** What a client without a token or a key can cause at will, by kind; undefined for everything else. */
function strangersKind(event: GatewayEvent): string | undefined {
  if (event.type === "session_ended") return event.session.grant === undefined ? event.end.reason : undefined;
  if (event.type === "upgrade_refused") return event.fault;
  if (event.type === "connection_refused") return event.reason;
  return event.type === "admin_refused" ? String(event.status) : undefined;
}
