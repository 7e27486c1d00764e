import { closeSessions, openSessions, type Session } from "../load/session.ts";
import { type Figure, GIB, type MeasureContext, type Sample, sampleLoad } from "./measure.ts";

/** What a flood costs, and how fast it goes. */
export function throughputFigures(yardstick: string): readonly Figure[] {
  return [
    { id: "cpu", title: "CPU s/GiB", digits: 3, relative: yardstick },
    { id: "rate", title: "MB/s", digits: 0 },
  ];
}

/** One direction of a session: who sends without end, and who counts what arrives. */
export interface Direction {
  /** Begins to send; the function that comes back stops it. */
  readonly send: (session: Session) => () => void;
  /** Says how much arrived, each time something did. */
  readonly receive: (session: Session, arrived: (bytes: number) => void) => void;
}

/** Floods so many sessions in one direction. */
export async function measureThroughput(
  context: MeasureContext,
  sessionCount: number,
  { send, receive }: Direction,
): Promise<Sample> {
  const sessions = await openSessions(await context.peer.entrances(sessionCount), context.target);
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
