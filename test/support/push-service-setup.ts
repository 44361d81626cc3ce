/** One push service for all tests inside workerd, which cannot listen themselves. */
import type { TestProject } from "vitest/node";
import { startPushService } from "./push-service.ts";

declare module "vitest" {
  export interface ProvidedContext {
    pushOrigin: string;
  }
}

export default async function setup(project: TestProject): Promise<() => void> {
  const service = await startPushService();
  project.provide("pushOrigin", service.origin);
  return () => service.close();
}
