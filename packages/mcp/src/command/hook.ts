import { access } from "node:fs/promises";
import { TenantRegistry } from "@syntha/core";
import { CONTEXT_INSTRUCTIONS } from "@syntha/prompts";
import { type News, newsFor } from "../prompts/news.ts";
import { HookCursor } from "./hook-cursor.ts";
import type { HookArguments } from "./options.ts";
import type { ProcessIo } from "./process-io.ts";
import { openStorage } from "./storage.ts";

/**
 * Prints what other agents changed since the hook ran last; the first time, all that the agent sees. Prints nothing if
 * nothing changed.
 * @throws UsageError, SynthaError if the storage can't be read
 */
export async function runHook(args: HookArguments, io: ProcessIo): Promise<void> {
  const { storage, tenantId, agent, budget } = args;
  if (await isMissingFile(storage)) return;
  // A hook only looks: the programs that share the mesh keep it small.
  await using tenants = new TenantRegistry({
    storage: await openStorage(storage, { migrate: false }),
    sweepEvery: false,
    compactEvery: false,
  });
  const file = new HookCursor(args);
  const since = await file.read();
  const news = await newsFor(tenants.mesh(tenantId).agent(agent), since, {
    tokens: budget,
    ofOthers: true,
  });
  if (news.text !== "") await io.print(toText(news));
  // Last: what a hook that is killed did not print comes with the next turn.
  if (news.cursor !== since) await file.write(news.cursor);
}

/** No agent has shared anything yet. Looking does not create the file. */
async function isMissingFile(storage: string): Promise<boolean> {
  if (!storage.startsWith("sqlite:")) return false;
  return access(storage.slice("sqlite:".length)).then(
    () => false,
    (error: NodeJS.ErrnoException) => error.code === "ENOENT",
  );
}

function toText({ title, text, more }: News): string {
  const rest = more ? "\n\nThere is more, which comes with the next turn." : "";
  return `${CONTEXT_INSTRUCTIONS}\n\n${title}\n\n${text}${rest}\n`;
}
