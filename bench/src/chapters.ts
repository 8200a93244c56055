import { adapters } from "./adapters.ts";
import { citusChapters } from "./citus.ts";
import type { Chapter } from "./figure.ts";
import { durableObjects } from "./durable-objects.ts";
import { drains } from "./drain.ts";
import { growth, opening } from "./growth.ts";
import { keys } from "./keys.ts";
import { mcp } from "./mcp.ts";
import { memory } from "./memory.ts";
import { nodeSqlite } from "./node-sqlite.ts";
import { notifications } from "./notifications.ts";
import { postgres } from "./postgres.ts";
import { postgresGrowth } from "./postgres-growth.ts";
import { resilience } from "./resilience.ts";
import { sqlite } from "./sqlite.ts";
import { startup } from "./startup.ts";
import { studio } from "./studio.ts";
import { telemetry } from "./telemetry.ts";
import { tools } from "./tools.ts";
import { watch } from "./watch.ts";

/** In the order of the report. */
export const chapters: readonly Chapter[] = [
  memory,
  ...sqlite,
  nodeSqlite,
  durableObjects,
  postgres,
  ...keys,
  ...growth,
  postgresGrowth,
  ...drains,
  ...watch,
  ...notifications,
  ...citusChapters,
  opening,
  startup,
  tools,
  adapters,
  mcp,
  studio,
  resilience,
  telemetry,
];
