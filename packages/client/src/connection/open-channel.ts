import { ConsoleChannel } from "./channel/channel.ts";
import type { MachineEvent } from "./machine/types.ts";

/** When nothing has arrived for this long, the next input checks the connection. */
const SILENCE_MS = 2000;

/** What passed through all channels of a connection so far. */
export class Traffic {
  /** When the last frame of the current channel arrived, on the clock of `performance.now()`. */
  lastFrameAt = 0;
  bytesReceived = 0;
  bytesSent = 0;
}

/** What an attempt's channel reports to. */
export interface ChannelReports {
  readonly traffic: Traffic;
  dispatch(event: MachineEvent): void;
  /** Describes an error of a viewer, without secrets. */
  describe(error: unknown): string;
}

/** Creates the channel of an attempt. What happens on it becomes events of the machine, with the attempt's number. */
export function openChannel(socket: WebSocket, attemptId: number, { traffic, ...to }: ChannelReports): ConsoleChannel {
  const viewerFailed = (detail: string): void =>
    to.dispatch({ type: "viewerFailed", attemptId, reason: "viewer_failed", retry: false, detail });
  let hasOutput = false;
  traffic.lastFrameAt = performance.now();
  return new ConsoleChannel(socket, {
    opened: (protocol) => to.dispatch({ type: "opened", attemptId, protocol }),
    control: (text) => to.dispatch({ type: "control", attemptId, text }),
    received: (bytes) => {
      traffic.lastFrameAt = performance.now();
      traffic.bytesReceived += bytes;
      if (hasOutput || bytes === 0) return;
      hasOutput = true;
      to.dispatch({ type: "output", attemptId });
    },
    sent: (bytes) => {
      traffic.bytesSent += bytes;
      if (performance.now() - traffic.lastFrameAt > SILENCE_MS) to.dispatch({ type: "inputInSilence" });
    },
    closed: (code, reason) => to.dispatch({ type: "socketClosed", attemptId, code, reason }),
    // Deferred: a viewer that failed calls viewerFailed() right after it closes the channel, and that is the reason.
    viewerClosed: () => queueMicrotask(() => to.dispatch({ type: "viewerClosed", attemptId })),
    overflowed: () => viewerFailed("no viewer read the console's output"),
    viewerThrew: (error) => viewerFailed(to.describe(error)),
  });
}
