import { pace } from "./pacer.ts";
import type { Session } from "./session.ts";

/** A key event of RFB is 8 bytes (RFC 6143, section 7.5.4). */
const KEY_BYTES = 8;

/** People who type: each session sends keys at a steady rate, and its target answers each with as many bytes. */
export interface Typing {
  /** Forgets the round trips so far, and those that are under way. */
  restart: () => void;
  /** Round trips since then, in microseconds. */
  roundTrips(): readonly number[];
  stop(): void;
}

/** Begins to type on all sessions, `perSecond` keys on each. */
export function type(sessions: readonly Session[], perSecond: number): Typing {
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
