import { expect, test } from "vitest";
import { RedisTokenSource } from "../../src/tokens/redis-source.ts";
import { lookupContext } from "./contract-suite.ts";
import { bulk, FakeRedis } from "../support/fake-redis.ts";
import { flood } from "../support/flood.ts";

const ANSWERS: Readonly<Record<string, string>> = {
  MULTI: "+OK\r\n",
  GETRANGE: "+QUEUED\r\n",
  PEXPIRETIME: "+QUEUED\r\n",
  EXEC: `*2\r\n${bulk("10.0.0.5:5901")}:-1\r\n`,
};

test.each(["+", "$20000000\r\n", "*2000000\r\n"])(
  "a server that answers %j and more without end is left, and asked again later",
  async (begin) => {
    let flooding: Promise<number> | undefined;
    await using server = await FakeRedis.start(([name = ""], socket) => {
      if (name === "EXEC" && flooding === undefined) {
        flooding = flood(socket, begin);
        return "";
      }
      return ANSWERS[name];
    });
    const source = new RedisTokenSource({
      url: `redis://127.0.0.1:${server.port}`,
      namespace: null,
      timeout: 30,
      console_type: "vnc",
    });
    const lookUp = async (): Promise<unknown> => await source.resolve("a", lookupContext());
    await expect(lookUp()).rejects.toMatchObject({
      message: "there is no connection to Redis",
      cause: { message: expect.stringContaining("the server's reply has more than") as string },
    });
    expect(await flooding).toBeLessThan(32 * 1024 * 1024);
    await expect.poll(async () => await lookUp().catch(() => undefined)).toMatchObject({ endpoint: { port: 5901 } });
    await source.close();
  },
);
