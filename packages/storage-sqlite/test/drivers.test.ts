import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { ContextMesh, copyTenant } from "@syntha/core";
import { decide } from "@syntha/core/storage";
import { readEverything } from "@syntha/storage-contract";
import { SqliteStorage } from "@syntha/storage-sqlite";
import { nodeSqlite } from "@syntha/storage-sqlite/node-sqlite";
import { expect, it } from "vitest";
import { resultCodeName } from "../src/drivers/result-codes.ts";
import { drivers } from "./support/drivers.ts";
import { openStorage } from "./support/open-storage.ts";
import { bySystem, onTopics, put, write } from "./support/operations.ts";
import { tempFile } from "./support/temp-file.ts";

const WITHOUT_BETTER_SQLITE3 = fileURLToPath(
  new URL("support/without-better-sqlite3.ts", import.meta.url),
);

/** What a program prints where better-sqlite3 can't be resolved. */
async function printedBy(driver: string): Promise<string> {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [WITHOUT_BETTER_SQLITE3, tempFile(), driver],
    { env: { ...process.env, NODE_NO_WARNINGS: "1" } },
  );
  return stdout;
}

it("opens a file by `node:sqlite` where better-sqlite3 is not installed", async () => {
  expect(await printedBy("node:sqlite")).toBe("written\n");
});

it("reports that better-sqlite3 is not installed, and both ways out", async () => {
  expect(JSON.parse(await printedBy("better-sqlite3"))).toMatchObject({
    code: "MISCONFIGURED",
    message: "better-sqlite3 is not installed.",
    hint: expect.stringMatching(/npm install better-sqlite3.*nodeSqlite\(\)/),
  });
});

it.for([
  ["better-sqlite3", "node:sqlite"],
  ["node:sqlite", "better-sqlite3"],
])("reads by %s what %s wrote", async ([reading, writing]) => {
  const [reader, writer] = [reading, writing].map(
    (name) => drivers.find((each) => each.name === name)?.driver,
  );
  const path = tempFile();
  const first = new SqliteStorage({ path, driver: writer, clock: () => 1_000_000 });
  const mesh = new ContextMesh({ tenantId: "acme", storage: first });
  await mesh.agent("Ann").subscribe(["news"]);
  await mesh
    .agent("Bea")
    .push("k", { text: "ä\u{1f600}", n: 1.5e300 }, { topics: ["news"], ttl: "1h" });
  await mesh.agent("Bea").publish("seen", 2 ** 53 - 1, { topics: ["news"] });
  const written = await readEverything(first);
  await mesh.close();
  const second = await openStorage({ path, driver: reader, clock: () => 1_000_000 });
  expect(await readEverything(second)).toEqual(written);
});

it("copies a tenant from one driver to the other", async () => {
  const [from, to] = [
    await openStorage({ path: tempFile() }),
    await openStorage({ path: tempFile(), driver: nodeSqlite() }),
  ];
  await write(from, { copied: true });
  await copyTenant({ from, to, tenantId: "acme" });
  await to.open();
  expect((await to.get("acme", null, ["k"])).items[0]?.value).toBe('{"copied":true}');
});

it.each(drivers)(
  "opens a path with characters that a URL would escape, by $name",
  async ({ driver }) => {
    const path = join(dirname(tempFile()), "50% of #1? mesh & ä.db");
    const storage = await openStorage({ path, driver });
    await write(storage);
    expect(readFileSync(path).subarray(0, 15).toString()).toBe("SQLite format 3");
  },
);

it.each(drivers)(
  "does not show an item whose route is damaged, by $name",
  async ({ driver, open }) => {
    const path = tempFile();
    const storage = await openStorage({ path, driver });
    const item = bySystem(put("k", 1, { route: onTopics("a") }));
    await storage.commit("acme", [item], decide);
    open(path).exec("UPDATE syntha_item SET route = '{'");
    expect((await storage.get("acme", "Ann", ["k"])).items).toEqual([undefined]);
  },
);

it.for([
  [5, "SQLITE_BUSY"],
  [517, "SQLITE_BUSY_SNAPSHOT"],
  [1034, "SQLITE_IOERR_FSYNC"],
  [1032, "SQLITE_READONLY_DBMOVED"],
  [8714, "SQLITE_IOERR_IN_PAGE"],
  [2067, "SQLITE_CONSTRAINT_UNIQUE"],
  [266, "SQLITE_IOERR_READ"],
  [779, "SQLITE_CORRUPT_INDEX"],
  [65_291, "SQLITE_CORRUPT"],
  [99, "SQLITE_ERROR"],
] as const)("names SQLite's result code %i", ([code, name]) => {
  expect(resultCodeName(code)).toBe(name);
});
