import { TestGateway } from "../../support/gateway.ts";
import type { FuzzTarget } from "../target.ts";

const PATHS = ["/v1/tokens", "/v1/tokens/introspect", "/v1/tokens/revoke", "/v1/locks"];

/** Bodies of requests to the admin API: an answer below 500, and a refusal says why in JSON. */
export const adminBodies: FuzzTarget = {
  name: "admin-bodies",
  seeds: [
    '{"type":"vnc","target":"127.0.0.1:5900","ttl":60,"instance":"vm-1","name":"Ada"}',
    '{"type":"serial","target":"[::1]:5901"}',
    '{"type":"vnc","target":"127.0.0.1:1","user":"alice","access":"view","single_use":true,"max_sessions":2}',
    '{"address":"10.0.0.0/8","message":"Maintenance"}',
    '{"user":"alice"}',
    '{"token":"secret"}',
    '{"type":"vnc","target":"127.0.0.1:5900","ttl":1e400,"__proto__":{"ttl":1}}',
    "",
  ],
  start: async () => {
    const gateway = await TestGateway.start();
    return {
      run: async (input) => {
        const outcomes: string[] = [];
        for (const path of PATHS) {
          const response = await gateway.admin("POST", path, input.toString("latin1"));
          const answer = (await response.json()) as { readonly detail?: unknown };
          if (response.status >= 500) throw new Error(`${path} was answered with ${response.status}`);
          if (response.status >= 400 && typeof answer.detail !== "string") {
            throw new Error(`${path} was refused without a reason: ${JSON.stringify(answer)}`);
          }
          outcomes.push(`${response.status} ${String(answer.detail).split(/[:"]/, 1)[0]}`);
        }
        return outcomes.join();
      },
      async [Symbol.asyncDispose]() {
        await gateway[Symbol.asyncDispose]();
      },
    };
  },
};
