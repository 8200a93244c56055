import { writeFileSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import Database from "better-sqlite3";
import { expect, it } from "vitest";
import { linesOf, synthaOn } from "../support/syntha.ts";
import { teamStorage } from "../support/team.ts";
import { tempFolder } from "../support/temp-folder.ts";

it("finds what is wrong with a mesh, and says what to do", async () => {
  const on = synthaOn(await teamStorage());
  const { out, code } = await on("doctor");
  expect(code).toBe(0);
  expect(out).toContain("✓ sqlite: an acknowledged write survives a power cut");
  expect(out).toContain('! Topics without subscribers: "escalations"');
  expect(out).toContain('Did its author mean "Manager"?');
  expect(out).toContain('! 1 failed task: "task:3"');
  expect(await on("doctor", "--strict")).toMatchObject({ code: 3 });
});

it("finds nothing wrong once it was mended", async () => {
  const on = synthaOn(await teamStorage());
  await on("subscribe", "escalations", "--as", "Manager");
  await on("rm", "retention");
  await on("retry", "--all");
  expect(await on("doctor", "--strict")).toMatchObject({
    code: 0,
    out: expect.stringContaining("No problems."),
  });
});

it("points at the tenants that a storage has", async () => {
  const { out } = await synthaOn(await teamStorage())("doctor", "--tenant", "acme");
  expect(out).toContain('! Tenant "acme" is empty');
  expect(out).toContain("Tenants of the storage: default. Name one with --tenant.");
});

it("copies a tenant, and exports and imports it", async () => {
  const folder = tempFolder();
  const on = synthaOn(await teamStorage(), { cwd: folder });
  const items = (await on("ls", "--json")).out;
  expect((await on("copy", "--to", "copy.db")).out).toContain("compared record by record");
  expect((await on("ls", "--json", "--storage", "copy.db")).out).toBe(items);
  await on("export", "mesh.jsonl");
  await on("import", "mesh.jsonl", "--storage", "imported.db", "--tenant", "acme");
  expect((await on("ls", "--json", "--storage", "imported.db", "--tenant", "acme")).out).toBe(
    items,
  );
  const exported = await readFile(join(folder, "mesh.jsonl"), "utf8");
  expect((await on("export")).out).toBe(exported);
  expect(await on("import", "none.jsonl", "--storage", "new.db")).toMatchObject({ code: 1 });
});

it("copies a tenant under another id of the same storage", async () => {
  const on = synthaOn(await teamStorage());
  expect((await on("copy", "--to-tenant", "backup")).code).toBe(0);
  expect((await on("ls", "--tenant", "backup", "--json")).out).toBe((await on("ls", "--json")).out);
  expect((await on("copy")).code).toBe(2);
});

it("removes what is older than it is told to keep, and nothing by itself", async () => {
  const on = synthaOn(await teamStorage());
  expect((await on("compact")).code).toBe(2);
  expect((await on("compact", "--log", "1d")).out).toContain("removed 0 records");
  await new Promise((resolve) => setTimeout(resolve, 5));
  const [{ removed }] = linesOf((await on("compact", "--log", "1ms", "--json")).out) as [
    { removed: number },
  ];
  expect(removed).toBeGreaterThan(0);
  expect((await on("history", "inquiry")).out).toContain("wrote");
});

it("verifies that the log folds to what is stored, and names what does not", async () => {
  const storage = await teamStorage();
  const on = synthaOn(storage);
  expect(await on("verify")).toMatchObject({
    code: 0,
    out: expect.stringMatching(/^✓ The log from #1 to #\d+ agrees with what is stored/),
  });
  const database = new Database(storage.slice("sqlite:".length));
  database.prepare("UPDATE syntha_item SET value = ? WHERE key = ?").run('"Forged"', "policy");
  database.close();
  const { code, out } = await on("verify");
  expect({ code, out }).toMatchObject({
    code: 3,
    out: expect.stringContaining('item "policy" differs in'),
  });
  const [verification] = linesOf((await on("verify", "--json")).out);
  const named = expect.objectContaining({ record: 'item "policy"', field: "row.value" });
  expect(verification).toMatchObject({
    equal: false,
    differences: expect.arrayContaining([named]),
  });
});

it("reports a storage that can't be opened as a problem", async () => {
  const cwd = tempFolder();
  const { code, out, err } = await synthaOn("none.db", { cwd })("doctor", "--json");
  expect({ code, err }).toEqual({ code: 3, err: "" });
  expect(linesOf(out)).toMatchObject([
    { name: "versions", status: "ok" },
    { name: "storage", status: "problem", title: expect.stringContaining("There is no file") },
  ]);
  expect((await synthaOn("mysql://x", { cwd })("doctor")).code).toBe(2);
});

it("says in words of the command line why it can't export or copy", async () => {
  const cwd = tempFolder();
  const on = synthaOn(await teamStorage(), { cwd });
  const unwritable = await on("export", "none/mesh.jsonl", "--json");
  expect(linesOf(unwritable.err)).toEqual([
    { code: "ENOENT", error: expect.stringContaining("none/mesh.jsonl") },
  ]);
  expect((await on("copy", "--to-tenant", "default")).err).toContain("with --to-tenant");
});

it("creates no file for a copy or an import of what does not exist", async () => {
  const cwd = tempFolder();
  const on = synthaOn(await teamStorage(), { cwd });
  expect(await on("copy", "--tenant", "none", "--to", "copy.db")).toMatchObject({
    code: 1,
    err: expect.stringContaining('no tenant "none"'),
  });
  expect((await on("import", "none.jsonl", "--storage", "new.db")).code).toBe(1);
  expect((await on("copy", "--to", "copy.db", "--to-tenant", "x".repeat(2_000))).code).toBe(2);
  expect(await readdir(cwd)).toEqual([]);
});

it("leaves nothing of an import that is refused, or interrupted", async () => {
  const cwd = tempFolder();
  const storage = await teamStorage();
  const exported = (await synthaOn(storage)("export")).out;
  const lines = exported.split("\n");
  for (const input of [
    "not an export",
    "",
    lines[0],
    lines.slice(0, -2).join("\n"),
    exported.replace("BigCo", "SmallCo"),
  ])
    expect(await synthaOn("new.db", { cwd, input })("import", "-")).toMatchObject({
      code: 1,
      err: expect.stringContaining("Nothing was imported."),
    });
  const stop = new AbortController();
  const endless = new ReadableStream<string>({
    start: (queue) => queue.enqueue(exported.slice(0, -10)),
    pull: () => stop.abort(),
  });
  const on = synthaOn("new.db", { cwd, input: endless, signal: stop.signal });
  expect(await on("import", "-")).toMatchObject({
    code: 130,
    err: "✗ Interrupted. Nothing was imported.  ABORTED\n",
  });
  expect(await readdir(cwd)).toEqual([]);
});

it("says why an import failed, and keeps a file that another program created meanwhile", async () => {
  const cwd = tempFolder();
  const exported = (await synthaOn(await teamStorage())("export")).out;
  const input = new ReadableStream<string>(
    {
      pull: (queue) => {
        writeFileSync(join(cwd, "new.db"), "notes of another program");
        queue.enqueue(exported);
        queue.close();
      },
    },
    { highWaterMark: 0 },
  );
  expect(await synthaOn("sqlite:new.db", { cwd, input })("import", "-")).toMatchObject({
    code: 1,
    err: expect.stringMatching(/^✗ .* is not a SQLite database.*STORAGE_MISMATCH\n/),
  });
  expect(await readFile(join(cwd, "new.db"), "utf8")).toBe("notes of another program");
});
