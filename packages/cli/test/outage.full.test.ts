import { TcpProxy } from "@syntha/testing-postgres";
import { freshDatabase } from "@syntha/testing-postgres/vitest";
import { expect, it, onTestFinished } from "vitest";
import { linesOf, syntha, synthaOn } from "./support/syntha.ts";

it.each([["system"], ["Ann"]])(
  "follows what %s sees across an outage of PostgreSQL",
  async (as) => {
    const database = await freshDatabase();
    onTestFinished(() => database.drop());
    const network = await TcpProxy.to(database.url);
    onTestFinished(() => network.close());
    const on = synthaOn(database.url);
    await on("push", "n", "0", "--global");
    const stop = new AbortController();
    const shown = Array.from({ length: 4 }, () => Promise.withResolvers<void>());
    const tail = synthaOn(network.url, {
      signal: stop.signal,
      onOutput: (text) => {
        for (const [, value] of text.matchAll(/"value":(\d)/g)) shown[Number(value)]?.resolve();
      },
    })("tail", "--json", "--as", as);
    await shown[0]?.promise;
    network.cut();
    await on("push", "n", "1");
    await shown[1]?.promise;
    network.blackhole();
    network.cut();
    await on("push", "n", "2");
    await on("push", "n", "3");
    network.heal();
    await shown[3]?.promise;
    stop.abort();
    const { out, code } = await tail;
    expect(code).toBe(130);
    const values = linesOf(out).map((line) => /"value":(\d)/.exec(JSON.stringify(line))?.[1]);
    expect(values).toEqual(["0", "1", "2", "3"]);
  },
);

it.each([["system"], ["Ann"]])("starts to follow what %s sees during an outage", async (as) => {
  const database = await freshDatabase();
  onTestFinished(() => database.drop());
  await synthaOn(database.url)("push", "n", "7", "--global");
  const network = await TcpProxy.to(database.url);
  onTestFinished(() => network.close());
  network.blackhole();
  const stop = new AbortController();
  const env = { SYNTHA_STORAGE: network.url };
  const tail = syntha(["tail", "--json", "--as", as], {
    env,
    signal: stop.signal,
    onError: () => network.heal(),
    onOutput: () => stop.abort(),
  });
  expect(await tail).toMatchObject({
    code: 130,
    out: expect.stringContaining('"value":7'),
    err: expect.stringContaining("Trying again …"),
  });
});
