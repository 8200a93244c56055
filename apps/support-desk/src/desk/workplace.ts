import { ContextMesh, type Storage } from "@syntha/core";

import { Colleague } from "../agents/colleague.ts";
import { WorkMeter } from "../measure/work-meter.ts";
import { specialist, staff } from "./roster.ts";

/** The mesh is one tenant of its storage. */
export const TENANT = "support-desk";

/** What the agents of one process share: their way to the mesh, and the count of what they do. */
export class Workplace {
  readonly mesh: ContextMesh;
  readonly meter = new WorkMeter();

  constructor(storage: Storage) {
    // Progress is counted by the events of every run: while there are tickets, there are theirs.
    this.mesh = new ContextMesh({ tenantId: TENANT, storage, retention: { events: false } });
  }

  /** Gives an agent its tools, and its limits on the mesh. */
  async place(name: string): Promise<Colleague> {
    const { tools, permissions } = staff[name] ?? specialist;
    await this.mesh.setPermissions(name, permissions);
    return new Colleague(this.mesh.agent(name), tools, this.meter);
  }
}
