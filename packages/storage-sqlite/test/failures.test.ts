import { chmodSync, statSync } from "node:fs";
import { type Commit, decide } from "@syntha/core/storage";
import { readEverything } from "@syntha/storage-contract";
import { SqliteStorage } from "@syntha/storage-sqlite";
import { describe, expect, it } from "vitest";
import { drivers } from "./support/drivers.ts";
import { openStorage } from "./support/open-storage.ts";
import { bySystem, onTopics, put, write } from "./support/operations.ts";
import { tempFile } from "./support/temp-file.ts";

describe.each(drivers)("failures by $name", ({ driver, open, cause }) => {
  /** Takes the write lock in another connection; returns its release. */
  function lock(path: string): () => void {
    const other = open(path);
    other.exec("BEGIN IMMEDIATE");
    return () => other.exec("ROLLBACK");
  }

  it("waits for a write lock without blocking the event loop", async () => {
    const path = tempFile();
    const storage = await openStorage({ path, driver });
    const unlock = lock(path);
    let turns = 0;
    const ticking = setInterval(() => turns++, 5);
    const writes = [1, 2, 3].map((n) => write(storage, n));
    // A blocked event loop would not tick while another connection holds the lock.
    while (turns <= 5) await new Promise((resolve) => setTimeout(resolve, 5));
    clearInterval(ticking);
    unlock();
    const outcomes = await Promise.all(writes);
    expect(outcomes).toMatchObject([[{ position: 1 }], [{ position: 2 }], [{ position: 3 }]]);
    expect((await storage.get("acme", null, ["k"])).items[0]?.value).toBe("3");
  });

  it("reads while another connection writes", async () => {
    const path = tempFile();
    const storage = await openStorage({ path, driver });
    await write(storage);
    lock(path);
    expect((await storage.list("acme", { actor: "Ann", limit: 5 })).items).toHaveLength(1);
  });

  it("rejects after `busyTimeout` with nothing changed", async () => {
    const path = tempFile();
    const storage = await openStorage({ path, driver, busyTimeout: "60ms" });
    const unlock = lock(path);
    await expect(write(storage)).rejects.toMatchObject({
      code: "UNAVAILABLE",
      retryable: true,
      hint: expect.stringContaining("busyTimeout"),
      cause: cause("SQLITE_BUSY", 5),
    });
    unlock();
    expect((await storage.stats("acme")).head).toBe(0);
    expect(await write(storage)).toMatchObject([{ position: 1 }]);
  });

  it("opens a locked file without blocking the event loop", async () => {
    const path = tempFile();
    const first = new SqliteStorage({ path, driver });
    await first.open();
    await first.close();
    const other = open(path);
    other.exec("PRAGMA locking_mode = EXCLUSIVE");
    other.exec("BEGIN IMMEDIATE; CREATE TABLE t (a); COMMIT");
    let turns = 0;
    const ticking = setInterval(() => turns++, 5);
    const opening = new SqliteStorage({ path, driver, busyTimeout: "300ms" }).open();
    await expect(opening).rejects.toMatchObject({ code: "UNAVAILABLE" });
    clearInterval(ticking);
    expect(turns).toBeGreaterThan(5);
  });

  it("changes nothing when the disk is full", async () => {
    const database = open(tempFile());
    const storage = await openStorage({ database: database.handle, clock: () => 1_000_000 });
    const small = [bySystem(put("a", 1, { route: onTopics("a") }))];
    await storage.commit("acme", small, decide);
    const before = await readEverything(storage);
    const pages = Number(database.value("PRAGMA page_count"));
    database.exec(`PRAGMA max_page_count = ${pages + 3}`);
    const large = bySystem(put("k", "v".repeat(100_000), { route: onTopics("a", "b") }));
    const first = bySystem(put("l", 1, { route: onTopics("b") }));
    await expect(storage.commit("acme", [first, large], decide)).rejects.toMatchObject({
      code: "UNAVAILABLE",
      hint: expect.stringContaining("space"),
      cause: cause("SQLITE_FULL", 13),
    });
    expect(await readEverything(storage)).toEqual(before);
    database.exec("PRAGMA max_page_count = 1000000");
    expect(await storage.commit("acme", [first, large], decide)).toMatchObject([
      { position: 2 },
      { position: 3 },
    ]);
  });

  it("reads a read-only database, and rejects writes", async () => {
    const database = open(tempFile());
    const storage = await openStorage({ database: database.handle });
    await write(storage);
    database.exec("PRAGMA query_only = ON");
    await expect(write(storage, 2)).rejects.toMatchObject({
      code: "MISCONFIGURED",
      retryable: false,
      hint: expect.stringContaining("permission to write"),
    });
    expect((await storage.get("acme", null, ["k"])).items[0]?.value).toBe("1");
  });

  it.skipIf(process.getuid?.() === 0)("reads a file without write permission", async () => {
    const path = tempFile();
    const first = new SqliteStorage({ path, driver });
    await first.open();
    await write(first);
    await first.close();
    chmodSync(path, 0o444);
    const storage = await openStorage({ path, driver });
    await expect(write(storage, 2)).rejects.toMatchObject({
      code: "MISCONFIGURED",
    });
    expect((await storage.get("acme", null, ["k"])).items[0]?.value).toBe("1");
  });

  it("reports a missing table as not retryable", async () => {
    const path = tempFile();
    const storage = await openStorage({ path, driver });
    open(path).exec("DROP TABLE syntha_event_audience; DROP TABLE syntha_event");
    await expect(storage.events("acme", { actor: "Ann", limit: 1 })).rejects.toMatchObject({
      code: "STORAGE_MISMATCH",
      retryable: false,
      cause: cause("SQLITE_ERROR", 1),
    });
  });

  it.for(["DROP TABLE syntha_usage", "ALTER TABLE syntha_event DROP COLUMN owner"])(
    "opens no file after %s",
    async (change) => {
      const path = tempFile();
      const first = new SqliteStorage({ path, driver });
      await first.open();
      await first.close();
      open(path).exec(change);
      for (const migrate of [true, false])
        await expect(new SqliteStorage({ path, driver, migrate }).open()).rejects.toMatchObject({
          code: "STORAGE_MISMATCH",
          message: expect.stringMatching(/no such table: syntha_usage|no such column: owner/),
          hint: expect.stringContaining("backup"),
        });
    },
  );

  it("rolls back when a decision throws", async () => {
    const storage = await openStorage({ path: tempFile() });
    const commits: Commit[] = [bySystem(put("k", 1)), bySystem(put("l", 1))];
    const bug = new Error("a bug");
    await expect(
      storage.commit("acme", commits, (commit, facts) => {
        if (commit === commits[1]) throw bug;
        return decide(commit, facts);
      }),
    ).rejects.toBe(bug);
    expect(await storage.listTenants({ limit: 5 })).toEqual({ tenantIds: [], next: null });
    expect(await storage.commit("acme", commits, decide)).toMatchObject([
      { ok: true },
      { ok: true },
    ]);
  });

  it("does not write a refused or empty commit", async () => {
    const path = tempFile();
    const storage = await openStorage({ path, driver });
    const before = statSync(`${path}-wal`).size;
    const outcomes = await storage.commit(
      "acme",
      [
        bySystem({ type: "clear", limit: 1_000, from: undefined }),
        bySystem(put("k", 1, { ifRevision: 7 })),
      ],
      decide,
    );
    expect(outcomes.map((each) => (each.ok ? "ok" : each.error.code))).toEqual(["ok", "CONFLICT"]);
    expect(statSync(`${path}-wal`).size).toBe(before);
    expect(await storage.listTenants({ limit: 5 })).toEqual({ tenantIds: [], next: null });
  });
});
