import { execFile, execFileSync } from "node:child_process";
import fs, {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { createServer } from "node:net";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { SqliteStorage } from "@syntha/storage-sqlite";
import { describe, expect, it, onTestFinished } from "vitest";
import { drivers } from "./support/drivers.ts";
import { openStorage } from "./support/open-storage.ts";
import { write } from "./support/operations.ts";
import { tempFile } from "./support/temp-file.ts";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));
const WRITER = fileURLToPath(new URL("support/writer.ts", import.meta.url));
const ENDS = ["", "-wal", "-shm"];

const modeOf = (path: string): number => statSync(path).mode & 0o777;

/** Even root may not create these. */
const FORBIDDEN: Partial<Record<NodeJS.Platform, string>> = {
  linux: "/sys/mesh.db",
  darwin: "/System/mesh.db",
};

/** Makes `linkSync` fail, as on a file system without hard links. */
function forbidHardLinks(createdFirst: (path: string) => void = () => {}): void {
  const { linkSync } = fs;
  const restore = (): void => {
    fs.linkSync = linkSync;
    syncBuiltinESMExports();
  };
  fs.linkSync = (_, path) => {
    createdFirst(String(path));
    throw Object.assign(new Error("EPERM"), { code: "EPERM", syscall: "link" });
  };
  syncBuiltinESMExports();
  onTestFinished(restore);
}

/** `make(path, path)` creates a file or a link to itself. */
function made(path: string, make: (path: string, text: string) => void): string {
  make(path, path);
  return path;
}

async function listenAt(path: string): Promise<string> {
  const server = createServer();
  onTestFinished(() => void server.close());
  await new Promise<void>((resolve) => server.listen(path, resolve));
  return path;
}

it("resolves a relative path on construction", async () => {
  const folder = dirname(tempFile());
  mkdirSync(join(folder, "elsewhere"));
  const program = `
    import { SqliteStorage } from "@syntha/storage-sqlite";
    const storage = new SqliteStorage({ path: "mesh.db" });
    process.chdir("elsewhere");
    await storage.open();
    await storage.close();`;
  const from = fileURLToPath(new URL("..", import.meta.url));
  await promisify(execFile)(
    process.execPath,
    ["--input-type=module", "-e", `process.chdir(${JSON.stringify(folder)});${program}`],
    { cwd: from },
  );
  expect(existsSync(join(folder, "mesh.db"))).toBe(true);
});

// Windows has no file modes, and other kinds of files.
describe.skipIf(process.platform === "win32").each(drivers)("a file by $name", ({ driver }) => {
  it.for([
    ["gives only the owner access to", undefined, 0o600],
    ["applies `mode`, whatever the umask, to", 0o664, 0o664],
  ] as const)("%s a new file, its write-ahead log and its index", async ([, mode, expected]) => {
    const path = tempFile();
    const storage = await openStorage({ path, mode, driver });
    await write(storage);
    expect(ENDS.map((end) => modeOf(path + end))).toEqual([expected, expected, expected]);
    expect(readdirSync(dirname(path))).toHaveLength(3);
  });

  it("gives the owner access under a restrictive umask", async () => {
    const path = tempFile();
    const umask = process.umask(0o777);
    try {
      await openStorage({ path, driver });
    } finally {
      process.umask(umask);
    }
    expect(ENDS.map((end) => modeOf(path + end))).toEqual([0o600, 0o600, 0o600]);
  });

  it("creates a file with the longest name that SQLite supports", async () => {
    const path = tempFile(`${"x".repeat(255 - "-journal".length - 3)}.db`);
    await openStorage({ path, driver });
    expect(modeOf(path)).toBe(0o600);
  });

  it.for<[string, (path: string) => void]>([
    ["", () => {}],
    [", also if another process creates it first", (path) => writeFileSync(path, "")],
  ])("creates a file without hard links%s", async ([, createdFirst]) => {
    forbidHardLinks(createdFirst);
    const path = tempFile();
    await openStorage({ path, driver, mode: 0o660 });
    expect(readdirSync(dirname(path))).toHaveLength(3);
  });

  it("keeps the mode of an existing file despite `mode`", async () => {
    const path = tempFile();
    writeFileSync(path, "");
    chmodSync(path, 0o640);
    await openStorage({ path, driver, mode: 0o600 });
    expect(ENDS.map((end) => modeOf(path + end))).toEqual([0o640, 0o640, 0o640]);
  });

  it("creates the target of a symbolic link", async () => {
    const path = tempFile();
    const link = join(dirname(path), "link.db");
    symlinkSync("mesh.db", link);
    const first = await openStorage({ path: link, driver });
    await write(first);
    expect(modeOf(path)).toBe(0o600);
    const second = await openStorage({ path, driver });
    expect(await second.stats("acme")).toMatchObject({ items: 1 });
    expect(existsSync(`${link}-wal`)).toBe(false);
  });

  it.for<[string, (path: string) => string | Promise<string>, RegExp]>([
    ["a missing directory", (path) => join(path, "deeper", "mesh.db"), /does not exist/],
    ["a directory in place of the file", (path) => dirname(path), /is a directory/],
    ["a device", () => "/dev/null", /is a device/],
    ["a socket", listenAt, /is a socket/],
    ["a file in place of the directory", (path) => join(made(path, writeFileSync), "mesh.db"), /./],
    ["a symbolic link to itself", (path) => made(path, symlinkSync), /./],
    ["a directory without write permission", () => FORBIDDEN[process.platform] ?? "/", /./],
  ])("reports %s as MISCONFIGURED, not retryable", async ([, make, message]) => {
    const storage = new SqliteStorage({ path: await make(tempFile()), driver });
    await expect(storage.open()).rejects.toMatchObject({
      code: "MISCONFIGURED",
      retryable: false,
      message: expect.stringMatching(message),
      hint: expect.stringMatching(/directory|path/),
    });
  });

  // In a process with a timeout: opening a pipe would block.
  it("refuses a named pipe without opening it", async () => {
    const path = tempFile();
    execFileSync("mkfifo", [path]);
    const opening = promisify(execFile)(process.execPath, [WRITER, "open", path], {
      timeout: 30_000,
    });
    await expect(opening).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/is a named pipe[^]*code: 'MISCONFIGURED'/),
    });
  }, 60_000);
});

it.each(drivers)(
  "reports a file that Node's permission model denies to $name",
  async ({ name }) => {
    const opening = promisify(execFile)(
      process.execPath,
      [
        "--permission",
        ...(name === "better-sqlite3" ? ["--allow-addons"] : []),
        `--allow-fs-read=${ROOT}`,
        WRITER,
        "open",
        tempFile(),
      ],
      { env: { ...process.env, DRIVER: name, NODE_NO_WARNINGS: "1" } },
    );
    await expect(opening).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/code: 'MISCONFIGURED'[^]*--allow-fs-write/),
    });
  },
);
