import { useAccountWords } from "../locale/account/index.ts";
import { useLocale } from "../locale/locale.tsx";
import type { Session } from "../session/session.ts";
import { Confirm } from "../ui/confirm.tsx";

interface SignOutProps {
  readonly session: Session;
  readonly onClose: () => void;
}

/** Asked first: what was not sent yet would be gone. */
export default function SignOut({ session, onClose }: SignOutProps) {
  const { text } = useLocale();
  const words = useAccountWords();
  return (
    <Confirm
      question={words.confirmSignOut}
      hint={words.confirmSignOutHint}
      action={text.signOut}
      onConfirm={() => session.signOut()}
      onClose={onClose}
    />
  );
}
