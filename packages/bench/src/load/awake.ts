/**
 * Keeps the generator's core from going to sleep, until the function that comes back is called. Waking a sleeping
 * core costs the one who wakes it, in a virtual machine several microseconds: a proxy that writes often to a generator
 * that sleeps would pay for each write what no proxy pays with clients on other machines.
 */
export function stayAwake(): () => void {
  let stopped = false;
  const turn = (): void => {
    if (!stopped) setImmediate(turn);
  };
  turn();
  return () => {
    stopped = true;
  };
}
