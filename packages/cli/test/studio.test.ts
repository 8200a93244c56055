import { expect, it } from "vitest";
import { synthaOn } from "./support/syntha.ts";
import { teamStorage } from "./support/team.ts";

it("serves Studio for those who have its token, until it is interrupted", async () => {
  const stop = new AbortController();
  const printed = Promise.withResolvers<string>();
  const on = synthaOn(await teamStorage(), {
    signal: stop.signal,
    onOutput: (text) => {
      const url = /"url":"(?<url>[^"]+)"/.exec(text)?.groups?.["url"];
      if (url !== undefined) printed.resolve(url);
    },
  });
  const ended = on("studio", "--json");
  const url = new URL(await printed.promise);
  const session = (token: string) =>
    fetch(new URL("/api/session", url), { headers: { authorization: `Bearer ${token}` } });
  const token = url.hash.slice("#token=".length);
  const answer = await session(token);
  expect(await answer.json()).toMatchObject({ write: false, person: "user/ann" });
  expect((await session("guess")).status).toBe(401);
  stop.abort();
  expect((await ended).code).toBe(0);
});
