// The forms of a film that are ticked, as the variants that the API is asked for.

export const MOST_FORMS = 20; // in one request

export type Forms = { aspect: readonly string[]; theme: readonly string[]; quality: readonly string[] };
type Form = { aspect: string; theme: string; quality: string };

/** Every combination of what is ticked but the film's own, each with only what is different in it. */
export function combineForms(chosen: Forms, own: Form): Partial<Form>[] {
  const all = chosen.aspect.flatMap((aspect) => chosen.theme.flatMap((theme) => chosen.quality.map((quality) => ({ aspect, theme, quality }))));
  return all.map((each) => dropSame(each, own)).filter((each) => Object.keys(each).length > 0);
}

function dropSame(form: Form, own: Form): Partial<Form> {
  return Object.fromEntries(Object.entries(form).filter(([name, value]) => value !== own[name as keyof Form]));
}
