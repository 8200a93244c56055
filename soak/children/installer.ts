/** Opens a storage that may not exist yet, and writes to it. */
import { type ChildTask, command, readTask, send } from "../harness/parent.ts";
import { createMesh, createStorage } from "../harness/storage.ts";

const { address, name } = readTask<ChildTask>();
send("ready");
await command("go");
const mesh = createMesh(createStorage(address));
await mesh.stats();
send("open");
await mesh.system.push(name, null, { global: true });
send("written");
await mesh.close();
process.exit(0);
