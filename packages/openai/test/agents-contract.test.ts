import { agentsContract } from "./agents-runs.ts";

agentsContract();
