import { z } from "zod";
import { readKeyTree } from "../mesh/key-tree.ts";
import { parts } from "./query-parts.ts";
import type { MeshRead } from "./read.ts";

export const tree: MeshRead<"api/tree"> = {
  query: z.strictObject({ ...parts.VIEW, prefix: parts.text.optional() }),
  answer: ({ reader }, { prefix = "" }) => readKeyTree(reader, prefix),
};
