import { agentsContract } from "./agents-contract.ts";

agentsContract();
