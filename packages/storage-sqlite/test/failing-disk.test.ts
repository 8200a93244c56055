import { execFile } from "node:child_process";
import { statSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { OpenDatabase, OpenDatabaseSync } from "@syntha/storage-sqlite";
import { describe, expect, it } from "vitest";
import { drivers } from "./support/drivers.ts";
import { openStorage } from "./support/open-storage.ts";
import { write } from "./support/operations.ts";
import { tempFile } from "./support/temp-file.ts";

const LIMITED_WRITER = fileURLToPath(new URL("support/limited-writer.ts", import.meta.url));

interface Statement {
  run(): unknown;
  safeIntegers(): Statement;
  setReadBigInts(): void;
}

describe.each(drivers)("a failing disk by $name", ({ name, driver, open, error, cause }) => {
  /**
   * A database whose COMMIT commits and then throws `fault.error`, if set. SQLite writes all pages of a commit to its log
   * before it syncs them, so after a failed sync a system that restarts may read them.
   */
  function openFaulty(path: string): {
    database: OpenDatabase | OpenDatabaseSync;
    fault: { error?: Error };
  } {
    const fault: { error?: Error } = {};
    const faulty = (statement: Statement): Statement => ({
      run() {
        const result = statement.run();
        const { error: thrown } = fault;
        if (thrown === undefined) return result;
        delete fault.error;
        throw thrown;
      },
      safeIntegers: () => faulty(statement),
      setReadBigInts: () => {},
    });
    const database = new Proxy(open(path).handle, {
      get(target, property) {
        if (property === "prepare")
          return (sql: string) => {
            const statement = target.prepare(sql) as Statement;
            return sql === "COMMIT" ? faulty(statement) : statement;
          };
        const value: unknown = Reflect.get(target, property, target);
        return typeof value === "function" ? value.bind(target) : value;
      },
    });
    return { database, fault };
  }

  it.for([
    ["SQLITE_IOERR_FSYNC", 1034],
    ["SQLITE_IOERR_WRITE", 778],
    ["SQLITE_IOERR", 10],
    ["SQLITE_NOMEM", 7],
  ] as const)("reports UNKNOWN_OUTCOME when COMMIT fails with %s", async ([code, number]) => {
    const path = tempFile();
    const { database, fault } = openFaulty(path);
    const storage = await openStorage({ database });
    fault.error = error(code, number);
    await expect(write(storage)).rejects.toMatchObject({
      code: "UNKNOWN_OUTCOME",
      retryable: false,
      message: expect.stringContaining(code),
      hint: expect.stringContaining("ifRevision"),
      cause: cause(code, number),
    });
    expect((await storage.get("acme", null, ["k"])).items[0]?.value).toBe("1");
  });

  it("checkpoints the log before the next use after a failed sync", async () => {
    const path = tempFile();
    const { database, fault } = openFaulty(path);
    const storage = await openStorage({ database });
    await write(storage);
    fault.error = error("SQLITE_IOERR_FSYNC", 1034);
    await write(storage, 2).catch(() => {});
    expect(statSync(`${path}-wal`).size).toBeGreaterThan(0);
    await storage.stats("acme");
    expect(statSync(`${path}-wal`).size).toBe(0);
    await write(storage, 3);
    expect((await storage.stats("acme")).head).toBe(3);
  });

  it("waits for a reader that blocks the checkpoint", async () => {
    const path = tempFile();
    const { database, fault } = openFaulty(path);
    const storage = await openStorage({ database, busyTimeout: "30ms" });
    await write(storage);
    const reader = open(path);
    reader.exec("BEGIN; SELECT * FROM syntha_item");
    fault.error = error("SQLITE_IOERR_FSYNC", 1034);
    await write(storage, 2).catch(() => {});
    await expect(write(storage, 3)).rejects.toMatchObject({
      code: "UNAVAILABLE",
      cause: { code: "SQLITE_BUSY" },
    });
    reader.exec("COMMIT");
    expect(await write(storage, 3)).toMatchObject([{ ok: true, position: 3 }]);
  });

  // `ulimit` counts blocks of 512 or 1,024 bytes. The log reaches the limit, the file does not.
  it.skipIf(process.platform === "win32")(
    "reopens the file after a failed write of the log",
    async () => {
      const path = tempFile();
      const { stdout } = await promisify(execFile)("sh", [
        "-c",
        'ulimit -f 8192 && exec "$0" "$@"',
        process.execPath,
        LIMITED_WRITER,
        path,
        name,
      ]);
      const lines = stdout.trim().split("\n");
      const codes = lines.filter((line) => !/^\d+$/.test(line));
      expect(codes).toEqual(["UNKNOWN_OUTCOME", "UNKNOWN_OUTCOME"]);
      expect(lines.at(-1)).toMatch(/^\d+$/);
      const storage = await openStorage({ path, driver });
      const { entries } = await storage.log("acme", { after: "start", limit: 10_000 });
      const positions = new Set(entries.map(({ position }) => String(position)));
      expect(lines.filter((line) => /^\d+$/.test(line) && !positions.has(line))).toEqual([]);
      expect(open(path).value("PRAGMA integrity_check")).toBe("ok");
    },
    60_000,
  );
});
