import { describeDifferences } from "./differential-suite.ts";
import { startNodeClient } from "./peers/node-client.ts";
import { startWs } from "./peers/ws.ts";

describeDifferences("ws", startWs);
describeDifferences("Node's client", startNodeClient);
