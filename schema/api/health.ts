/** Bodies of `/healthz` and `/readyz`. */
import { z } from "zod";

export const healthAnswer = z.object({ status: z.literal("ok") }).describe("The process answers.");
export const readyAnswer = z
  .object({
    status: z.literal("ready"),
    degraded: z.array(z.string()).describe("What does not answer and all else goes on without: `search`."),
  })
  .describe("Everything that is needed answers.");
