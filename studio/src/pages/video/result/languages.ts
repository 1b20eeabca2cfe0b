/** A language's name in English: "pt-BR" -> "Brazilian Portuguese". */
export function nameLanguage(tag: string): string {
  try {
    return new Intl.DisplayNames(["en"], { type: "language" }).of(tag) ?? tag;
  } catch {
    return tag;
  }
}
