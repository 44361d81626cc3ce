import { useLocale } from "../locale/locale.tsx";

/** What can be typed, while nothing is. */
export function SearchHelp() {
  const { text } = useLocale();
  const { title, words, phrase, without } = text.searchHelp;
  return (
    <div className="search-help padded">
      <p>{title}</p>
      <dl>
        {[words, phrase, without].map(([typed, means]) => (
          <div key={typed}>
            <dt>
              <code>{typed}</code>
            </dt>
            <dd className="quiet">{means}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}
