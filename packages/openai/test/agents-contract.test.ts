import { agentsContract } from "./agents-ways.ts";

agentsContract();
