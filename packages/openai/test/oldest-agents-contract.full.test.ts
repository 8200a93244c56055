import { vi } from "vitest";
import { agentsContract } from "./agents-runs.ts";

// The oldest SDK of the peer range instead of the newest, for the adapter too.
vi.mock("@openai/agents", () => import("@openai/agents-0"));

agentsContract(" of the oldest SDK");
