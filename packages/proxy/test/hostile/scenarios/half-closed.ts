import { openSessions, scenario } from "../scenario.ts";

export const halfClosed = scenario({
  name: "half-closed",
  title: "clients that end their half without a close frame, and leave output unread",
  target: "flood",
  stays: true,
  async attack(context) {
    const sockets = await openSessions(context);
    return () => sockets.forEach((socket) => socket.end());
  },
});
