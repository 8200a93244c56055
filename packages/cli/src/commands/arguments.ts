import type { TypedPositionalParameter } from "@stricli/core";
import type { Cli } from "../cli.ts";
import { text } from "./flags.ts";
import { proposeAgents, proposeKeys, proposeTopics } from "./proposals.ts";

type Required = TypedPositionalParameter<string, Cli>;
type Optional = TypedPositionalParameter<string | undefined, Cli>;

export const KEY: Required = {
  placeholder: "KEY",
  brief: "The key of the item",
  parse: text,
  proposeCompletions: proposeKeys,
};

export const OPTIONAL_KEY: Optional = { ...KEY, optional: true };

export const AGENT: Required = {
  placeholder: "AGENT",
  brief: "The name of the agent",
  parse: text,
  proposeCompletions: proposeAgents,
};

export const TOPIC: Required = {
  placeholder: "TOPIC",
  brief: "The name of the topic",
  parse: text,
  proposeCompletions: proposeTopics,
};

export const PREFIX: Optional = {
  placeholder: "PREFIX",
  brief: "Only names with this prefix",
  parse: text,
  optional: true,
  proposeCompletions: proposeKeys,
};
