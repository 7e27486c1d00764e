import { encodeSpiceLink, encodeSpiceMessage } from "@curfew/testing";
import type { ClientFilter } from "../../../src/consoles/client-filter.ts";
import { CONSOLES } from "../../../src/consoles/index.ts";
import { EndError } from "../../../src/end-reason.ts";
import { linkReply, picturesOnly, SPICE_CLIENTS } from "../../view-only/spice-server.ts";
import { pieces, pureTarget } from "../target.ts";

const MESSAGE_TYPES = [1, 2, 3, 4, 5, 6, 101, 102, 103, 104, 105, 106, 107, 112];

/** View-only access to a SPICE console: an input begins with a kind of client and its channel; messages follow. */
export const viewOnlySpice = pureTarget(
  "view-only-spice",
  SPICE_CLIENTS.flatMap(({ isMini }, index) =>
    [1, 2, 3].map((channel) =>
      Buffer.concat([
        Buffer.of(index, channel),
        ...MESSAGE_TYPES.map((type) => encodeSpiceMessage(type, Buffer.alloc(type % 7, 101), isMini)),
      ]),
    ),
  ),
  (input, cuts) => {
    const client = SPICE_CLIENTS[(input[0] ?? 0) % SPICE_CLIENTS.length] ?? SPICE_CLIENTS[0];
    const channelType = input[1] ?? 0;
    const link = encodeSpiceLink({ connectionId: 7, channelType, channelId: 0 }, client.capabilities);
    const filter = CONSOLES.spice.createFilter?.({ access: "view" }) as ClientFilter;
    const passed = [Buffer.from(filter.filter(link))];
    filter.takeFromTarget?.(linkReply(client.server));
    const opening = [...(client.selectsAuth ? [Buffer.from([1, 0, 0, 0])] : []), Buffer.alloc(128, 101)];
    let end = "passed";
    try {
      for (const piece of [...opening, ...pieces(input.subarray(2), cuts)]) {
        passed.push(Buffer.from(filter.filter(Buffer.from(piece))));
      }
    } catch (error) {
      if (!(error instanceof EndError) || error.reason !== "protocol_error") throw error;
      end = error.reason;
    }
    return `${end} ${[...new Set(picturesOnly(Buffer.concat(passed), client))].join()}`;
  },
);
