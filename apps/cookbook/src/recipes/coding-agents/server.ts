/** What a client starts: one agent's server, as `npx @syntha/mcp --storage sqlite:… --agent …` is. */
import { ContextMesh } from "@syntha/core";
import { serveStdio } from "@syntha/mcp/stdio";
import { type StorageLocation, storageAt } from "../../storage/location.ts";

const [agent = "", location = ""] = process.argv.slice(2);
const mesh = new ContextMesh({ storage: storageAt(JSON.parse(location) as StorageLocation) });
serveStdio(mesh.agent(agent), { toolsets: ["context", "tasks", "live"] });
// The client closes standard input when it ends.
process.stdin.once("close", () => void mesh.close());
