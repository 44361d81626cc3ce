import { useAccountWords } from "../locale/account/index.ts";
import type { Session } from "../session/session.ts";
import { Blocks } from "./blocks.tsx";
import { DeleteAccount } from "./delete-account.tsx";
import { Export } from "./export.tsx";

export function Privacy({ session }: { readonly session: Session }) {
  const { privacy } = useAccountWords();
  return (
    <>
      <h1>{privacy.title}</h1>
      <Blocks session={session} />
      <Export session={session} />
      <DeleteAccount session={session} />
    </>
  );
}
