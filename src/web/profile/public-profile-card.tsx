import type { PublicProfile } from "../../../schema/api/people.ts";
import { countryName, interestName, languageName } from "../fields/choices.ts";
import { LANGUAGE_TYPES, ofType } from "../fields/language-list.ts";
import { languageOf } from "../locale/formats.ts";
import { useLocale } from "../locale/locale.tsx";
import { useProfileWords } from "../locale/profile/index.ts";
import { nameIn } from "../session/own-person.ts";
import { Avatar } from "../ui/avatar.tsx";

/** A person as others see them. */
export function PublicProfileCard({ profile }: { readonly profile: PublicProfile }) {
  const { language } = useLocale();
  const { preview, languages: words, sections } = useProfileWords();
  const { id, englishName, koreanName, profileImageUrl, age, country, intro, languages, interests } = profile;
  const name = nameIn(language, profile);
  const other = name === englishName ? koreanName : englishName;
  const facts = [preview.age(age), country && countryName(country, language)].filter(Boolean).join(" · ");
  return (
    <article className="profile-card" aria-label={name}>
      <header>
        <div className="picture">
          <Avatar name={name} id={id} imageUrl={profileImageUrl} />
        </div>
        <div>
          <p className="profile-name">
            <bdi>{name}</bdi> {other && <bdi className="quiet">{other}</bdi>}
          </p>
          <p className="quiet">{facts}</p>
        </div>
      </header>
      {intro && (
        <p className="profile-intro" lang={languageOf(intro)}>
          {intro}
        </p>
      )}
      <dl>
        {LANGUAGE_TYPES.map((type) => {
          const known = ofType(languages, type);
          if (known.length === 0) return null;
          return (
            <div key={type}>
              <dt>{words.types[type]}</dt>
              <dd>
                {known
                  .map(({ languageCode, proficiencyLevel }) =>
                    [languageName(languageCode, language), proficiencyLevel].filter(Boolean).join(" "),
                  )
                  .join(", ")}
              </dd>
            </div>
          );
        })}
        {interests.length > 0 && (
          <div>
            <dt>{sections.interests}</dt>
            <dd>{interests.map((tag) => interestName(tag, language)).join(", ")}</dd>
          </div>
        )}
      </dl>
    </article>
  );
}
