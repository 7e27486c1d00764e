import type { FakeWebSocket } from "@curfew/testing/in-page";

/**
 * Sends like a gateway that honours `pause`, in bursts as a fast network does. Resolves with the
 * number of pauses when everything was sent.
 */
export async function flood(socket: FakeWebSocket, output: Iterable<Uint8Array>): Promise<{ pauses: number }> {
  const { onsent } = socket;
  let pauses = 0;
  let resumed: () => void = () => {};
  let goOn = Promise.resolve();
  socket.onsent = (data) => {
    onsent?.(data);
    if (typeof data !== "string") return;
    const { type } = JSON.parse(data) as { type: string };
    if (type === "pause") {
      pauses += 1;
      goOn = new Promise((resolve) => (resumed = resolve));
    } else if (type === "resume") {
      resumed();
    }
  };
  const { port1, port2 } = new MessageChannel();
  let count = 0;
  // A message to oneself is a turn of the event loop without a timer's delay.
  for (const bytes of output) {
    await goOn;
    socket.deliver(bytes);
    count += 1;
    if (count % 16 !== 0) continue;
    await new Promise((resolve) => {
      port1.addEventListener("message", resolve, { once: true });
      port1.start();
      port2.postMessage(null);
    });
  }
  port1.close();
  return { pauses };
}

/** Counts the frames that the page draws, until it is told to stop. */
export function countFrames(): { readonly stop: () => number } {
  let frames = 0;
  const draw = (): void => {
    frames += 1;
    frame = requestAnimationFrame(draw);
  };
  let frame = requestAnimationFrame(draw);
  const stop = (): number => {
    cancelAnimationFrame(frame);
    return frames;
  };
  return { stop };
}
