// Shows: LangGraph's long-term memory in a mesh, durable and readable by other agents.
// Look at: a later run recalls the memories of an earlier one; "ada" never sees memories of "ada2".

import { Annotation, type LangGraphRunnableConfig, START, StateGraph } from "@langchain/langgraph";
import { ContextMesh } from "@syntha/core";
import { SynthaStore } from "@syntha/langchain/store";
import { createLocation, storageAt } from "../storage/location.ts";

const { location, text, remove } = await createLocation();
console.log(`Storage: ${text}`);

const Visit = Annotation.Root({
  user: Annotation<string>,
  says: Annotation<string>,
  reply: Annotation<string>,
});

/** Recalls earlier statements of this user and stores the new one. */
async function greet({ user, says }: typeof Visit.State, { store }: LangGraphRunnableConfig) {
  const known = (await store?.search(["users", user], { limit: 10 })) ?? [];
  await store?.put(["users", user], `said-${known.length + 1}`, { says });
  const said = known.map(({ value }) => value["says"]).join("; ");
  return { reply: said === "" ? "Nice to meet you." : `You said: ${said}` };
}

/** Opens the storage, runs the graph and closes the storage, like a new process. */
async function visit(user: string, says: string): Promise<void> {
  const mesh = new ContextMesh({ tenantId: "hotel", storage: storageAt(location) });
  const store = new SynthaStore(mesh.system, { route: { topics: ["guests"] } });
  const graph = new StateGraph(Visit)
    .addNode("greet", greet)
    .addEdge(START, "greet")
    .compile({ store });
  const { reply } = await graph.invoke({ user, says });
  console.log(`  ${user.padEnd(4)} ${says.padEnd(18)} → ${reply}`);
  await mesh.close();
}

console.log("\nEach visit reopens the storage:");
await visit("ada", "I like tea.");
await visit("ada2", "I like coffee.");
await visit("ada", "A room upstairs.");
await visit("ada", "Good morning.");

const mesh = new ContextMesh({ tenantId: "hotel", storage: storageAt(location) });
const store = new SynthaStore(mesh.system);
const teas = await store.search(["users", "ada"], { filter: { says: "I like tea." } });
console.log(`\nSearch with a filter: ${teas.map(({ key }) => key).join()}`);
const namespaces = await store.listNamespaces({ prefix: ["users"] });
console.log(`Namespaces: ${namespaces.map((path) => path.join("/")).join(", ")}`);

// The memories are items of the mesh: any agent on the topic can read them.
const concierge = mesh.agent("Concierge");
await concierge.subscribe(["guests"]);
console.log(
  `Concierge, an agent without LangGraph, sees ${(await concierge.keys()).length} memories.`,
);
const other = new ContextMesh({ tenantId: "hostel", storage: storageAt(location) });
const found = await new SynthaStore(other.system).search([]);
console.log(`Another tenant on the same storage sees ${found.length}.`);
await Promise.all([mesh.close(), other.close()]);
await remove();
