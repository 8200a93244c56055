import type { StudioReads } from "../../api/index.ts";
import { agents } from "./agents.ts";
import { events } from "./events.ts";
import { graph } from "./graph.ts";
import { itemAudience } from "./item-audience.ts";
import { itemHistory } from "./item-history.ts";
import { item } from "./item.ts";
import { items } from "./items.ts";
import { log } from "./log.ts";
import { overview } from "./overview.ts";
import { prompt } from "./prompt.ts";
import type { MeshRead, Read } from "./read.ts";
import { session } from "./session.ts";
import { tasks } from "./tasks.ts";
import { tenants } from "./tenants.ts";
import { topics } from "./topics.ts";
import { tree } from "./tree.ts";
import { visibility } from "./visibility.ts";

type General = "api/session" | "api/tenants";

/** The reads that concern no single mesh. */
export const GENERAL_READS: { readonly [P in General]: Read<P> } = {
  "api/session": session,
  "api/tenants": tenants,
};

/** The reads of one mesh. */
export const MESH_READS: {
  readonly [P in Exclude<keyof StudioReads, General>]: MeshRead<P>;
} = {
  "api/overview": overview,
  "api/items": items,
  "api/visibility": visibility,
  "api/item": item,
  "api/item/history": itemHistory,
  "api/item/audience": itemAudience,
  "api/tree": tree,
  "api/topics": topics,
  "api/agents": agents,
  "api/events": events,
  "api/tasks": tasks,
  "api/graph": graph,
  "api/log": log,
  "api/prompt": prompt,
};
