import { pace } from "./pace.ts";
import type { Session } from "./session.ts";

/** Size of an RFB key event (RFC 6143, section 7.5.4). */
const KEY_BYTES = 8;

/** Sessions in which keys are typed at a steady rate; the target echoes each key. */
export interface Typing {
  /** Discards the round trips so far, including those in progress. */
  readonly restart: () => void;
  /** Durations of the round trips since the last restart, in microseconds. */
  roundTrips(): readonly number[];
  stop(): void;
}

/** Starts to type in all sessions, `perSecond` keys in each. */
export function startTyping(sessions: readonly Session[], perSecond: number): Typing {
  let trips: number[] = [];
  let since = 0;
  const sent = sessions.map((): number[] => []);
  sessions.forEach(({ client, target }, index) => {
    target.on("data", (keys) => target.write(keys));
    let received = 0;
    client.onPayload = (bytes) => {
      received += bytes.length;
      for (; received >= KEY_BYTES; received -= KEY_BYTES) {
        const sentAt = sent[index]?.shift() ?? 0;
        if (sentAt >= since) trips.push((performance.now() - sentAt) * 1000);
      }
    };
  });
  const frames = sessions.map(({ client }) => client.encode(Buffer.alloc(KEY_BYTES, 4)));
  const stop = pace(sessions.length * perSecond, (count) => {
    const index = count % sessions.length;
    sent[index]?.push(performance.now());
    sessions[index]?.client.socket.write(frames[index] ?? "");
  });
  return {
    restart: () => {
      trips = [];
      since = performance.now();
    },
    roundTrips: () => trips,
    stop,
  };
}
