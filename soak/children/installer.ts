/** Opens a storage that may not be there yet, and writes to it. */
import { order, say, taskOf } from "../harness/child.ts";
import { meshOn } from "../harness/mesh-on.ts";
import type { Address } from "../harness/site.ts";
import { storageAt } from "../harness/storage-at.ts";

export interface InstallerTask {
  readonly address: Address;
  readonly name: string;
}

const { address, name } = taskOf<InstallerTask>();
say("ready");
await order("go");
const mesh = meshOn(storageAt(address));
await mesh.stats();
say("open");
await mesh.system.push(name, null, { global: true });
say("written");
await mesh.close();
process.exit(0);
