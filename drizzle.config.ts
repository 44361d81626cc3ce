import { defineConfig } from "drizzle-kit";

export default defineConfig({
  dialect: "sqlite",
  schema: ["./schema/tables/users.ts", "./schema/tables/chat.ts", "./schema/tables/flush.ts"],
  out: "./migrations/d1",
});
