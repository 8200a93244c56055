import type { Cli } from "../cli.ts";

/** Names for shell completion: those of the mesh that the command line names so far. */
type Proposal = (this: Cli, partial: string) => Promise<readonly string[]>;

export const proposeKeys: Proposal = async function (partial) {
  return (await import("../app/mesh-names.ts")).keysLike(this, partial);
};

export const proposeAgents: Proposal = async function (partial) {
  return (await import("../app/mesh-names.ts")).agentsLike(this, partial);
};

export const proposeTopics: Proposal = async function (partial) {
  return (await import("../app/mesh-names.ts")).topicsLike(this, partial);
};
