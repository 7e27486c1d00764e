import { upgradeRequest } from "../../support/raw-client.ts";
import { scenario } from "../scenario.ts";

export const unknownTokens = scenario({
  name: "unknown-tokens",
  title: "without a token: one made-up token after the other",
  async attack({ connections, clients }) {
    let guesses = 0;
    const guess = async (number: number): Promise<void> => {
      for (;;) {
        const socket = await connections.connect(number);
        if (socket === undefined) return;
        socket.resume().write(upgradeRequest(`/?token=guess-${(guesses += 1)}-${number}`));
        // The first bytes are the answer; a close frame follows, which is not waited for.
        await new Promise((resolve) => socket.once("data", resolve).once("close", resolve));
        socket.destroy();
      }
    };
    return () => {
      for (let number = 0; number < clients; number += 1) void guess(number);
    };
  },
});
