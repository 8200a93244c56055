import { ContextMesh } from "@syntha/core";
import { SqliteStorage } from "@syntha/storage-sqlite";
import { serveStdio } from "../../src/stdio.ts";

/** A server over standard input and output: the file of the mesh, and the agent. */
const [path = "", agent = ""] = process.argv.slice(2);
const mesh = new ContextMesh({ storage: new SqliteStorage({ path }) });
serveStdio(mesh.agent(agent));
process.stdin.on("close", () => void mesh.close());
