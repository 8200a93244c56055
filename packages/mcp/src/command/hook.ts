import { type AgentContext, TenantRegistry } from "@syntha/core";
import { CONTEXT_INSTRUCTIONS } from "@syntha/prompts";
import { newsFor } from "../prompts/news.ts";
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
  await using tenants = new TenantRegistry({ storage: await openStorage(storage) });
  const file = new HookCursor(args);
  const text = await nextNews(tenants.mesh(tenantId).agent(agent), file, budget);
  if (text !== "") io.print(text);
}

/** The cursor is kept last: a hook that is killed shows the same again. */
async function nextNews(agent: AgentContext, file: HookCursor, tokens: number): Promise<string> {
  const { title, text, cursor, more } = await newsFor(agent, await file.read(), {
    tokens,
    ofOthers: true,
  });
  await file.write(cursor);
  if (text === "") return "";
  const rest = more ? "\n\nThere is more, which comes with the next turn." : "";
  return `${CONTEXT_INSTRUCTIONS}\n\n${title}\n\n${text}${rest}\n`;
}
