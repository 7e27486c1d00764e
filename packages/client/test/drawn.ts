/** Waits until observers of sizes were called, also where a test sets the timers. */
export async function drawn(): Promise<void> {
  await new Promise((resolve) => requestAnimationFrame(() => queueTask(resolve)));
}

function queueTask(task: (value: unknown) => void): void {
  const { port1, port2 } = new MessageChannel();
  port1.addEventListener("message", task, { once: true });
  port1.start();
  port2.postMessage(undefined);
}
