/** Bodies of `/healthz` and `/readyz`. */
import { z } from "zod";

export const healthAnswer = z.object({ status: z.literal("ok") }).describe("The process answers.");
export const readyAnswer = z.object({ status: z.literal("ready") }).describe("Everything behind it answers.");
