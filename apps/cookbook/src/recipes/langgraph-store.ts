// Shows: LangGraph's long-term memory, durable and readable for other agents.
// Look at: what one run remembers, a later one recalls from the storage; "ada" never sees what is of "ada2".

import { Annotation, type LangGraphRunnableConfig, START, StateGraph } from "@langchain/langgraph";
import { ContextMesh } from "@syntha/core";
import { SynthaStore } from "@syntha/langchain/store";
import { freshPlace, storageAt } from "../storage/place.ts";

const { place, text, remove } = await freshPlace();
console.log(`Storage: ${text}`);

const Visit = Annotation.Root({
  user: Annotation<string>,
  says: Annotation<string>,
  reply: Annotation<string>,
});

/** Recalls what this user said before, and remembers what is said now. */
async function greet({ user, says }: typeof Visit.State, { store }: LangGraphRunnableConfig) {
  const known = (await store?.search(["users", user], { limit: 10 })) ?? [];
  await store?.put(["users", user], `said-${known.length + 1}`, { says });
  const said = known.map(({ value }) => value["says"]).join("; ");
  return { reply: said === "" ? "Nice to meet you." : `You said: ${said}` };
}

/** As a program would that is started anew: it opens the storage, talks, and closes it. */
async function visit(user: string, says: string): Promise<void> {
  const mesh = new ContextMesh({ tenantId: "hotel", storage: storageAt(place) });
  const store = new SynthaStore(mesh.system, { route: { topics: ["guests"] } });
  const graph = new StateGraph(Visit)
    .addNode("greet", greet)
    .addEdge(START, "greet")
    .compile({ store });
  const { reply } = await graph.invoke({ user, says });
  console.log(`  ${user.padEnd(4)} ${says.padEnd(18)} → ${reply}`);
  await mesh.close();
}

console.log("\nEach visit opens the storage anew:");
await visit("ada", "I like tea.");
await visit("ada2", "I like coffee.");
await visit("ada", "A room upstairs.");
await visit("ada", "Good morning.");

const mesh = new ContextMesh({ tenantId: "hotel", storage: storageAt(place) });
const store = new SynthaStore(mesh.system);
const teas = await store.search(["users", "ada"], { filter: { says: "I like tea." } });
console.log(`\nA search with a filter: ${teas.map(({ key }) => key).join()}`);
const namespaces = await store.listNamespaces({ prefix: ["users"] });
console.log(`Namespaces: ${namespaces.map((path) => path.join("/")).join(", ")}`);

// The same memories are items of the mesh: any agent on the topic reads them, by whatever framework.
const concierge = mesh.agent("Concierge");
await concierge.subscribe(["guests"]);
console.log(`Concierge, no LangGraph agent, sees ${(await concierge.keys()).length} memories.`);
const other = new ContextMesh({ tenantId: "hostel", storage: storageAt(place) });
const found = await new SynthaStore(other.system).search([]);
console.log(`Another tenant on the same storage finds ${found.length}.`);
await Promise.all([mesh.close(), other.close()]);
await remove();
