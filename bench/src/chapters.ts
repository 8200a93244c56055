import type { Chapter } from "./figure.ts";
import { growth, opening } from "./growth.ts";
import { memory } from "./memory.ts";
import { postgres } from "./postgres.ts";
import { postgresGrowth } from "./postgres-growth.ts";
import { resilience } from "./resilience.ts";
import { sqlite } from "./sqlite.ts";

/** In the order of the report. */
export const chapters: readonly Chapter[] = [
  memory,
  ...sqlite,
  postgres,
  ...growth,
  postgresGrowth,
  opening,
  resilience,
];
