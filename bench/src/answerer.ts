import { ContextMesh } from "@syntha/core";
import { PostgresStorage } from "@syntha/storage-postgres";
import { SqliteStorage } from "@syntha/storage-sqlite";

// Answers each change on the topic "questions" with one on the topic "answers", and each message with itself.
const [, , kind, place = ""] = process.argv;
const end = new AbortController();
process.once("disconnect", () => end.abort());
process.on("message", (message) => process.send?.(message));

const mesh = new ContextMesh({
  storage:
    kind === "sqlite"
      ? new SqliteStorage({ path: place, durability: "process" })
      : new PostgresStorage({ connectionString: place }),
  sweepEvery: false,
});
const agent = mesh.agent("Answerer");
await agent.subscribe(["questions"]);
const { signal } = end;
for await (const change of agent.watch({ topics: ["questions"], initial: true, signal })) {
  if (change.type === "ready") process.send?.("ready");
  if (change.type === "put") await agent.push("answer", change.item.value, { topics: ["answers"] });
}
await mesh.close();
