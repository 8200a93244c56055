// Shows: one agent asks another, and gets its result, its failure, or a timeout.
// Look at: every request is a task in the other agent's inbox, and none of them is left.

import { ContextMesh, isSynthaError } from "@syntha/core";
import { printTable } from "../print/table.ts";

const mesh = new ContextMesh();
const [writer, translator] = [mesh.agent("Writer"), mesh.agent("Translator")];
await translator.announce({ description: "Translates words into French." });

const WORDS: Record<string, string> = { tea: "thé", milk: "lait", bread: "pain" };

// The translator takes requests from its inbox, two at a time.
const stop = new AbortController();
const working = translator.work<string>(
  { inbox: true },
  ({ value }) => {
    const word = WORDS[value];
    if (word === undefined) throw new Error(`"${value}" is not in the dictionary.`);
    return word;
  },
  { concurrency: 2, maxAttempts: 2, retryIn: 5, signal: stop.signal },
);

const rows: { asked: string; request: string; answer: string }[] = [];
async function ask(agent: string, request: string, timeout = 30_000): Promise<void> {
  const answer = await writer.ask<string>(agent, request, { timeout }).catch((error: unknown) => {
    if (!isSynthaError(error)) throw error;
    return `${error.code}: ${error.message}`;
  });
  rows.push({ asked: agent, request, answer: answer ?? "" });
}

await ask("Translator", "tea");
await Promise.all(["milk", "bread"].map((word) => ask("Translator", word)));
await ask("Translator", "sugar"); // fails twice
await ask("Translater", "tea", 100); // no such agent
printTable(rows.toSorted((a, b) => a.request.localeCompare(b.request)));

await writer.ask("Translater", "tea", { timeout: 100 }).catch((error: unknown) => {
  if (isSynthaError(error, "TIMEOUT")) console.log(`\nThe hint of the timeout: ${error.hint}`);
});

// A caller that must not wait for a name that does not exist is refused at once.
const strict = new ContextMesh({ strictRecipients: true });
await strict.agent("Translator").announce({});
const refused = strict.agent("Writer").ask("Translater", "tea");
await refused.catch((error: unknown) => {
  if (isSynthaError(error, "UNKNOWN_AGENT")) console.log(`With strictRecipients: ${error.hint}`);
});
await strict.close();

stop.abort();
await working;
console.log(`Requests that are left: ${(await mesh.system.keys()).length}`);
await mesh.close();
