import { setTimeout as delay } from "node:timers/promises";
import type { AttackerRequests, AttackReport } from "./attacker/process.ts";
import { GatewayUnderAttack, type IssuedToken } from "./gateway-under-attack.ts";
import { HelperProcess } from "./helper-process.ts";
import { type ProcessUsage, readTimes, readUsage, UsageSampler } from "./process-usage.ts";
import type { Scenario } from "./scenario.ts";
import type { VictimReport, VictimRequests } from "./victim/process.ts";

/** How large and how long a run is. */
export interface Scale {
  readonly isFull: boolean;
  /** Sessions of the victims that type all the time. */
  readonly typists: number;
  /** Milliseconds between the keys of one of them. */
  readonly keyEveryMs: number;
  /** Sessions of the victims that expire during the attack, and a quarter of them during the quiet phase. */
  readonly expiring: number;
  readonly quietMs: number;
  readonly attackMs: number;
  /** Commands that pin the gateway, and what measures and attacks it, to a core each. */
  readonly pin: { readonly gateway: readonly string[]; readonly others: readonly string[] };
}

/** What a run has measured. */
export interface Measurement {
  readonly quiet: VictimReport;
  readonly attack: VictimReport;
  /** Before the attack, at its peak, and after the recovery. */
  readonly usage: { readonly before: ProcessUsage; readonly peak: ProcessUsage; readonly after: ProcessUsage };
  readonly attacker: AttackReport;
  /** How many times as long as on processors of its own the gateway took for what it did during the attack. */
  readonly slowdown: number;
  /** How often during the attack `/readyz` did not say in time, on a new connection, that the gateway is ready. */
  readonly unready: number;
  /**
   * Milliseconds from the attack's end until a new session opens, `/readyz` says ready, and memory and descriptors are
   * back; or, where the gateway drains, until it ended. Undefined when that did not happen in time.
   */
  readonly recoveredMs: number | undefined;
  /** How the gateway ended although it was not told to, or ended wrongly; else undefined. */
  readonly exit: number | string | undefined;
  readonly logTail: string;
}

/** The longest recovery that is waited for, in milliseconds. */
const MAX_RECOVERY_MS = 15_000;

/** A margin for garbage, in bytes. */
export const MAX_GROWTH_BYTES = 64 * 2 ** 20;

/** Descriptors that may come and go by themselves. */
const SPARE_DESCRIPTORS = 4;

/** Pause between two questions whether the gateway is ready, in milliseconds. */
const ASK_EVERY_MS = 200;

/** How long opening one session may take before its token's life begins, in milliseconds. */
const LEAD_MS = 20;

/** The longest such time for all sessions together, on a busy machine, in milliseconds. */
const MAX_LEAD_MS = 5000;

/** How much longer a gateway drains than it is attacked, in milliseconds, so that its sessions do not end before. */
const DRAIN_MARGIN_MS = 1500;

/** How long a typist's token lives: longer than any run, also a soak of an hour. */
const LONG_MS = 2 * 3_600_000;

/** @param at - a time of the monotonic clock, which may be over. */
async function delayUntil(at: number): Promise<void> {
  await delay(Math.max(0, at - performance.now()));
}

/** Runs an attack beside victims and measures what they, and the gateway, notice. */
export async function runScenario(scenario: Scenario, clients: number, scale: Scale): Promise<Measurement> {
  await using stage = await Stage.start(scenario, scale);
  return await stage.run(scenario, clients);
}

/** A gateway, and victims that type. */
export class Stage implements AsyncDisposable {
  readonly #gateway: GatewayUnderAttack;
  readonly #victim: HelperProcess<VictimRequests>;
  readonly #scale: Scale;
  #victimTarget = "";
  #exit: number | string | undefined;

  private constructor(gateway: GatewayUnderAttack, scale: Scale) {
    this.#gateway = gateway;
    this.#victim = new HelperProcess(new URL("victim/process.ts", import.meta.url), scale.pin.others);
    this.#scale = scale;
    void gateway.exited.then((how) => (this.#exit = how));
  }

  /** Starts a gateway under the conditions of a scenario. */
  static async start(
    { drains, options, descriptors }: Pick<Scenario, "drains" | "options" | "descriptors">,
    scale: Scale,
  ): Promise<Stage> {
    const drainSeconds = ((scale.attackMs + DRAIN_MARGIN_MS) / 1000).toFixed(1);
    const gateway = await GatewayUnderAttack.start({
      options: { ...(drains === true && { SESSIONS_DRAIN_TIMEOUT: drainSeconds }), ...options },
      descriptors,
      pin: scale.pin.gateway,
    });
    const stage = new Stage(gateway, scale);
    stage.#victimTarget = await stage.#victim.ask("listen");
    await stage.#openTypists();
    return stage;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#victim[Symbol.asyncDispose]();
    await this.#gateway[Symbol.asyncDispose]();
  }

  /** Runs an attack, and waits for the recovery. */
  async run(scenario: Scenario, clients: number): Promise<Measurement> {
    const program = new URL("attacker/process.ts", import.meta.url);
    await using attacker = new HelperProcess<AttackerRequests>(program, this.#scale.pin.others);
    const { attackMs, quietMs, expiring } = this.#scale;
    const quiet = await this.#phase(quietMs, Math.ceil(expiring / 4), async () => {});
    const before = readUsage(this.#gateway.pid);
    await this.#prepareAttack(scenario, clients, attacker);
    const sampler = new UsageSampler(this.#gateway.pid);
    const times = readTimes(this.#gateway.pid);
    let unready = 0;
    // Before the attack, because a process that starts takes processor time from the gateway.
    await using lock = scenario.locksStore === true ? await this.#gateway.prepareLock() : undefined;
    let issued: Promise<void> | undefined;
    const attack = await this.#phase(attackMs, expiring, async () => {
      await lock?.lock();
      if (lock !== undefined) issued = this.#gateway.issueMany();
      await attacker.ask("begin");
      if (scenario.drains === true) this.#gateway.terminate();
      else void this.#askWhile(attackMs, () => (unready += 1));
    });
    const slowdown = this.#slowdownSince(times);
    const report = await attacker.ask("report");
    await lock?.release();
    await issued;
    if (scenario.stays !== true && scenario.drains !== true) await attacker[Symbol.asyncDispose]();
    const recoveredMs = scenario.drains === true ? await this.#ended() : await this.#recovered(before);
    return {
      quiet,
      attack,
      usage: { before, peak: sampler.stop(), after: readUsage(this.#gateway.pid) },
      attacker: report,
      slowdown,
      unready,
      recoveredMs,
      exit: scenario.drains === true && this.#exit === 0 ? undefined : this.#exit,
      logTail: this.#gateway.logTail,
    };
  }

  #slowdownSince(before: ReturnType<typeof readTimes>): number {
    const now = readTimes(this.#gateway.pid);
    const [running, waiting] = [now.running - before.running, now.waiting - before.waiting];
    // A gateway that has ended by now has no times.
    return running > 0 && waiting > 0 ? 1 + waiting / running : 1;
  }

  async #askWhile(ms: number, onUnready: () => void): Promise<void> {
    for (const end = performance.now() + ms; performance.now() < end; await delay(ASK_EVERY_MS)) {
      if (!(await this.#gateway.isReady())) onUnready();
    }
  }

  async #openTypists(): Promise<void> {
    const { typists, keyEveryMs } = this.#scale;
    const tokens = await this.#issue(this.#victimTarget, typists, () => LONG_MS);
    await this.#victim.ask("openTyping", { host: this.#gateway.host, tokens, everyMs: keyEveryMs });
  }

  /** Some sessions expire in the course of the phase, spread over its last four fifths. */
  async #phase(ms: number, expiring: number, begin: () => Promise<void>): Promise<VictimReport> {
    const start = await this.#openExpiring(ms, expiring);
    await delayUntil(start);
    await this.#victim.ask("begin");
    await begin();
    await delayUntil(start + ms);
    return await this.#victim.ask("report");
  }

  /** Opens the sessions that expire in a phase. @returns when it begins */
  async #openExpiring(ms: number, expiring: number): Promise<number> {
    for (let leadMs = LEAD_MS * (expiring + 1); ; leadMs *= 3) {
      const start = performance.now() + leadMs;
      const due = (index: number): number => start + ms * (0.2 + (0.8 * index) / expiring);
      try {
        const tokens = await this.#issue(this.#victimTarget, expiring, (index) => due(index) - performance.now());
        await this.#victim.ask("openExpiring", { host: this.#gateway.host, tokens });
        return start;
      } catch (error) {
        // On a busy machine the first ones have expired before they are open.
        if (leadMs > MAX_LEAD_MS) throw error;
      }
    }
  }

  async #prepareAttack(
    { name, target, stays }: Scenario,
    clients: number,
    attacker: HelperProcess<AttackerRequests>,
  ): Promise<void> {
    const { attackMs, expiring, isFull } = this.#scale;
    // A client's token ends with the attack if its connection stays: the victims' sessions are opened in between.
    const ttlMs = stays === true ? attackMs + LEAD_MS * (expiring + clients) : LONG_MS;
    const tokens =
      target === undefined ? [] : await this.#issue(await attacker.ask("listen", target), clients, () => ttlMs);
    await attacker.ask("prepare", {
      name,
      host: this.#gateway.host,
      clients,
      isFull,
      tokens: tokens.map(({ token }) => token),
    });
  }

  async #issue(target: string, count: number, ttlMs: (index: number) => number): Promise<IssuedToken[]> {
    const tokens: IssuedToken[] = [];
    // One after the other, over one connection: others would stay open for seconds, and look like a leak.
    for (let index = 0; index < count; index += 1) tokens.push(await this.#gateway.issue(target, ttlMs(index)));
    return tokens;
  }

  async #recovered(before: ProcessUsage): Promise<number | undefined> {
    const start = performance.now();
    while (performance.now() - start < MAX_RECOVERY_MS && this.#exit === undefined) {
      const { rss, descriptors } = readUsage(this.#gateway.pid);
      const isBack = rss < before.rss + MAX_GROWTH_BYTES && descriptors <= before.descriptors + SPARE_DESCRIPTORS;
      if (isBack && (await this.#serves())) return performance.now() - start;
      await delay(20);
    }
    return undefined;
  }

  /** Whether the gateway says that it is ready, and opens a session. */
  async #serves(): Promise<boolean> {
    if (!(await this.#gateway.isReady())) return false;
    const { token } = await this.#gateway.issue(this.#victimTarget, LONG_MS);
    const opened = this.#victim.ask("probe", { host: this.#gateway.host, token }).then(
      () => true,
      () => false,
    );
    return await Promise.race([opened, delay(1000, false)]);
  }

  /** The gateway drains: when it has ended. */
  async #ended(): Promise<number | undefined> {
    const start = performance.now();
    const ended = this.#gateway.exited.then(() => performance.now() - start);
    return await Promise.race([ended, delay(MAX_RECOVERY_MS, undefined)]);
  }
}
