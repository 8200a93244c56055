import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { chmod, mkdir, mkdtemp, open, readFile, rm, stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { account, changeOwner, temporaryDirectory } from "./account.ts";
import { freePort } from "./port.ts";
import { environment, initialize, type Programs, programs } from "./programs.ts";
import { type CleanupWatch, watchForCleanup } from "./cleanup-watch.ts";

export interface ServerOptions {
  /**
   * Whether commits survive a power cut. Without it they are faster, and survive only a crash of
   * the server's processes.
   *
   * @default false
   */
  durable?: boolean;
  /** Settings such as `{ max_connections: "20" }`, which override the defaults. */
  settings?: Record<string, string>;
  /**
   * A data directory to use and keep; created if it does not exist.
   *
   * @default a new one, which `stop()` deletes
   */
  directory?: string;
  /**
   * The directory with the programs of an installed PostgreSQL, which user `nobody` can execute.
   *
   * @default PostgreSQL 18, which comes as a dependency
   */
  bin?: string;
}

/** A PostgreSQL server on the loopback address. It is stopped and deleted if this process ends. */
export interface Server extends AsyncDisposable {
  /** Connects the superuser to the database `postgres`. Stays the same when the server restarts. */
  readonly url: string;
  readonly port: number;
  /** The data directory. */
  readonly directory: string;
  /**
   * Starts the server again after `kill()`.
   *
   * @throws Error with the server's output if it does not start
   */
  start(): Promise<void>;
  /**
   * Stops the server and starts it again.
   *
   * @param how "fast" (default) shuts down cleanly; "immediate" ends the processes, and the start
   *   recovers.
   */
  restart(how?: "fast" | "immediate"): Promise<void>;
  /** Kills the server's main process with SIGKILL; the others then exit. */
  kill(): Promise<void>;
  /** Stops the server permanently, and deletes its data directory unless it was passed. */
  stop(): Promise<void>;
}

const START_MS = 30_000;
const FAST_STOP_MS = 10_000;

/**
 * Starts a separate server, PostgreSQL 18 unless another one is given, in about a second.
 *
 * @throws Error if PostgreSQL does not exist for this platform, or does not start
 */
export async function startServer(options: ServerOptions = {}): Promise<Server> {
  const workspace = await mkdtemp(join(await temporaryDirectory(), "syntha-postgres-"));
  const watch = watchForCleanup(workspace);
  try {
    await changeOwner(workspace);
    const data = resolve(options.directory ?? join(workspace, "data"));
    const found = await programs(workspace, options.bin);
    await mkdir(data, { recursive: true });
    await changeOwner(data);
    await chmod(data, 0o700);
    if (!(await exists(join(data, "PG_VERSION"))))
      await initialize(found, data, workspace, (pid) => watch.runs(pid));
    const server = new PostgresServer(found, workspace, data, await freePort(), options, watch);
    await server.start();
    return server;
  } catch (error) {
    await rm(workspace, { recursive: true, force: true });
    watch.end();
    throw error;
  }
}

class PostgresServer implements Server {
  readonly #programs: Programs;
  readonly #workspace: string;
  readonly #args: string[];
  readonly #watch: CleanupWatch;
  #running: { child: ChildProcess; ended: Promise<void> } | undefined;
  #killed = false;
  #stopped: Promise<void> | undefined;
  readonly directory: string;
  readonly port: number;
  readonly url: string;

  constructor(
    found: Programs,
    workspace: string,
    data: string,
    port: number,
    { durable = false, settings = {} }: ServerOptions,
    watch: CleanupWatch,
  ) {
    this.#programs = found;
    this.#workspace = workspace;
    this.#watch = watch;
    this.directory = data;
    this.port = port;
    this.url = `postgresql://postgres@127.0.0.1:${port}/postgres`;
    const all = {
      max_connections: "200",
      // In the data directory, so that a killed server leaves no shared memory.
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
    if (this.#stopped) throw new Error("The server was stopped permanently: start another one.");
    if (this.#running) throw new Error("The server is running.");
    await this.#start();
  }

  async #start(): Promise<void> {
    const deadline = performance.now() + START_MS;
    for (;;) {
      const failure = await this.#launch(deadline);
      if (failure === undefined) break;
      // The other processes of a killed server exit a moment later.
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
    // Only a start releases the shared memory of a killed server.
    if (this.#killed) await this.#start().catch(() => {});
    await this.#signal("INT");
    await rm(this.#workspace, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
    this.#watch.end();
  }

  /** @returns the server's output if it does not start */
  async #launch(deadline: number): Promise<string | undefined> {
    const path = join(this.#workspace, "log");
    const log = await open(path, "a");
    const { size } = await log.stat();
    const child = spawn(this.#programs.postgres, this.#args, {
      ...account,
      cwd: this.#workspace,
      // Ctrl-C must reach the tests only, which then stop the server.
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
        // A program that forgets to stop the server can still exit.
        child.unref();
        return undefined;
      }
      await sleep(5);
    }
    child.kill("SIGKILL");
    await ended;
    return (await readFile(path)).subarray(size).toString().trim();
  }

  /** The server writes its status into a file in the data directory. */
  async #isReady(pid: number | undefined): Promise<boolean> {
    const text = await readFile(join(this.directory, "postmaster.pid"), "utf8").catch(() => "");
    const lines = text.split("\n").map((line) => line.trim());
    return Number(lines[0]) === pid && (lines[7] === "ready" || lines[7] === "standby");
  }

  /** Signals the server to stop, and waits for it. */
  async #signal(name: "INT" | "QUIT"): Promise<void> {
    if (!this.#running) return;
    const { child, ended } = this.#running;
    child.ref();
    const send = (signal: "INT" | "QUIT"): void => {
      // Windows has no signals; PostgreSQL emulates them.
      if (process.platform === "win32")
        spawnSync(this.#programs.pgCtl, ["kill", signal, String(child.pid)]);
      else child.kill(`SIG${signal}`);
    };
    send(name);
    const timer = setTimeout(() => send("QUIT"), FAST_STOP_MS);
    await ended;
    clearTimeout(timer);
  }
}

/** Resolves when the process has exited or could not be started. */
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
