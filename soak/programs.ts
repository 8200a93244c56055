import { cas } from "./cas.ts";
import { claims } from "./claims.ts";
import { disconnects } from "./disconnects.ts";
import { drops } from "./drops.ts";
import { growth } from "./growth.ts";
import type { Program } from "./harness/run.ts";
import { killServer } from "./kill-server.ts";
import { killWorker } from "./kill-worker.ts";
import { kill } from "./kill.ts";
import { migrations } from "./migrations.ts";
import { moveShard } from "./move-shard.ts";
import { shutdown } from "./shutdown.ts";
import { slowWatchers } from "./slow-watchers.ts";
import { tenants } from "./tenants.ts";
import { tools } from "./tools.ts";
import { ttl } from "./ttl.ts";
import { watch } from "./watch.ts";

/** In the order of the table in docs/reliability.md. */
export const PROGRAMS: readonly Program[] = [
  kill,
  killServer,
  killWorker,
  moveShard,
  cas,
  ttl,
  claims,
  watch,
  slowWatchers,
  tenants,
  drops,
  tools,
  disconnects,
  migrations,
  growth,
  shutdown,
];
