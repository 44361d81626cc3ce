import { useCallback } from "react";
import type { NotificationSettings } from "../../../schema/notifications.ts";
import { useNotificationWords } from "../locale/notifications/index.ts";
import { PushSetting } from "../push/push-setting.tsx";
import type { Session } from "../session/session.ts";
import { Loaded } from "../ui/loaded.tsx";
import { SettingsForm } from "./settings-form.tsx";
import "../styles/notifications.css";

/** What one wants to be told of, where, and when not. */
export default function NotificationsPanel({ session }: { readonly session: Session }) {
  const { settings: words } = useNotificationWords();
  const { client } = session;
  const load = useCallback(
    () => client.request<NotificationSettings>({ path: "/v1/me/notification-settings" }),
    [client],
  );
  return (
    <>
      <h1>{words.title}</h1>
      <PushSetting session={session} />
      <Loaded load={load}>{(settings) => <SettingsForm session={session} saved={settings} />}</Loaded>
    </>
  );
}
