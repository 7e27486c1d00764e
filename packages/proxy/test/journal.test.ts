import { expect, test } from "vitest";
import { Command } from "./support/command.ts";

/** Both outputs are one, which is the journal, as under systemd. */
const launcher = ["sh", "-c", 'exec >&2; export JOURNAL_STREAM="$(stat -Lc %d:%i /dev/fd/2)"; exec "$@"', "sh"];

const FREE = {
  CURFEW_LISTEN: "127.0.0.1:0",
  CURFEW_ADMIN_LISTEN: "127.0.0.1:0",
  CURFEW_TOKENS_PATH: ":memory:",
};

test.runIf(process.platform === "linux")(
  "the journal gets each line with its priority, no second time, and no key that it would keep",
  async () => {
    await using command = new Command(["serve"], FREE, { launcher });
    await expect.poll(() => command.stderr).toContain('"msg":"listening"');
    command.process.kill("SIGTERM");
    expect(await command.exited).toBe(0);
    const lines = command.stderr.trimEnd().split("\n");
    const logged = lines.filter((line) => line.includes('"msg"'));
    expect(logged.length).toBeGreaterThan(2);
    for (const line of logged) expect(line).toMatch(/^<6>\{"level":"info",(?!"time")/u);
    expect(lines).toContain("admin key: not shown in the journal; set admin.key_file, admin.keys or admin.socket");
    expect(command.stderr).not.toContain("shown only now");
  },
);

test.runIf(process.platform === "linux")("what keeps it from starting is an error in the journal", async () => {
  await using command = new Command(["serve"], { ...FREE, CURFEW_WORKERS: "none" }, { launcher });
  expect(await command.exited).toBe(78);
  const lines = command.stderr.trimEnd().split("\n");
  expect(lines).toEqual(["<3>curfew: the configuration is wrong:", expect.stringMatching(/^<3> {2}CURFEW_WORKERS: /u)]);
});

test.runIf(process.platform === "linux")("a warning of a command is one in the journal", async () => {
  const env = { CURFEW_SESSIONS_MAX: "2", CURFEW_SESSIONS_MAX_PER_USER: "5" };
  await using command = new Command(["config", "check"], env, { launcher });
  expect(await command.exited).toBe(0);
  expect(command.stderr).toMatch(/^<4>curfew: warning: sessions\.max_per_user/u);
});
