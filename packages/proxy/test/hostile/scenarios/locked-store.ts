import { scenario } from "../scenario.ts";

export const lockedStore = scenario({
  name: "locked-store",
  title: "sessions opened again and again while another process locks the token store, and operators issue tokens",
  target: "sink",
  locksStore: true,
  async attack({ connections, tokens }) {
    const reopen = async (number: number, token: string): Promise<void> => {
      for (;;) {
        const socket = await connections.upgrade(number, token);
        if (socket === undefined) return;
        socket.destroy();
      }
    };
    return () => tokens.forEach((token, number) => void reopen(number, token));
  },
});
