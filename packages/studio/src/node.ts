export { serveStudio, type ServeStudioOptions, type StudioServer } from "./server/serve-studio.ts";
