/**
 * Keeps the load generator's core from going idle until the returned function is called. Waking an idle core is charged
 * to the process that causes it, several microseconds in a virtual machine. Without this, a proxy that writes often to a
 * sleeping generator would pay a cost that it does not have with clients on other machines.
 */
export function keepAwake(): () => void {
  let stopped = false;
  const turn = (): void => {
    if (!stopped) setImmediate(turn);
  };
  turn();
  return () => {
    stopped = true;
  };
}
