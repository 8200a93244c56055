import { existsSync } from "node:fs";
import { rm, stat } from "node:fs/promises";
import type { Cli } from "../cli.ts";
import { exists, openChosenStorage } from "./open-storage.ts";
import { sqlitePath } from "./storage-url.ts";

/**
 * For a command that creates a missing SQLite file: disposing of the result removes the file again if nothing was written
 * to it, such as after a refused push. The storage must be closed by then.
 *
 * @param tenantId the tenant whose unfinished copy is kept
 */
export async function newFile(
  cli: Cli,
  url: string,
  tenantId?: string,
): Promise<AsyncDisposable | undefined> {
  const path = sqlitePath(cli, url);
  if (path === undefined || (await exists(path))) return undefined;
  return {
    [Symbol.asyncDispose]: async () => {
      try {
        if (!(await exists(path)) || !(await isUnused(cli, path, tenantId))) return;
        // Another process that has it open by now may write to it.
        if (!existsSync(`${path}-wal`)) await rm(path, { force: true });
      } catch {
        // What keeps it from being read, such as a full disk, is what the command has reported, or will report.
      }
    },
  };
}

async function isUnused(cli: Cli, path: string, tenantId: string | undefined): Promise<boolean> {
  if ((await stat(path)).size === 0) return true;
  const storage = await openChosenStorage(cli, `sqlite:${path}`);
  await storage.open();
  try {
    const { tenantIds } = await storage.listTenants({ limit: 1 });
    if (tenantIds.length > 0) return false;
    const copy = tenantId && (await storage.dump?.({ tenantId, section: "agents", limit: 1 }));
    return !copy || copy.loading === null;
  } finally {
    await storage.close();
  }
}
