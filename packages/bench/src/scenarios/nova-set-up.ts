import { startNova } from "../subjects/curfew-nova.ts";
import { measureSetUps } from "./set-up-cost.ts";
import { gatewayOnly, type Scenario } from "./scenario.ts";

const PARALLEL = 20;

/** How many sessions are opened a second in the part that does not use the gateway to its limit. */
const PACED_RATE = 500;

/** What one process may have open, whatever is going on. */
const MAX_DATABASE_CONNECTIONS = 10;
const MAX_BROKER_CONNECTIONS = 1;

/** Sessions from Nova's tokens: a row in MariaDB, and nova-compute's word over RabbitMQ, for each of them. */
export const novaSetUp: Scenario = {
  id: "nova-set-up",
  title: `Sessions of Nova's tokens, ${PARALLEL} in parallel`,
  method:
    `${PARALLEL} clients connect, wait for the target's first byte, close, and start over. \`curfew nova serial\` finds each ` +
    "token's row in MariaDB, asks nova-compute over RabbitMQ, and dials. Both servers and a responder in JavaScript share " +
    `the generator's core. The same clients then begin ${PACED_RATE} sessions a second, evenly, and at last open sessions ` +
    "with tokens in SQLite at full speed, the baseline. A time is that from the TCP connection to the first byte.",
  figures: [
    { id: "rate", title: "sessions/s", digits: 0 },
    { id: "p50", title: "p50 ms", digits: 1 },
    { id: "p99", title: "p99 ms", digits: 1 },
    { id: "pacedP50", title: `p50 ms at ${PACED_RATE}/s`, digits: 1 },
    { id: "pacedP99", title: `p99 ms at ${PACED_RATE}/s`, digits: 1 },
    { id: "cpu", title: "CPU µs/session", digits: 0 },
    { id: "busy", title: "gateway's core busy, %", digits: 0 },
    { id: "answers", title: "answers/s of broker and responder alone", digits: 0 },
    { id: "sqliteRate", title: "sessions/s with SQLite", digits: 0 },
    { id: "sqliteP50", title: "p50 ms with SQLite", digits: 1 },
    { id: "rateRatio", title: "sessions/s, × SQLite", digits: 2 },
    { id: "cpuRatio", title: "CPU, × SQLite", digits: 2 },
  ],
  appliesTo: gatewayOnly,
  async run({ subject, target, folder, effort }) {
    const tokens = effort.quick ? 20 : 200;
    await using nova = await startNova(target.port, folder);
    const answers = await nova.responder.rate(PARALLEL, effort.warmUpMs);
    const options = await nova.connectOptions(tokens);
    const answered = nova.responder.answers;
    const own = await measureSetUps({ subject: nova, options, target, effort, parallel: PARALLEL });
    if (nova.responder.answers - answered < own.sessions)
      throw new Error("nova-compute was not asked for each session");
    const { database, broker } = await nova.connections();
    check("the database", database, MAX_DATABASE_CONNECTIONS);
    check("the broker", broker, MAX_BROKER_CONNECTIONS);
    const paced = await measureSetUps({
      subject: nova,
      options,
      target,
      effort,
      parallel: PARALLEL,
      everyMs: (PARALLEL / PACED_RATE) * 1000,
    });
    const sqlite = await measureSetUps({
      subject,
      options: await subject.connectOptions(tokens),
      target,
      effort,
      parallel: PARALLEL,
    });
    return {
      values: {
        rate: own.rate,
        p50: own.p50,
        p99: own.p99,
        pacedP50: paced.p50,
        pacedP99: paced.p99,
        cpu: own.cpu,
        busy: own.busy * 100,
        answers,
        sqliteRate: sqlite.rate,
        sqliteP50: sqlite.p50,
        rateRatio: own.rate / sqlite.rate,
        cpuRatio: own.cpu / sqlite.cpu,
      },
      otherLoad: Math.max(own.otherLoad, paced.otherLoad, sqlite.otherLoad),
      note: `${database} connections to MariaDB and ${broker} to RabbitMQ`,
    };
  },
};

function check(what: string, count: number, max: number): void {
  if (count >= 1 && count <= max) return;
  throw new Error(`expected 1 to ${max} connections to ${what}, but there are ${count}`);
}
