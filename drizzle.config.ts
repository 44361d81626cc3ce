import { defineConfig } from "drizzle-kit";

export default defineConfig({
  dialect: "sqlite",
  schema: [
    "users",
    "devices",
    "profiles",
    "safety",
    "media",
    "push",
    "notifications",
    "chat",
    "sessions",
    "flush",
    "operations",
  ].map((tables) => `./schema/tables/${tables}.ts`),
  out: "./migrations/d1",
});
