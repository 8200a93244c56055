import { z } from "zod";
import { parts } from "./query-parts.ts";
import type { MeshRead } from "./read.ts";

export const topics: MeshRead<"api/topics"> = {
  query: z.strictObject({ ...parts.VIEW, ...parts.PAGE, prefix: parts.text.optional() }),
  answer: ({ reader }, { prefix, limit, page }) => reader.topics({ prefix, limit, page }),
};
