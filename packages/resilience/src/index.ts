export { type CircuitCounts, CircuitBreaker } from "./breaker/circuit-breaker.ts";
export type { CircuitState, StateChange, StateListener } from "./breaker/state-change.ts";
export type {
  BreakerOptions,
  ConsecutiveFailures,
  FailureRate,
} from "./breaker/breaker-options.ts";
export { type ResilientHandler, resilientHandler } from "./handler/resilient-handler.ts";
export { type CountsAsFailure, isInfrastructure } from "./policy/failure.ts";
export type { BulkheadOptions, PolicyOptions, RetryOptions } from "./policy/options.ts";
export { Policies } from "./policy/policies.ts";
export { type ResilientStorage, resilientStorage } from "./storage/resilient-storage.ts";
