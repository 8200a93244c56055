export { listen, type ListenOptions, type NodeListener } from "./node-listener.ts";
