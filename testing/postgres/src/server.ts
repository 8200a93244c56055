import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { chmod, mkdir, mkdtemp, open, readFile, rm, stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { account, handOver, temporaryFolder } from "./account.ts";
import { freePort } from "./port.ts";
import { environment, initialize, type Programs, programs } from "./programs.ts";
import { type Reaping, reaping } from "./reaping.ts";

export interface ServerOptions {
  /**
   * Whether commits survive a power cut, as on a user's server. Without it they are faster, and
   * survive the death of the server's processes only.
   *
   * @default false
   */
  durable?: boolean;
  /** Settings of PostgreSQL, such as `{ max_connections: "20" }`: they win over those made here. */
  settings?: Record<string, string>;
  /**
   * A data directory to run on and to keep; it is made if there is none.
   *
   * @default a new one, deleted by `stop()`
   */
  directory?: string;
}

/** A PostgreSQL server on the loopback address. If this process dies, it is stopped and deleted. */
export interface Server extends AsyncDisposable {
  /** Connects the superuser to the database `postgres`. Stays the same when the server restarts. */
  readonly url: string;
  readonly port: number;
  /** The data directory. */
  readonly directory: string;
  /**
   * Starts the server again after `kill()`.
   *
   * @throws Error with the server's own words if it does not start
   */
  start(): Promise<void>;
  /**
   * Stops the server and starts it again.
   *
   * @param how "fast" ends connections and closes the files in order; "immediate" ends connections
   *   and leaves the rest to the recovery at the start. Default: "fast".
   */
  restart(how?: "fast" | "immediate"): Promise<void>;
  /** Kills the server's main process by SIGKILL; the others then end by themselves. */
  kill(): Promise<void>;
  /** Stops the server for good; a data directory that was made for it is deleted. */
  stop(): Promise<void>;
}

const START_MS = 30_000;
const FAST_STOP_MS = 10_000;

/**
 * Starts a PostgreSQL 18 of its own, in about a second.
 *
 * @throws Error if there is no PostgreSQL for this platform, or if it does not start
 */
export async function startServer(options: ServerOptions = {}): Promise<Server> {
  const folder = await mkdtemp(join(await temporaryFolder(), "syntha-postgres-"));
  const watch = reaping(folder);
  try {
    await handOver(folder);
    const data = resolve(options.directory ?? join(folder, "data"));
    const found = await programs(folder);
    await mkdir(data, { recursive: true });
    await handOver(data);
    await chmod(data, 0o700);
    if (!(await exists(join(data, "PG_VERSION"))))
      await initialize(found, data, folder, (pid) => watch.runs(pid));
    const server = new PostgresServer(found, folder, data, await freePort(), options, watch);
    await server.start();
    return server;
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    watch.end();
    throw error;
  }
}

class PostgresServer implements Server {
  readonly #programs: Programs;
  readonly #folder: string;
  readonly #args: string[];
  readonly #watch: Reaping;
  #running: { child: ChildProcess; ended: Promise<void> } | undefined;
  #killed = false;
  #stopped: Promise<void> | undefined;
  readonly directory: string;
  readonly port: number;
  readonly url: string;

  constructor(
    found: Programs,
    folder: string,
    data: string,
    port: number,
    { durable = false, settings = {} }: ServerOptions,
    watch: Reaping,
  ) {
    this.#programs = found;
    this.#folder = folder;
    this.#watch = watch;
    this.directory = data;
    this.port = port;
    this.url = `postgresql://postgres@127.0.0.1:${port}/postgres`;
    const all = {
      max_connections: "200",
      // Under the data directory, so that a killed server leaves nothing elsewhere.
      ...(process.platform === "win32" ? {} : { dynamic_shared_memory_type: "mmap" }),
      ...(durable ? {} : { fsync: "off", full_page_writes: "off" }),
      ...settings,
      listen_addresses: "127.0.0.1",
      port: String(port),
      unix_socket_directories: "",
    };
    this.#args = [
      "-D",
      data,
      ...Object.entries(all).flatMap(([name, to]) => ["-c", `${name}=${to}`]),
    ];
  }

  async start(): Promise<void> {
    if (this.#stopped) throw new Error("The server was stopped for good: start another one.");
    if (this.#running) throw new Error("The server is running.");
    await this.#start();
  }

  async #start(): Promise<void> {
    const deadline = performance.now() + START_MS;
    for (;;) {
      const failure = await this.#launch(deadline);
      if (failure === undefined) break;
      // Processes of a killed server take a moment to notice.
      const isWaiting = this.#killed && /still in use|postmaster\.pid/.test(failure);
      if (!isWaiting || performance.now() > deadline)
        throw new Error(`PostgreSQL did not start:\n${failure}`);
      await sleep(50);
    }
    this.#killed = false;
  }

  async restart(how: "fast" | "immediate" = "fast"): Promise<void> {
    await this.#signal(how === "fast" ? "INT" : "QUIT");
    await this.start();
  }

  async kill(): Promise<void> {
    if (!this.#running) return;
    const { child, ended } = this.#running;
    this.#killed = true;
    child.ref();
    child.kill("SIGKILL");
    await ended;
  }

  stop(): Promise<void> {
    return (this.#stopped ??= this.#stop());
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  async #stop(): Promise<void> {
    // Only a start frees what a killed server held of the system's shared memory.
    if (this.#killed) await this.#start().catch(() => {});
    await this.#signal("INT");
    await rm(this.#folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
    this.#watch.end();
  }

  /** @returns what the server said if it did not start */
  async #launch(deadline: number): Promise<string | undefined> {
    const path = join(this.#folder, "log");
    const log = await open(path, "a");
    const { size } = await log.stat();
    const child = spawn(this.#programs.postgres, this.#args, {
      ...account,
      cwd: this.#folder,
      // A Ctrl-C is for the tests, which then stop the server.
      detached: true,
      env: environment,
      stdio: ["ignore", log.fd, log.fd],
      windowsHide: true,
    });
    this.#watch.runs(child.pid);
    const ended = end(child).then(() => {
      this.#running = undefined;
      this.#watch.runs(undefined);
    });
    this.#running = { child, ended };
    await log.close();
    while (this.#running && performance.now() < deadline) {
      if (await this.#isReady(child.pid)) {
        // A program that forgets to stop its server may end all the same.
        child.unref();
        return undefined;
      }
      await sleep(5);
    }
    child.kill("SIGKILL");
    await ended;
    return (await readFile(path)).subarray(size).toString().trim();
  }

  /** The server tells by a file in its data directory how far it is. */
  async #isReady(pid: number | undefined): Promise<boolean> {
    const text = await readFile(join(this.directory, "postmaster.pid"), "utf8").catch(() => "");
    const lines = text.split("\n").map((line) => line.trim());
    return Number(lines[0]) === pid && (lines[7] === "ready" || lines[7] === "standby");
  }

  /** Asks the server to end, and waits until it has. */
  async #signal(name: "INT" | "QUIT"): Promise<void> {
    if (!this.#running) return;
    const { child, ended } = this.#running;
    child.ref();
    const send = (signal: "INT" | "QUIT"): void => {
      // Windows has no signals: PostgreSQL has its own there.
      if (process.platform === "win32")
        spawnSync(this.#programs.pgCtl, ["kill", signal, String(child.pid)]);
      else child.kill(`SIG${signal}`);
    };
    send(name);
    const impatience = setTimeout(() => send("QUIT"), FAST_STOP_MS);
    await ended;
    clearTimeout(impatience);
  }
}

/** Resolves when the process has ended, or could not be started. */
function end(child: ChildProcess): Promise<void> {
  return new Promise((done) => {
    child.once("exit", () => done());
    child.once("error", () => done());
  });
}

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );
