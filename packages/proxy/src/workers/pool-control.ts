import type { ControlAnswers, ControlRequestOf, ControlType } from "../control/control-request.ts";
import { type AllAnswers, MergedControl } from "../control/merged-control.ts";
import type { SessionControl } from "../control/session-control.ts";
import type { WorkerPool } from "./worker-pool.ts";

/** Controls the sessions of all workers. */
export function poolControl(pool: Pick<WorkerPool, "askAll">): SessionControl {
  return new MergedControl(
    async <Type extends ControlType>(request: ControlRequestOf<Type>): Promise<AllAnswers<ControlAnswers[Type]>> =>
      await pool.askAll<ControlAnswers[Type]>(async ({ channel }) => await channel.ask(request)),
  );
}
