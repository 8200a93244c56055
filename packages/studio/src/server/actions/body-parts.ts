import { z } from "zod";

const text = z.string().min(1).max(4_096);

/** Properties that many bodies have. Names, keys, values and routes are checked by the mesh itself. */
export const body = {
  text,
  TENANT: { tenant: text.optional() },
  names: z.array(text).max(1_000),
  revision: z.int().min(0),
};
