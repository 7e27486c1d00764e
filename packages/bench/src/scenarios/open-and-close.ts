import { setTimeout as delay } from "node:timers/promises";
import type { ConnectOptions } from "../load/client.ts";
import { closeSessions, openSession } from "../load/session.ts";
import type { CpuUsage } from "../machine/observe-cpu.ts";
import { sampleLoad } from "./sample-load.ts";
import type { ScenarioContext } from "./scenario.ts";

/** What {@link openAndClose} works with. */
export interface OpenAndCloseContext extends Pick<ScenarioContext, "target" | "effort"> {
  readonly subject: { readonly pid: number };
  /** Used in turn, again and again. */
  readonly options: readonly ConnectOptions[];
  /** How many clients there are. */
  readonly parallel: number;
  /** How often each client starts over, in milliseconds, unless the session before takes longer. @defaultValue at once */
  readonly everyMs?: number;
}

/** What happened in the sample. */
export interface OpenedAndClosed extends CpuUsage {
  /** From the TCP connection to the target's first byte, in milliseconds, for each session. */
  readonly times: readonly number[];
}

/** Opens and closes sessions all the time: each client starts over once both sockets of its session are closed. */
export async function openAndClose(context: OpenAndCloseContext): Promise<OpenedAndClosed> {
  const { options, target, parallel, everyMs = 0 } = context;
  let isOver = false;
  const times: number[] = [];
  const next = repeatedly(options);
  const work = async (index: number): Promise<void> => {
    let due = performance.now() + (everyMs * index) / parallel;
    for (const one of next) {
      if (everyMs > 0) await delay(Math.max(0, due - performance.now()));
      if (isOver) return;
      due += everyMs;
      const start = performance.now();
      const session = await openSession(one, target);
      times.push(performance.now() - start);
      await closeSessions([session]);
    }
  };
  const clients = Promise.all(Array.from({ length: parallel }, async (_, index) => await work(index)));
  const sampling = (async () => {
    const usage = await sampleLoad(context, () => {
      times.length = 0;
    });
    return { ...usage, times: [...times] };
  })();
  // A client that fails ends the scenario; otherwise the clients continue until it is over.
  const sample = await Promise.race([sampling, clients.then(() => sampling)]);
  isOver = true;
  await clients;
  return sample;
}

function* repeatedly(options: readonly ConnectOptions[]): Generator<ConnectOptions, void> {
  for (;;) yield* options;
}
