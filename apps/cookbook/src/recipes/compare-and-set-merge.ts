// Shows: many agents change one item at once, and no change is lost.
// Look at: of 40 names, the plain way loses 39 without a word; compare-and-set and merging lose none.

import { ContextMesh, isSynthaError } from "@syntha/core";
import { printTable } from "../print/table.ts";

const mesh = new ContextMesh();
const names = Array.from({ length: 40 }, (_, i) => `Agent-${i + 1}`);
const agents = names.map((name) => mesh.agent(name));
for (const key of ["plain", "checked", "merged"])
  await mesh.system.push(key, [] as string[], { global: true });

// Read, change, write: whoever writes last wins, and the others' work is gone.
await Promise.all(
  agents.map(async (agent) => {
    const members = (await agent.get<string[]>("plain")) ?? [];
    await agent.push("plain", [...members, agent.name]);
  }),
);

// The same, only if nobody wrote since: one wins, the others are told, and could try again.
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

// update() tries again by itself until its change is in.
await Promise.all(
  agents.map((agent) =>
    agent.update<string[]>("merged", (members = []) => [...members, agent.name]),
  ),
);

const row = async (way: string, key: string, told: number) => {
  const written = new Set(await mesh.system.get<string[]>(key)).size;
  const lost = agents.length - written - told;
  return { way, "in the list": written, "told of a conflict": told, "lost silently": lost };
};
printTable([
  await row("get, then push", "plain", 0),
  await row("push with ifRevision", "checked", conflicts),
  await row("update", "merged", 0),
]);

// What a conflict tells is enough to go on; 0 stands for "only if there is nothing".
const late = mesh.agent("Late");
await late.push("merged", [], { ifRevision: 0 }).catch((error: unknown) => {
  if (!isSynthaError(error, "CONFLICT")) throw error;
  const known = error.details.revision > 0;
  console.log(`\n${error.code}: "${error.details.key}" is there, its revision is told: ${known}`);
  console.log(`Hint: ${error.hint}`);
});
await mesh.close();
