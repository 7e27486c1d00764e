import { describeDifferences } from "./differential-suite.ts";
import { startNodeClient } from "./peers/node-client.ts";
import { startWs } from "./peers/ws.ts";

describeDifferences("ws", startWs);
// The client of Node 22 takes a new message in the middle of another.
if (Number.parseInt(process.versions.node, 10) >= 24) describeDifferences("Node's client", startNodeClient);
