import { createHash, randomUUID } from "node:crypto";
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { SynthaError } from "@syntha/core";
import type { HookArguments } from "./options.ts";

/** Where a hook continues: a file that holds the last cursor. */
export class HookCursor {
  readonly #path: string;

  constructor(args: HookArguments) {
    this.#path = args.state ?? defaultPath(args);
  }

  /** Undefined the first time. @throws MISCONFIGURED */
  async read(): Promise<string | undefined> {
    try {
      const text = (await readFile(this.#path, "utf8")).trim();
      return text === "" ? undefined : text;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
      throw this.#unusable(error);
    }
  }

  /** Whole or not at all. @throws MISCONFIGURED */
  async write(cursor: string): Promise<void> {
    const next = `${this.#path}.${randomUUID()}.tmp`;
    try {
      await mkdir(dirname(this.#path), { recursive: true });
      await writeFile(next, `${cursor}\n`, { mode: 0o600 });
      await rename(next, this.#path);
    } catch (error) {
      await rm(next, { force: true }).catch(() => undefined);
      throw this.#unusable(error);
    }
  }

  #unusable(cause: unknown): SynthaError {
    return new SynthaError("MISCONFIGURED", `The hook can't use ${this.#path}.`, {
      hint: "Name a file that can be written, by --state.",
      details: { path: "state" },
      cause,
    });
  }
}

type HookOf = Pick<HookArguments, "storage" | "tenantId" | "agent">;

/** One for each agent of a storage, where programs of this user keep their state. */
export function defaultPath({ storage, tenantId, agent }: HookOf): string {
  const { env } = process;
  const folder = env["XDG_STATE_HOME"] || env["LOCALAPPDATA"] || join(homedir(), ".local", "state");
  const id = createHash("sha256")
    .update(JSON.stringify([absolute(storage), tenantId, agent]))
    .digest("hex");
  return join(folder, "syntha", `hook-${id.slice(0, 16)}.cursor`);
}

const SQLITE = "sqlite:";

/** Projects that each have a `sqlite:mesh.db` have different ones. */
function absolute(storage: string): string {
  return storage.startsWith(SQLITE) ? SQLITE + resolve(storage.slice(SQLITE.length)) : storage;
}
