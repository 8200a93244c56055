// Writes as an agent to the SQLite file of its first argument, until its parent ends it: 200 items, then an event.
import { ContextMesh } from "@syntha/core";
import { SqliteStorage } from "@syntha/storage-sqlite";

const mesh = new ContextMesh({ storage: new SqliteStorage({ path: process.argv[2] as string }) });
const ann = mesh.agent("Ann");
for (let n = 0; n < 200; n++) await ann.push(`item:${n}`, n, { global: true });
await ann.publish("written", 200, { topics: ["news"] });
await mesh.close();
