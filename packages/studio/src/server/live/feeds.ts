import type { AgentContext, ContextMesh } from "@syntha/core";
import { Feed } from "./feed.ts";

/** The feeds that streams share: one for each mesh and reader. */
export class Feeds {
  readonly #byMesh = new WeakMap<ContextMesh, Map<string | null, Feed>>();

  /** @param agent Undefined for the system. */
  of(mesh: ContextMesh, agent: string | undefined): Feed {
    const feeds = this.#byMesh.get(mesh) ?? new Map<string | null, Feed>();
    this.#byMesh.set(mesh, feeds);
    const name = agent ?? null;
    const open = feeds.get(name);
    if (open !== undefined) return open;
    const reader: AgentContext = agent === undefined ? mesh.system : mesh.agent(agent);
    const feed = new Feed(reader, () => {
      if (feeds.get(name) === feed) feeds.delete(name);
    });
    feeds.set(name, feed);
    return feed;
  }
}
