/** Opens a storage that may not exist yet, and writes to it. */
import type { Address } from "../harness/database.ts";
import { createMesh } from "../harness/mesh.ts";
import { command, send, readTask } from "../harness/parent.ts";
import { createStorage } from "../harness/storage.ts";

export interface InstallerTask {
  readonly address: Address;
  readonly name: string;
}

const { address, name } = readTask<InstallerTask>();
send("ready");
await command("go");
const mesh = createMesh(createStorage(address));
await mesh.stats();
send("open");
await mesh.system.push(name, null, { global: true });
send("written");
await mesh.close();
process.exit(0);
