// Shows: concurrent changes of one item, with no lost updates.
// Look at: of 40 names, get and push lose 39 silently; compare-and-set and update lose none.

import { ContextMesh, isSynthaError } from "@syntha/core";
import { printTable } from "../print/table.ts";

const mesh = new ContextMesh();
const names = Array.from({ length: 40 }, (_, i) => `Agent-${i + 1}`);
const agents = names.map((name) => mesh.agent(name));
for (const key of ["plain", "checked", "merged"])
  await mesh.system.push(key, [] as string[], { global: true });

// Read, change, write: the last write wins, and the others are lost.
await Promise.all(
  agents.map(async (agent) => {
    const members = (await agent.get<string[]>("plain")) ?? [];
    await agent.push("plain", [...members, agent.name]);
  }),
);

// The same with a condition: one write succeeds, the others get a conflict and can retry.
let conflicts = 0;
await Promise.all(
  agents.map(async (agent) => {
    const { value = [], revision = 0 } = (await agent.getItem<string[]>("checked")) ?? {};
    try {
      await agent.push("checked", [...value, agent.name], { ifRevision: revision });
    } catch (error) {
      if (!isSynthaError(error, "CONFLICT")) throw error;
      conflicts++;
    }
  }),
);

// update() retries until its change is written.
await Promise.all(
  agents.map((agent) =>
    agent.update<string[]>("merged", (members = []) => [...members, agent.name]),
  ),
);

const row = async (method: string, key: string, conflicted: number) => {
  const written = new Set(await mesh.system.get<string[]>(key)).size;
  const lost = agents.length - written - conflicted;
  return { method, written, conflicts: conflicted, "lost silently": lost };
};
printTable([
  await row("get, then push", "plain", 0),
  await row("push with ifRevision", "checked", conflicts),
  await row("update", "merged", 0),
]);

// A conflict reports the current revision; 0 means "only if the key does not exist".
const late = mesh.agent("Late");
await late.push("merged", [], { ifRevision: 0 }).catch((error: unknown) => {
  if (!isSynthaError(error, "CONFLICT")) throw error;
  const known = error.details.revision > 0;
  console.log(
    `\n${error.code}: "${error.details.key}" exists, and the error has its revision: ${known}`,
  );
  console.log(`Hint: ${error.hint}`);
});
await mesh.close();
