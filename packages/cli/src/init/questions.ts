import { confirm, isCancel, multiselect } from "@clack/prompts";
import { UsageError } from "@syntha/mcp/storage";
import type { Client, ClientId } from "./client.ts";

/** Asks a person at a terminal. */
export async function askForClients(clients: readonly Client[]): Promise<readonly Client[]> {
  const chosen = await multiselect<ClientId>({
    message: "Which coding agents work in this folder?",
    options: clients.map(({ id, title }) => ({ value: id, label: title })),
    required: true,
  });
  if (isCancel(chosen)) throw new UsageError("Nothing was written.");
  return clients.filter(({ id }) => chosen.includes(id));
}

export async function askToWrite(changes: number): Promise<boolean> {
  const files = changes === 1 ? "this file" : `these ${changes} files`;
  const answer = await confirm({ message: `Write ${files}?` });
  return !isCancel(answer) && answer;
}
