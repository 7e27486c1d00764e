import { openSessions, scenario } from "../scenario.ts";

export const stalledReaders = scenario({
  name: "stalled-readers",
  title: "clients that read nothing while their consoles send without end",
  target: "flood",
  stays: true,
  async attack(context) {
    const sockets = await openSessions(context);
    return () => sockets.forEach((socket) => socket.pause());
  },
});
