import { expect, it } from "vitest";
import { synthaOn } from "../support/syntha.ts";
import { teamStorage } from "../support/team.ts";

const OTHERS = "Tenants of the storage: default. Name one with --tenant.";

it.each([
  ["ls"],
  ["ls", "pol"],
  ["ls", "--as", "Sales"],
  ["get", "policy"],
  ["why", "Sales", "policy"],
  ["why", "policy"],
  ["history", "policy"],
  ["tasks"],
  ["topics"],
  ["agents"],
  ["events"],
  ["stats"],
  ["rm", "policy"],
  ["retry", "--all"],
  ["doctor"],
])("names the tenants of the storage after %s %s of an empty one", async (...words) => {
  const on = synthaOn(await teamStorage());
  const { out, err } = await on(...words, "--tenant", "defualt");
  expect(out + err).toContain(OTHERS);
  const named = await on(...words);
  expect(named.out + named.err).not.toContain("Tenants of the storage");
});

it("names no other tenant for one that was empty at a position of its log", async () => {
  const on = synthaOn(await teamStorage());
  const { out } = await on("ls", "--at", "0");
  expect(out).toBe("No items yet. syntha push KEY VALUE --global adds one.\n");
});
