import type { AgentProfile } from "@syntha/core";
import { compareCodePoints } from "@syntha/core/storage";
import { z } from "zod";
import type { AgentDetail } from "../../api/index.ts";
import { parts } from "./query-parts.ts";
import type { MeshRead } from "./read.ts";

export const agents: MeshRead<"api/agents"> = {
  query: z.strictObject({ ...parts.MOMENT, ...parts.PAGE, prefix: parts.text.optional() }),
  async answer({ moment }, { prefix, limit, page }) {
    const listed = await moment.agents({ prefix, limit, page });
    const all = [
      ...listed.agents.map(({ permissions, ...agent }) => ({ ...toProfile(agent), permissions })),
      ...listed.corrupt.map(({ error, ...agent }) => ({
        ...toProfile(agent),
        permissions: null,
        unreadable: error.message,
      })),
    ];
    const sorted = all.toSorted((a, b) => compareCodePoints(a.name, b.name));
    return { agents: sorted, nextPage: listed.nextPage };
  },
};

function toProfile(agent: AgentProfile): Omit<AgentDetail, "permissions" | "unreadable"> {
  const { firstSeen, lastSeen, ...rest } = agent;
  return { ...rest, firstSeen: firstSeen.toISOString(), lastSeen: lastSeen?.toISOString() };
}
