import { initialState, step } from "../src/connection/machine/step.ts";
import type {
  Effect,
  EmitEffect,
  MachineEvent,
  MachineState,
  ResolvedOptions,
  TimerName,
} from "../src/connection/machine/types.ts";

const OPTIONS: ResolvedOptions = {
  autoRenew: false,
  canFetchToken: true,
  reconnects: true,
  waitForViewer: false,
  warnBeforeMs: 60_000,
  connectTimeoutMs: 10_000,
  helloTimeoutMs: 30_000,
  callbackTimeoutMs: 60_000,
  pingIntervalMs: 15_000,
};

/** Runs the machine as the connection does, and records timers, sockets and events. */
export class Harness {
  state: MachineState;
  now = 0;
  /** How much longer the computer slept than the monotonic clock counted. */
  sleptMs = 0;
  lastFrameAt = 0;
  readonly timers = new Map<TimerName, number>();
  readonly emitted: EmitEffect[] = [];
  readonly effects: Effect[] = [];
  sockets = 0;
  watching = false;

  constructor(changes: Partial<ResolvedOptions> = {}) {
    this.state = initialState({ ...OPTIONS, ...changes });
  }

  send(event: MachineEvent): void {
    const { state, effects } = step(this.state, event, {
      now: this.now,
      wall: this.now + this.sleptMs,
      lastFrameAt: this.lastFrameAt,
    });
    this.state = state;
    for (const effect of effects) this.#perform(effect);
  }

  #perform(effect: Effect): void {
    this.effects.push(effect);
    if (effect.type === "emit") this.emitted.push(effect);
    if (effect.type === "setTimer") this.timers.set(effect.name, effect.ms);
    if (effect.type === "clearTimer") this.timers.delete(effect.name);
    if (effect.type === "clearTimers") this.timers.clear();
    if (effect.type === "openSocket") this.sockets += 1;
    if (effect.type === "closeSocket") this.sockets -= 1;
    if (effect.type === "watchPage") this.watching = true;
    if (effect.type === "unwatchPage") this.watching = false;
  }

  fire(name: TimerName): void {
    if (!this.timers.delete(name)) return;
    this.send({ type: "timer", name });
  }

  /** The gateway answers the last ping. */
  answer(more: { readonly expiresInMs?: number | null } = {}): void {
    const id = this.effects.flatMap((effect) =>
      effect.type === "send" && effect.message.type === "ping" ? [effect.message.id] : [],
    );
    this.send({
      type: "control",
      attemptId: this.state.attemptId,
      text: JSON.stringify({ type: "pong", id: id.at(-1), ...more }),
    });
  }

  connected(expiresInMs: number | null = null): this {
    this.send({ type: "connect", hidden: false });
    this.#open(expiresInMs);
    return this;
  }

  reopen(expiresInMs: number | null = null): void {
    this.#open(expiresInMs);
  }

  #open(expiresInMs: number | null): void {
    const { attemptId } = this.state;
    this.send({ type: "authorized", attemptId, webSocket: { url: "ws://x/", protocols: [] } });
    this.send({ type: "opened", attemptId, protocol: "curfew.v1" });
    const hello = { type: "hello", session: "s", expiresInMs, renewable: true };
    this.send({ type: "control", attemptId, text: JSON.stringify(hello) });
  }
}
