import { execFile } from "node:child_process";
import { statSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import Database from "better-sqlite3";
import { expect, it, onTestFinished } from "vitest";
import { openStorage } from "./support/open-storage.ts";
import { write } from "./support/operations.ts";
import { tempFile } from "./support/temp-file.ts";

const LIMITED_WRITER = fileURLToPath(new URL("support/limited-writer.ts", import.meta.url));

/**
 * A database whose COMMIT commits and then throws `fault.code`, if set. SQLite writes all pages of a commit to its log
 * before it syncs them, so after a failed sync a system that restarts may read them.
 */
function openFaulty(path: string): { database: Database.Database; fault: { code?: string } } {
  const real = new Database(path, { timeout: 1 });
  onTestFinished(() => void real.close());
  const fault: { code?: string } = {};
  const faulty = (statement: Database.Statement): unknown => {
    const run = (): unknown => {
      const result = statement.run();
      const { code } = fault;
      if (code === undefined) return result;
      delete fault.code;
      throw new Database.SqliteError("disk I/O error", code);
    };
    return { run, safeIntegers: () => ({ run }) };
  };
  const database = new Proxy(real, {
    get(target, name) {
      if (name === "prepare")
        return (sql: string) => {
          const statement = target.prepare(sql);
          return sql === "COMMIT" ? faulty(statement) : statement;
        };
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
  return { database, fault };
}

it.for(["SQLITE_IOERR_FSYNC", "SQLITE_IOERR_WRITE", "SQLITE_IOERR", "SQLITE_NOMEM"])(
  "reports UNKNOWN_OUTCOME when COMMIT fails with %s",
  async (code) => {
    const path = tempFile();
    const { database, fault } = openFaulty(path);
    const storage = await openStorage({ database });
    fault.code = code;
    await expect(write(storage)).rejects.toMatchObject({
      code: "UNKNOWN_OUTCOME",
      retryable: false,
      message: expect.stringContaining(code),
      hint: expect.stringContaining("ifRevision"),
      cause: { code },
    });
    expect((await storage.get("acme", null, ["k"])).items[0]?.value).toBe("1");
  },
);

it("checkpoints the log before the next use after a failed sync", async () => {
  const path = tempFile();
  const { database, fault } = openFaulty(path);
  const storage = await openStorage({ database });
  await write(storage);
  fault.code = "SQLITE_IOERR_FSYNC";
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
  const reader = new Database(path);
  onTestFinished(() => void reader.close());
  reader.exec("BEGIN; SELECT * FROM syntha_item");
  fault.code = "SQLITE_IOERR_FSYNC";
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
      'ulimit -f 8192 && exec "$0" --conditions=@syntha/source "$@"',
      process.execPath,
      LIMITED_WRITER,
      path,
    ]);
    const lines = stdout.trim().split("\n");
    const codes = lines.filter((line) => !/^\d+$/.test(line));
    expect(codes).toEqual(["UNKNOWN_OUTCOME", "UNKNOWN_OUTCOME"]);
    expect(lines.at(-1)).toMatch(/^\d+$/);
    const storage = await openStorage({ path });
    const { entries } = await storage.log("acme", { after: "start", limit: 10_000 });
    const positions = new Set(entries.map(({ position }) => String(position)));
    expect(lines.filter((line) => /^\d+$/.test(line) && !positions.has(line))).toEqual([]);
    const database = new Database(path, { readonly: true });
    onTestFinished(() => void database.close());
    expect(database.pragma("integrity_check", { simple: true })).toBe("ok");
  },
  60_000,
);
