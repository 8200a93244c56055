import Database from "better-sqlite3";
import { expect, it } from "vitest";
import { linesOf, synthaOn } from "../support/syntha.ts";
import { teamStorage } from "../support/team.ts";

type On = ReturnType<typeof synthaOn>;

async function recordsOf(on: On): Promise<unknown[]> {
  return linesOf((await on("events", "--type", "person.action", "--json")).out).slice(0, -1);
}

it.each([
  [["compact", "--log", "soon"], "--log must be a duration"],
  [["compact", "--log", "1d", "--history", "soon"], "--history must be a duration"],
  [["compact", "--events", ""], "--events"],
  [["release", "task:1", "--agent", "system"], "reserved"],
  [["release", "task:1", "--retry-in", "soon"], "--retry-in must be a duration"],
  [["permissions", "system", "--none"], "reserved"],
])("records nothing of %j, which is refused", async (words, message) => {
  const on = synthaOn(await teamStorage());
  const before = (await on("stats", "--json")).out;
  expect(await on(...words)).toMatchObject({ code: 2, err: expect.stringContaining(message) });
  expect((await on("stats", "--json")).out).toBe(before);
});

it.each([
  ["compact", "--log", "1d"],
  ["release", "none"],
  ["restore", "none", "1"],
  ["rm", "none"],
  ["retry", "none"],
  ["retry", "--all"],
  ["permissions", "Bot"],
])("creates no tenant for %s %s", async (...words) => {
  const on = synthaOn(await teamStorage());
  await on(...words, "--tenant", "acmee");
  const { out } = await on("doctor", "--tenant", "none");
  expect(out).toContain("Tenants of the storage: default.");
});

it("records the first act of a tenant too", async () => {
  const on = synthaOn(await teamStorage(), { env: { SYNTHA_TENANT: "acme" } });
  expect((await on("permissions", "Bot", "--post", "sales")).code).toBe(0);
  expect(await recordsOf(on)).toMatchObject([
    { author: "user/ann", data: { action: "permissions", agent: "Bot", person: "user/ann" } },
  ]);
});

it("does for a person who may do nothing what only the system may, and records it", async () => {
  const on = synthaOn(await teamStorage());
  expect((await on("permissions", "user/ann", "--none")).code).toBe(0);
  const acts = [
    ["release", "task:1"],
    ["retry", "task:3"],
    ["rm", "policy"],
    ["compact", "--log", "1d"],
    ["permissions", "user/ann", "--clear"],
  ];
  for (const words of acts)
    expect({ words, ...(await on(...words)) }).toMatchObject({ words, code: 0, err: "" });
  expect(await recordsOf(on)).toMatchObject([
    { author: "user/ann", data: { action: "permissions" } },
    ...["release", "retry", "delete", "compact", "permissions"].map((action) => ({
      data: { action, person: "user/ann" },
    })),
  ]);
  expect((await on("push", "mine", "1", "--global")).out).toContain("as user/ann");
});

it("sets permissions of a person again whose own are damaged", async () => {
  const storage = await teamStorage();
  const on = synthaOn(storage);
  await on("permissions", "user/ann", "--none");
  const database = new Database(storage.slice("sqlite:".length));
  database.prepare("UPDATE syntha_agent SET permissions = '{' WHERE name = 'user/ann'").run();
  database.close();
  expect((await on("doctor")).out).toContain("are damaged");
  expect(await on("permissions", "user/ann", "--clear")).toMatchObject({ code: 0, err: "" });
});
