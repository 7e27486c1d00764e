import { closeSessions, openSessions, type Session } from "../load/session.ts";
import { GIB } from "../machine/units.ts";
import { sampleLoad } from "./sample-load.ts";
import type { Figure, Sample, ScenarioContext } from "./scenario.ts";

/** CPU usage and rate of a flood. */
export function throughputFigures(yardstick: string): readonly Figure[] {
  return [
    { id: "cpu", title: "CPU s/GiB", digits: 3, relative: yardstick },
    { id: "rate", title: "MB/s", digits: 0 },
  ];
}

/** One direction of a session: which end floods, and which counts what arrives. */
export interface Direction {
  /** Starts to send, until the returned function is called. */
  readonly send: (session: Session) => () => void;
  /** Calls `arrived` with the number of bytes for each read. */
  readonly receive: (session: Session, arrived: (bytes: number) => void) => void;
}

/** Floods `sessionCount` sessions in one direction. */
export async function measureThroughput(
  context: ScenarioContext,
  sessionCount: number,
  { send, receive }: Direction,
): Promise<Sample> {
  const sessions = await openSessions(await context.subject.connectOptions(sessionCount), context.target);
  let received = 0;
  for (const session of sessions) {
    receive(session, (bytes) => {
      received += bytes;
    });
  }
  const stops = sessions.map(send);
  const { proxyCpu, seconds, otherLoad } = await sampleLoad(context, () => {
    received = 0;
  });
  const bytes = received;
  for (const stop of stops) stop();
  await closeSessions(sessions);
  return { values: { cpu: proxyCpu / (bytes / GIB), rate: bytes / 1e6 / seconds }, otherLoad };
}
