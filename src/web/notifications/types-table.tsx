import type { NotificationSettings, NotificationType } from "../../../schema/notifications.ts";
import { useNotificationWords } from "../locale/notifications/index.ts";

type Types = NotificationSettings["types"];

interface TypesTableProps {
  readonly types: Types;
  readonly onChange: (types: Types) => void;
}

/** One row for each kind. What is not made is not pushed either. */
export function TypesTable({ types, onChange }: TypesTableProps) {
  const { settings: words } = useNotificationWords();
  const kinds = Object.keys(words.types) as NotificationType[]; // one for each, or the words do not compile
  const set = (type: NotificationType, choice: Partial<Types[NotificationType]>) =>
    onChange({ ...types, [type]: { ...types[type], ...choice } });
  return (
    <table className="notification-types">
      <thead>
        <tr>
          <th scope="col">{words.kind}</th>
          <th scope="col">{words.inApp}</th>
          <th scope="col">{words.push}</th>
        </tr>
      </thead>
      <tbody>
        {kinds.map((type) => (
          <tr key={type}>
            <th scope="row">{words.types[type]}</th>
            <td>
              <input
                type="checkbox"
                aria-label={words.inAppOf(words.types[type])}
                checked={types[type].inApp}
                onChange={(event) => set(type, { inApp: event.currentTarget.checked })}
              />
            </td>
            <td>
              <input
                type="checkbox"
                aria-label={words.pushOf(words.types[type])}
                checked={types[type].inApp && types[type].push}
                disabled={!types[type].inApp}
                onChange={(event) => set(type, { push: event.currentTarget.checked })}
              />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
